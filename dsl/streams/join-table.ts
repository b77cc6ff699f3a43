// The node of `joinTable`.
//
// Promises: arguments that types would refuse are refused here too, in a sentence. The methods are in `pipeline.ts`.

import type { GraphNode } from '../../core/plan/graph.ts'
import { type Call, wordFor } from '../node.ts'
import { joinType } from './joined.ts'
import { orderOf } from './to-table.ts'

export function joinTableNode(call: Call, left: GraphNode, versions: GraphNode): GraphNode<'joinTable'> {
  const { type, at } = call.options(call.args[1], ['type', 'at'], 'joinTable()')
  if (at !== undefined && at !== 'same' && at !== 'before') {
    call.fail('bad-option', `at of joinTable() is same or before; got ${wordFor(at)}.`)
  }
  const params = { type: joinType(call, type, ['inner', 'left'], 'joinTable()'), versions: orderOf(versions) }
  return call.node('joinTable', [left, versions], at === undefined ? params : { ...params, at })
}
