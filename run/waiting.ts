// What a run leaves waiting: elements that a join, an order or an output holds until the watermark passes them.
//
// Promises: made from the committed progress alone; each line says how many wait, where in the job, for which
// partition, and what to type.

import type { Progress } from '../core/executor/progress.ts'
import type { SourceProgress } from '../core/executor/source-progress.ts'
import { splitPartition } from '../core/log/cut.ts'
import type { Plan, PlanNode, SourceNode } from '../core/plan/plan.ts'
import { sourcesOf } from '../core/plan/plan-index.ts'
import { wordOf } from '../core/plan/word-of.ts'
import { timeText } from '../core/time/time-text.ts'
import { tickCommand } from './tick-command.ts'

export interface WaitingSummary {
  /** Id of the node that holds them. */
  readonly node: string
  /** What the author wrote: the word, and `path:line:column` of its call where that is known. */
  readonly word: string
  readonly at: string | null
  readonly elements: number
  /** The partition that holds the node's watermark back, as `topic/partition`. */
  readonly heldBy: string | null
  /** The node's watermark in ms; null while there is none. */
  readonly watermark: number | null
  /** What to type to let them go. */
  readonly remedy: string
}

/** What a summary says about its run beside the progress. */
export interface RunContext {
  /** As given with --log. */
  readonly log: string
  /** Whether the topics of the log take ticks. */
  readonly ticks: boolean
  /** A place in the author's files, from the folder of the command. */
  readonly placeOf: (at: string) => string
}

/** Nodes that hold elements, in the order of the plan. Empty where the history is complete. */
export function waitingOf(plan: Plan, progress: Progress, context: RunContext): readonly WaitingSummary[] {
  if (progress.sealed) return []
  return plan.nodes.flatMap(node => {
    const elements = progress.held?.get(node.id) ?? 0
    return elements === 0 || holdsMatched(node) ? [] : [waitingAt(plan, progress, context, node, elements)]
  })
}

/** An inner `joinWithin` holds halves that may have met their partners: nothing of them waits. */
const holdsMatched = (node: PlanNode): boolean => node.kind === 'joinWithin' && node.params.type === 'inner'

function waitingAt(
  plan: Plan,
  progress: Progress,
  context: RunContext,
  node: PlanNode,
  elements: number,
): WaitingSummary {
  const behind = sourcesOf(plan, node.id).map(source => ({ source, ...progress.sourceWatermark(source) }))
  const slowest = behind.reduce((a, b) => (b.watermark < a.watermark ? b : a))
  const newest = Math.max(...behind.flatMap(({ source }) => timesOf(progress, source)))
  const { heldBy, watermark } = slowest
  return {
    node: node.id,
    word: wordOf(node),
    at: node.at === null ? null : context.placeOf(node.at),
    elements,
    heldBy,
    watermark: Number.isFinite(watermark) ? watermark : null,
    remedy: remedyFor(heldBy, newest + reachOf(node) + slowest.source.params.disorderMs + 1, context),
  }
}

/** The greatest event time of each partition of a source. */
function timesOf(progress: Progress, source: SourceNode): readonly number[] {
  const names = [...progress.cut.keys()].filter(name => splitPartition(name).topic === source.params.topic)
  return names.map((name): SourceProgress => progress.sourcePartition(source.id, name)).map(({ maxTime }) => maxTime)
}

/** How far past an element's own time the watermark must be, in ms. */
const reachOf = (node: PlanNode): number =>
  node.kind === 'joinWithin' ? Math.max(node.params.beforeMs, node.params.afterMs) : 0

/** Lines for people. */
export function waitingLines(waiting: readonly WaitingSummary[]): string[] {
  return waiting.flatMap(({ word, at, elements, heldBy, watermark, remedy }) => {
    const place = at === null ? '' : ` (${at})`
    const wait = `${elements} ${elements === 1 ? 'element waits' : 'elements wait'} in ${word}${place}`
    const until = watermark === null ? 'has a record with a time' : `passes ${timeText(watermark)}`
    return heldBy === null ? [`${wait} for a record`] : [`${wait} until ${heldBy} ${until}`, `  ${remedy}`]
  })
}

/** What to type where the partition is idle; `tick` is a time in ms that lets everything go. */
function remedyFor(partition: string | null, tick: number, context: RunContext): string {
  const complete = 'if the history is complete: --final'
  if (partition === null || !Number.isFinite(tick) || !context.ticks) return complete
  return `if ${partition} is idle: ${tickCommand(context.log, partition, tick)}; ${complete}`
}
