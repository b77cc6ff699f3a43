// Whether the last record of each partition is where the control topic says.
//
// Promises: a topic that was cut back (a leader that was not in sync) or whose transaction was aborted by hand is
// `range-lost`, never gone on with. What retention or compaction have taken is no loss.

import { LyrebirdError } from '../../core/errors.ts'
import type { Cluster } from '../../logs/kafka/cluster.ts'
import { endOfPartition, partitionRanges } from '../../logs/kafka/ranges.ts'
import { readRange } from '../../logs/kafka/read.ts'
import type { SinkTopic } from '../sink.ts'
import type { ControlRecord } from './control-record.ts'

export async function checkLastRecords(
  cluster: Cluster,
  { topic, content }: SinkTopic,
  { ends }: ControlRecord,
): Promise<void> {
  const ranges = await partitionRanges(cluster, topic)
  await Promise.all(
    ranges.map(async ({ partition, start, end }) => {
      const last = ends[partition] ?? -1n
      if (last < start) return
      // Past the last stable offset nothing can be read: only that it was written can be told.
      const there =
        last < end
          ? await isRead(cluster, topic, partition, last)
          : last < (await endOfPartition(cluster, topic, partition, 'all'))
      const mayBeCompacted = content === 'changes' && last < end
      if (!there && !mayBeCompacted) throw lost(topic, partition, last)
    }),
  )
}

async function isRead(cluster: Cluster, topic: string, partition: number, offset: bigint): Promise<boolean> {
  let count = 0
  const range = { topic, partition, from: offset, to: offset + 1n }
  for await (const chunk of readRange(cluster, range)) count += chunk.count
  return count > 0
}

function lost(topic: string, partition: number, offset: bigint): LyrebirdError {
  return new LyrebirdError(
    'range-lost',
    `record ${offset} of ${topic}/${partition}, the last that this state has written, is not there any more`,
    {
      where: { topic, partition, offset: String(offset) },
      hint: 'was the topic cut back, by a leader that was not in sync or by hand? Readers may have seen what is gone: compute the state anew, with outputs in other topics',
    },
  )
}
