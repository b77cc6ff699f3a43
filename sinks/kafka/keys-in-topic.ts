// The keys of a topic of changes, as readers of committed records see them.

import { compareBytes } from '../../core/values/bytes.ts'
import type { Cluster } from '../../logs/kafka/cluster.ts'
import { partitionRanges } from '../../logs/kafka/ranges.ts'
import { readRange } from '../../logs/kafka/read.ts'

/** Stands for no key: a compacted topic takes no record without one. */
export const NULL_KEY = new TextEncoder().encode('lyrebird-null')

/** The key that a change was given. */
export const givenKey = (key: Uint8Array): Uint8Array | null => (compareBytes(key, NULL_KEY) === 0 ? null : key)

/** Of records with values; a key comes as often as it was written. */
export async function* keysIn(cluster: Cluster, topic: string): AsyncGenerator<Uint8Array> {
  for (const { partition, start, end } of await partitionRanges(cluster, topic)) {
    for await (const chunk of readRange(cluster, { topic, partition, from: start, to: end })) {
      for (let i = 0; i < chunk.count; i++) {
        const from = chunk.keyStart?.[i] ?? -1
        if (from >= 0 && (chunk.valueStart[i] as number) >= 0) yield chunk.bytes.slice(from, chunk.keyEnd?.[i])
      }
    }
  }
}
