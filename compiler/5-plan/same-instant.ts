// Joins whose two sides can close at one instant: an hour and the day that ends with it.
//
// Promises: a warning at each `joinTable` of closed windows that meet, unless it says by `at` what is meant; it names
// an instant at which they do. Elements of sources have any time and are not warned of.
// Not here: where the ends of two kinds of windows meet (`window-ends.ts`).

import { type GraphNode, type JobGraph, topologicalOrder } from '../../core/plan/graph.ts'
import type { WindowSpec } from '../../core/plan/plan.ts'
import { type Diagnostic, diagnose, type Span } from '../diagnostic.ts'
import { sameInstant } from '../messages/job.ts'
import { commonEnd, windowName } from './window-ends.ts'

/** `spans`: of the calls of the job. */
export function sameInstants(graph: JobGraph, spans: ReadonlyMap<number, Span>): readonly Diagnostic[] {
  const ends = new Map<GraphNode, readonly WindowSpec[]>()
  const found: Diagnostic[] = []
  for (const node of topologicalOrder(graph)) {
    const inputs = node.inputs.map(input => ends.get(input) ?? [])
    ends.set(node, endsOf(node, inputs))
    if (isJoinTable(node) && node.params.at === undefined) {
      const text = meeting(inputs[0] ?? [], inputs[1] ?? [])
      if (text !== null) found.push(diagnose(sameInstant({ text }), spans.get(node.callId ?? -1) ?? null))
    }
  }
  return found
}

const isJoinTable = (node: GraphNode): node is GraphNode<'joinTable'> => node.kind === 'joinTable'

/** Windows at whose ends the elements of a node may lie; of a table, the windows that its rows close with. */
function endsOf(node: GraphNode, inputs: readonly (readonly WindowSpec[])[]): readonly WindowSpec[] {
  switch (node.kind) {
    case 'aggregate':
      return [(node as GraphNode<'aggregate'>).params.window]
    case 'joinTables':
    case 'joinTable':
      return inputs[0] ?? []
    default: {
      const all = new Map(inputs.flat().map(window => [JSON.stringify(window), window]))
      return all.size === 0 ? NONE : [...all.values()].slice(0, MOST_WINDOWS)
    }
  }
}

const NONE: readonly WindowSpec[] = []
/** Kinds of windows that one stream is followed with. */
const MOST_WINDOWS = 20

function meeting(lefts: readonly WindowSpec[], rights: readonly WindowSpec[]): string | null {
  for (const left of lefts) {
    for (const right of rights) {
      const instant = commonEnd(left, right)
      if (instant === null) continue
      const sides = `${windowName(left)} and ${windowName(right)}`
      return instant === 'any' ? `${sides} can close in one millisecond` : `${sides} both close at ${instant}`
    }
  }
  return null
}
