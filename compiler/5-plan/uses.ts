// Used fields: the parts of a source's value that any lambda behind it may look at.
//
// Promises: never less than what is used. Method: backwards through the graph; each node says what it needs of its
// input, given what is needed of its own value (`needs.ts`).

import type { GraphNode } from '../../core/plan/graph.ts'
import { joinUses, type Uses } from '../../core/plan/schema.ts'
import { needsOf } from './needs.ts'

/** What is needed of the value that each node emits. */
export function neededOf(
  order: readonly GraphNode[],
  lambdaUses: (node: GraphNode, slot: string) => Uses,
): ReadonlyMap<GraphNode, Uses> {
  const needed = new Map<GraphNode, Uses>(order.map(node => [node, {}]))
  for (const node of [...order].reverse()) {
    const lambdas = (slot: string): Uses | null => (slot in node.lambdas ? lambdaUses(node, slot) : null)
    const before = needsOf(node, lambdas, needed.get(node) as Uses)
    for (const input of node.inputs) needed.set(input, joinUses(needed.get(input) as Uses, before))
    if (node.inputs.length === 0) needed.set(node, before)
  }
  return needed
}
