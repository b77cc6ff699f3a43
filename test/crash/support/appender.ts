// A process that appends to an embedded log until it is stopped by SIGTERM or killed.
//
// Promises: values follow from a seed; prints `appended N` once, after the first durable batch: nobody reads on, and a
// full pipe would stop it.

import { writeSync } from 'node:fs'
import { OutputTopic } from '../../../logs/embedded/output-topic.ts'
import type { LogRecord } from '../../../logs/log-record.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'

export interface AppendOrder {
  readonly log: string
  readonly topic: string
  readonly partitions: number
  readonly seed: number
  /** The most records of a batch. */
  readonly batch: number
  readonly pauseMs: number
  /** Keys besides a few awkward ones. Default none. */
  readonly keys?: number | undefined
  /** Records that are appended before the first line is printed, one for each key in turn. Default 0. */
  readonly fill?: number | undefined
}

export async function appender({
  log,
  topic,
  partitions,
  seed,
  batch,
  pauseMs,
  keys = 0,
  fill = 0,
}: AppendOrder): Promise<void> {
  const random = seededRandom(seed)
  const writer = await OutputTopic.openForAppend(log, topic, partitions)
  let open = true
  process.once('SIGTERM', () => {
    open = false
  })
  for (let at = 0; at < fill; at += FILL_BATCH) {
    const records = Array.from({ length: Math.min(FILL_BATCH, fill - at) }, (_, i) => {
      const first = Number(writer.positions[(at / FILL_BATCH) % partitions])
      return event(random, (first + i) * 100, `key ${at + i}`)
    })
    await writer.append((at / FILL_BATCH) % partitions, records)
  }
  let isFirst = true
  while (open) {
    const partition = random.below(partitions)
    // Event time follows the offsets, so that windows close as the log grows.
    const at = Number(writer.positions[partition])
    const records = Array.from({ length: 1 + random.below(batch) }, (_, i) =>
      event(random, (at + i) * 100, keys === 0 ? undefined : `key ${random.below(keys)}`),
    )
    await writer.append(partition, records)
    if (isFirst) writeSync(1, `appended ${records.length}\n`)
    isFirst = false
    await new Promise(resolve => setTimeout(resolve, pauseMs))
  }
  await writer.close()
}

const FILL_BATCH = 10_000

type Random = ReturnType<typeof seededRandom>

/** Mostly good events, some of them late; now and then one that does not decode, or whose lambda throws. */
function event(random: Random, time: number, key?: string): LogRecord {
  const t = 1_000_000 + time - (random.chance(0.05) ? 20_000 : random.below(5000))
  const awkward = random.pick(['a', 'b', 'c', 'd', '__proto__', '😀'])
  const k = key === undefined || random.chance(0.1) ? awkward : key
  const text = random.chance(0.02) ? '{broken' : JSON.stringify({ t, k, n: random.below(1000) / 7, tags: [k, 'x'] })
  return { timestamp: 1_000_000 + time, key: null, value: new TextEncoder().encode(text), headers: [] }
}
