// Checks that the log is still the one that a state was computed from, and takes in partitions that are new to the
// state.
//
// Promises: unread records that are missing, a topic that was created again, a partition that is gone or ends before
// the state's position stop the run with the range and the remedy; that records which the state has read are gone does
// not. A new partition is taken in only by its admitting tick (semantics.md 1.3, 1.4, 2.6).

import { LyrebirdError } from '../../core/errors.ts'
import type { Progress } from '../../core/executor/progress.ts'
import { type Chunk, NO_TIMESTAMP, offsetAt } from '../../core/log/chunk.ts'
import { type Cut, splitPartition } from '../../core/log/cut.ts'
import type { Floors } from '../../core/log/floors.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { timeFault } from '../../core/result/refusals.ts'
import type { Log, PartitionRange } from '../../logs/log.ts'
import { tickCommand } from '../tick-command.ts'
import { type Ranges, sourceNodes } from './bind-log.ts'

const RECOMPUTE = 'recompute the state from the log as it is now: run the batch target with a new state directory'

/** Where the partitions of a fresh state begin, where that is not the start of the log. */
interface Beginnings {
  readonly from: Cut
  /** With which T. */
  readonly floors: Floors
}

/**
 * Takes the partitions of a log into a state that has read nothing yet: all of them, the empty ones too; each from its
 * start on, or from where `from` says.
 */
export function admitAll(
  progress: Progress,
  ranges: Ranges,
  topicIds: ReadonlyMap<string, string>,
  { from, floors }: Beginnings,
): void {
  for (const [name, range] of ranges) takeIn(progress, name, { ...range, start: from.get(name) ?? range.start })
  for (const [source, byPartition] of floors) {
    for (const [name, floor] of byPartition) if (ranges.has(name)) progress.setFloor(source, name, floor)
  }
  for (const [topic, id] of topicIds) progress.topicIds.set(topic, id)
}

function takeIn(progress: Progress, name: string, range: PartitionRange): void {
  progress.starts.set(name, range.start)
  progress.cut.set(name, range.start)
}

/**
 * Checks the partitions of a state against a log that it continues over; returns warnings. Throws `topic-recreated`,
 * `range-lost` or `truncated`.
 */
export function checkKnown(
  progress: Progress,
  ranges: Ranges,
  topicIds: ReadonlyMap<string, string>,
): readonly string[] {
  checkGrowth(progress, ranges, topicIds)
  const warnings: string[] = []
  for (const [name, position] of progress.cut) {
    const { start, bare } = ranges.get(name) as PartitionRange
    if (bare === true && position > 0n) warnings.push(`${name} holds no file: nothing to read after offset ${position}`)
    if (start > position) throw unreadLost(name, position, start)
    const first = progress.starts.get(name) ?? start
    if (start < first && bare !== true) {
      warnings.push(
        `${name} begins at offset ${start} now; the state is computed from ${first} on, without those before`,
      )
    }
  }
  return warnings
}

/**
 * The ranges of a log in which a folder that has been emptied, as retention does to an archive, goes on where the state
 * is.
 */
export function withoutBare(progress: Progress, ranges: Ranges): Ranges {
  const placed = new Map(ranges)
  for (const [name, position] of progress.cut) {
    const range = ranges.get(name)
    if (range?.bare === true) placed.set(name, { ...range, start: position, end: position })
  }
  return placed
}

function checkIds(progress: Progress, topicIds: ReadonlyMap<string, string>): void {
  for (const [topic, id] of progress.topicIds) {
    const now = topicIds.get(topic)
    if (now === id) continue
    throw new LyrebirdError('topic-recreated', `topic ${topic} was deleted and made anew since the state read it`, {
      where: { topic, before: id, now },
      hint: RECOMPUTE,
    })
  }
}

function checkPartition(name: string, position: bigint, range: PartitionRange | undefined): void {
  const { topic, partition } = splitPartition(name)
  const where = { topic, partition, position: String(position) }
  if (range === undefined) {
    throw new LyrebirdError('range-lost', `${name} is gone; the state has read it up to offset ${position}`, {
      where,
      hint: `bring the partition back, or ${RECOMPUTE}`,
    })
  }
  if (range.end < position && range.bare !== true) {
    throw new LyrebirdError(
      'truncated',
      `${name} ends at offset ${range.end} now; the state has read it up to ${position}`,
      {
        where: { ...where, from: String(range.end), to: String(position) },
        hint: `bring the missing records back, or ${RECOMPUTE}`,
      },
    )
  }
}

function unreadLost(name: string, position: bigint, start: bigint): LyrebirdError {
  const { topic, partition } = splitPartition(name)
  return new LyrebirdError(
    'range-lost',
    `offsets ${position} to ${start - 1n} of ${name} are gone before the state has read them: the log begins at ${start}`,
    {
      where: { topic, partition, position: String(position), from: String(position), to: String(start) },
      hint: `bring the missing records back, or ${RECOMPUTE}; keep records for longer than a run may be stopped`,
    },
  )
}

