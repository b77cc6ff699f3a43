// `joinTable`: each element of the left stream with the version of its key that is the newest at its time.
//
// Not here: which version that is, for those of a stream (`by-time.ts`) and those of a table's topic (`by-offset.ts`).

import type { PlanNodeOf } from '../../plan/plan.ts'
import type { OperatorContext, OperatorPorts } from '../operator-ports.ts'
import { makeJoinByOffset } from './by-offset.ts'
import { makeJoinByTime } from './by-time.ts'

export function makeJoinTable(node: PlanNodeOf<'joinTable'>, context: OperatorContext): OperatorPorts {
  return node.params.versions === 'offset' ? makeJoinByOffset(node, context) : makeJoinByTime(node, context)
}
