// The node of `joinTable`.
//
// Promises: arguments that types would refuse are refused here too, in a sentence. The methods are in `pipeline.ts`.

import type { GraphNode } from '../../core/plan/graph.ts'
import type { Call } from '../node.ts'
import { joinType } from './joined.ts'

export function joinTableNode(call: Call, left: GraphNode, versions: GraphNode): GraphNode<'joinTable'> {
  const { type } = call.options(call.args[1], ['type'], 'joinTable()')
  return call.node('joinTable', [left, versions], { type: joinType(call, type, ['inner', 'left'], 'joinTable()') })
}
