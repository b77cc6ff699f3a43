// The windows of a table: those of the aggregation, or of the `joinTables`, that it is made of.

import type { GraphNode } from '../../core/plan/graph.ts'
import type { WindowSpec } from '../../core/plan/plan.ts'

/** The windows of a table, by its node. */
export function tableWindow(table: GraphNode): WindowSpec {
  let node: GraphNode | undefined = table
  while (node !== undefined) {
    if (node.kind === 'aggregate') return (node as GraphNode<'aggregate'>).params.window
    if (node.kind === 'joinTables') return (node as GraphNode<'joinTables'>).params.window
    node = node.inputs[0]
  }
  throw new Error('lyrebird invariant broken: a table without a root')
}
