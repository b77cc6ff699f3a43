// What a summary warns of: results that are right and yet not what their reader expects.
//
// Promises: made from the committed progress alone; each warning names the partition or record that is the cause.
// Not here: warnings about the state that a run continues (`state/open-state.ts`).

import type { Progress } from '../core/executor/progress.ts'
import { splitPartition } from '../core/log/cut.ts'
import type { Plan, SourceNode } from '../core/plan/plan.ts'
import { DIGEST } from '../core/state/digests.ts'
import { timeText } from '../core/time/time-text.ts'
import { sourceNodes } from './reading/bind-log.ts'
import { tickCommand } from './tick-command.ts'
import type { RunContext } from './waiting.ts'

export function warningsOf(plan: Plan, progress: Progress, context: RunContext): string[] {
  const leaps = leapWarnings(plan, progress, context)
  if (progress.sealed) return leaps
  return [...watermarkWarnings(plan, progress, context), ...closingWarnings(plan, progress, context), ...leaps]
}

/** Nothing can close while a partition has no record that carries a time. */
function watermarkWarnings(plan: Plan, progress: Progress, { log, ticks }: RunContext): string[] {
  const warnings = new Set<string>()
  for (const source of sourceNodes(plan)) {
    const { watermark, heldBy } = progress.sourceWatermark(source)
    if (Number.isFinite(watermark)) continue
    const { topic } = source.params
    if (heldBy === null) warnings.add(`topic ${topic} has no partition with a record: no window can close`)
    else {
      const what = progress.cut.get(heldBy) === progress.starts.get(heldBy) ? 'no record' : 'no record with a time'
      const remedy = ticks ? `; if none is to come: ${tickCommand(log, heldBy, null)}` : ''
      warnings.add(`${heldBy} has ${what}: no window can close${remedy}`)
    }
  }
  return [...warnings]
}

/** Windows that something waits for, none of which has closed. */
function closingWarnings(plan: Plan, progress: Progress, context: RunContext): string[] {
  return plan.nodes.flatMap(node => {
    const watermark = progress.nodeWatermark(plan, node.id)
    if (node.kind !== 'closed' || !Number.isFinite(watermark)) return []
    if (progress.digest(DIGEST.emitted(node.id)).summary.count > 0) return []
    const place = node.at === null ? '' : ` (${context.placeOf(node.at)})`
    return [`no window has closed yet for closed()${place}: the watermark is ${timeText(watermark)}`]
  })
}

/** Shortest step of `T` that is taken for a wrong time, in ms: an hour. */
const LONG_STEP_MS = 3_600_000

/** Partitions of a source that are named: those with the most late records. */
const NAMED = 3

/** Most records of a partition are late, and one record is the cause. */
function leapWarnings(plan: Plan, progress: Progress, context: RunContext): string[] {
  return sourceNodes(plan).flatMap(source => {
    const topic = (name: string): boolean => splitPartition(name).topic === source.params.topic
    const leaps = [...progress.cut]
      .filter(([name]) => topic(name))
      .flatMap(([name, end]) => {
        const leap = leapOf(source, name, end, progress)
        return leap === null ? [] : [leap]
      })
    leaps.sort((a, b) => b.late - a.late)
    return leaps.slice(0, NAMED).map(leap => leapText(source, leap, context))
  })
}

/** The record that moved `T` farthest, where most of those after it are late. */
interface Leap {
  readonly position: string
  readonly ms: number
  readonly time: number
  readonly late: number
  readonly after: number
}

function leapOf(source: SourceNode, name: string, end: bigint, progress: Progress): Leap | null {
  const { leap: ms, leapTime: time, leapOffset, lateAfter: late } = progress.sourcePartition(source.id, name)
  if (leapOffset === null || late === 0) return null
  const after = Number(end - leapOffset) - 1
  const isLong = ms === 0 || ms >= Math.max(LONG_STEP_MS, source.params.disorderMs)
  return isLong && 2 * late >= after ? { position: `${name}:${leapOffset}`, ms, time, late, after } : null
}

function leapText({ at }: SourceNode, { position, ms, time, late, after }: Leap, { placeOf }: RunContext): string {
  const moved = ms === 0 ? 'began the event time at' : `moved the event time ${stepText(ms)} ahead, to`
  const place = at === null ? '' : ` for the source at ${placeOf(at)}`
  return `record ${position} ${moved} ${timeText(time)}: ${late} of the ${after} records after it are late${place}. ${REMEDY}`
}

const REMEDY =
  'If its time is wrong, let `time` give NaN for such times (a dead letter), or set `ahead`; if records come that much out of order, raise `disorder`'

const UNITS = [
  ['years', 365.25 * 86_400_000],
  ['days', 86_400_000],
  ['hours', 3_600_000],
] as const

function stepText(ms: number): string {
  const [unit, size] = UNITS.find(([, size]) => ms >= 2 * size) ?? ['minutes', 60_000]
  return `${Math.round(ms / size)} ${unit}`
}
