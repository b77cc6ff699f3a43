// How many merges and flatMaps may be behind each other.
//
// Each adds a frame to the stack of emitted code and a level to the identity of an element (semantics.md 2.8). All
// other steps may be chained without end.
// Promises: a longer chain is a `JobError` at the author's call, never an overflow.

import type { GraphNode } from '../../core/plan/graph.ts'
import { JobError } from '../../core/plan/job-error.ts'
import type { NodeKind } from '../../core/plan/plan.ts'

const MAX_NESTED = 500
const NESTING: ReadonlySet<NodeKind> = new Set<NodeKind>(['merge', 'flatMap', 'flatMapKeys'])

/** `order`: inputs before what they feed. Throws `JobError`. */
export function limitChains(order: readonly GraphNode[]): void {
  const nested = new Map<GraphNode, number>()
  for (const node of order) {
    const before = node.inputs.reduce((most, input) => Math.max(most, nested.get(input) ?? 0), 0)
    const here = NESTING.has(node.kind) ? before + 1 : before
    if (here > MAX_NESTED) {
      throw new JobError(
        'bad-argument',
        `more than ${MAX_NESTED} merges and flatMaps are behind each other: merge many streams by one call, first.merge(...others).`,
        node.callId,
      )
    }
    nested.set(node, here)
  }
}