/** A partition that the state does not know, with the chunk that holds its first record. */
interface Newcomer {
  readonly name: string
  readonly range: PartitionRange
  readonly first: Chunk
  /** The log, for people. */
  readonly log: string
  /** Whether ticks can be written into it. */
  readonly ticks: boolean
}

/** The partitions that the state does not know, without those that have no record yet. */
export async function firstRecords(log: Log, progress: Progress, ranges: Ranges): Promise<readonly Newcomer[]> {
  const newcomers: Newcomer[] = []
  for (const [name, range] of ranges) {
    if (progress.cut.has(name) || range.start === range.end) continue
    const first = await firstRecord(log, range)
    if (first === null) continue
    const { ticks = false } = await log.abilities(range.topic)
    newcomers.push({ name, range, first, log: log.description, ticks })
  }
  return newcomers
}

/**
 * Takes in the partitions whose first record is a tick at or past the watermark; with `anyway` the others too, at the
 * present watermark, and returns warnings that say so. Throws `partition-added` for others without it.
 */
export function admitNewcomers(
  plan: Plan,
  progress: Progress,
  newcomers: readonly Newcomer[],
  anyway: boolean,
): readonly string[] {
  const warnings: string[] = []
  for (const newcomer of newcomers) {
    const { name, range, first } = newcomer
    const refusal = whyNot(first, plan, progress, range)
    if (refusal === null) {
      takeIn(progress, name, range)
      countTick(progress, plan, name, first)
    } else if (anyway) {
      setFloors(plan, progress, name)
      takeIn(progress, name, range)
      warnings.push(`${name} is taken in at the present watermark: those of its records that lie before it are late`)
    } else throw added(newcomer, refusal, timeFor(plan, progress, range.topic))
  }
  return warnings
}

/** The partition begins with the T that leaves each source's watermark where it is; with none where it has none. */
function setFloors(plan: Plan, progress: Progress, name: string): void {
  for (const source of sourceNodes(plan)) {
    if (source.params.topic !== splitPartition(name).topic) continue
    const { watermark } = progress.sourceWatermark(source)
    if (Number.isFinite(watermark)) progress.setFloor(source.id, name, watermark + source.params.disorderMs)
  }
}

/** Counts the admitting tick at once: without it the first cut that names its partition would have no watermark. */
function countTick(progress: Progress, plan: Plan, name: string, tick: Chunk): void {
  progress.cut.set(name, offsetAt(tick, 0) + 1n)
  for (const source of sourceNodes(plan)) {
    if (source.params.topic === tick.topic)
      progress.sourcePartition(source.id, name).maxTime = tick.timestamps?.[0] as number
  }
}

/** The chunk that holds the first record, as its record 0. */
async function firstRecord(log: Log, range: PartitionRange): Promise<Chunk | null> {
  const { topic, partition, start, end } = range
  for await (const chunk of log.read(topic, partition, start, end, { chunkBytes: 1 })) if (chunk.count > 0) return chunk
  return null
}

function whyNot(chunk: Chunk, plan: Plan, progress: Progress, range: PartitionRange): string | null {
  const time = chunk.timestamps?.[0]
  if (chunk.ticks?.[0] !== 1 || time === undefined) return 'its first record is no tick'
  if (time === NO_TIMESTAMP || timeFault(time) !== null) return 'its first record is a tick without an event time'
  for (const source of sourceNodes(plan)) {
    if (source.params.topic !== range.topic) continue
    const { watermark } = progress.sourceWatermark(source)
    if (time - source.params.disorderMs < watermark) {
      return `its first record, a tick, lies ${watermark - time + source.params.disorderMs} ms behind the watermark`
    }
  }
  return null
}

/** The least time of a tick that admits a new partition of a topic; null while nothing has a watermark. */
function timeFor(plan: Plan, progress: Progress, topic: string): number | null {
  const sources = sourceNodes(plan).filter(({ params }) => params.topic === topic)
  const times = sources.map(source => progress.sourceWatermark(source).watermark + source.params.disorderMs)
  const time = Math.max(...times)
  return Number.isFinite(time) ? time : null
}

function added({ name, range, log, ticks }: Newcomer, why: string, time: number | null): LyrebirdError {
  const { topic, partition } = range
  const tick = ticks ? `; before anything else is written to a new partition: ${tickCommand(log, name, time)}` : ''
  return new LyrebirdError(
    'partition-added',
    `${name} is new to the state, and ${why}: its records could fall into closed windows`,
    {
      where: { topic, partition },
      hint: `add --admit to take it in at the present watermark, its records before that being late; or ${RECOMPUTE}${tick}`,
    },
  )
}

/**
 * Throws where a topic was created again, or a partition is gone or shrank. Records that are removed while a run
 * follows the log may have been read ahead: those that are missed are `range-lost` when they are read.
 */
export function checkGrowth(progress: Progress, ranges: Ranges, topicIds: ReadonlyMap<string, string>): void {
  checkIds(progress, topicIds)
  for (const [name, position] of progress.cut) checkPartition(name, position, ranges.get(name))
}
