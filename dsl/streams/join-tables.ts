// The node of `joinTables`.
//
// Promises: arguments that types would refuse are refused here too, in a sentence. The methods are in `pipeline.ts`.

import type { GraphNode } from '../../core/plan/graph.ts'
import { compareValues } from '../../core/values/canonical.ts'
import type { Call } from '../node.ts'
import { joinType } from './joined.ts'
import { tableWindow } from './table-window.ts'

/** Throws where the windows of the two tables differ, or are sessions, whose bounds change. */
export function joinTablesNode(call: Call, left: GraphNode, right: GraphNode): GraphNode<'joinTables'> {
  const { type } = call.options(call.args[1], ['type'], 'joinTables()')
  const window = tableWindow(left)
  const other = tableWindow(right)
  if (window.kind === 'session' || other.kind === 'session') {
    call.fail(
      'bad-window',
      'joinTables() joins no tables over sessions, whose rows move as elements come: use closed() and joinWithin().',
    )
  }
  if (compareValues(window, other) !== 0) {
    call.fail(
      'bad-window',
      'joinTables() takes tables with the same windows, or both without: size, step, offset and zone must be equal.',
    )
  }
  const params = { type: joinType(call, type, ['inner', 'left', 'full'], 'joinTables()'), window }
  return call.node('joinTables', [left, right], params)
}
