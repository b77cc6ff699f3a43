// The node of `joinWithin`.
//
// Promises: arguments that types would refuse are refused here too, in a sentence. The methods are in `pipeline.ts`.

import type { GraphNode } from '../../core/plan/graph.ts'
import { durationMs } from '../duration.ts'
import type { Call } from '../node.ts'
import { joinType } from './joined.ts'

export function joinWithinNode(call: Call, left: GraphNode, right: GraphNode): GraphNode<'joinWithin'> {
  const { before, after, type } = call.options(call.args[1], ['before', 'after', 'type'], 'joinWithin()')
  const bound = (name: string, value: unknown): number => {
    if (value === undefined) {
      const example = "joinWithin(other, { before: '5m', after: '0s' })"
      call.fail(
        'bad-option',
        `joinWithin() needs the bound ${name}, as in ${example}: without it nothing could be forgotten.`,
      )
    }
    return durationMs(value, `the bound ${name} of joinWithin()`, call.callId)
  }
  const params = {
    beforeMs: bound('before', before),
    afterMs: bound('after', after),
    type: joinType(call, type, ['inner', 'left', 'right', 'full'], 'joinWithin()'),
  }
  return call.node('joinWithin', [left, right], params)
}
