// Checks that the last record that a state has read of each partition is still the one that the log holds: a log that
// was cut back and written again, or replaced by another one, may well be longer than the state's position.
//
// Promises: reads at most one record of each partition, and no more than CHECKS_AT_ONCE partitions at a time; throws
// `log-rewritten`. A record that retention has removed, and one that compaction has, cannot be checked and is not.

import { LyrebirdError } from '../../core/errors.ts'
import type { Progress } from '../../core/executor/progress.ts'
import type { Chunk } from '../../core/log/chunk.ts'
import { partitionName } from '../../core/log/cut.ts'
import { type LastRecord, lastRecordOf } from '../../core/log/last-record.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { Log, PartitionRange } from '../../logs/log.ts'
import { type Ranges, sourceNodes } from './bind-log.ts'

/** Partitions that are checked at once. */
const CHECKS_AT_ONCE = 16

/** For partitions that are known to reach the state's positions. Throws `log-rewritten`, and the errors of reading. */
export async function checkLastRecords(log: Log, plan: Plan, progress: Progress, ranges: Ranges): Promise<void> {
  const waiting = [...progress.last]
  const check = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [name, last] = next
      const range = ranges.get(name)
      if (range === undefined || last.offset < range.start || last.offset >= range.end) continue
      await checkLast(log, plan, last, range, progress.topicIds.has(range.topic))
    }
  }
  await Promise.all(Array.from({ length: CHECKS_AT_ONCE }, check))
}

async function checkLast(
  log: Log,
  plan: Plan,
  last: LastRecord,
  range: PartitionRange,
  sameTopic: boolean,
): Promise<void> {
  const now = await recordAt(log, range, last.offset)
  if (now === null) {
    if (onlyTables(plan, range.topic)) return
    throw rewritten(range, last.offset, 'holds no record')
  }
  if (now.whole !== last.whole) return
  if (now.hash !== last.hash) throw rewritten(range, last.offset, 'holds another record')
  if (sameTopic && now.leaderEpoch !== last.leaderEpoch) {
    throw rewritten(range, last.offset, `holds a record of leader epoch ${now.leaderEpoch}, not ${last.leaderEpoch},`)
  }
}

async function recordAt(log: Log, { topic, partition }: PartitionRange, offset: bigint): Promise<LastRecord | null> {
  const chunks: AsyncIterable<Chunk> = log.read(topic, partition, offset, offset + 1n, { chunkBytes: 1 })
  for await (const chunk of chunks) if (chunk.count > 0) return lastRecordOf(chunk)
  return null
}

/** Tables may be read from compacted topics, which remove records that they have newer ones for. */
const onlyTables = (plan: Plan, topic: string): boolean =>
  sourceNodes(plan).every(({ params }) => params.topic !== topic || params.upserts)

function rewritten({ topic, partition, start }: PartitionRange, offset: bigint, what: string): LyrebirdError {
  const name = partitionName(topic, partition)
  return new LyrebirdError(
    'log-rewritten',
    `${name} ${what} at offset ${offset}, the last one that the state has read: it was cut back and written again, or replaced`,
    {
      where: { topic, partition, offset: String(offset), start: String(start) },
      hint: 'bring the former log back, or compute the log as it is now with the batch target and a new state directory',
    },
  )
}
