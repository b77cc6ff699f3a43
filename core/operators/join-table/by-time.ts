// `joinTable` with the versions of a stream, the newest by (time, identity).
//
// Promises: of several versions of one time the one with the greatest identity wins. The state holds one version per
// key; a deleted key (a null version) has none.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { TABLE } from '../../state/row-codec.ts'
import { decodeBytes } from '../../values/canonical.ts'
import type { OperatorContext, OperatorPorts } from '../operator-ports.ts'
import { KeptRow } from '../ordered/kept-row.ts'
import { OrderedOperator } from '../ordered/ordered-operator.ts'
import { joinedEmitter, LEFT, VERSION } from './joined.ts'

export function makeJoinByTime(node: PlanNodeOf<'joinTable'>, context: OperatorContext): OperatorPorts {
  const { env, report } = context
  const { at = 'same' } = node.params
  const emit = joinedEmitter(node, context)
  const version = new KeptRow(TABLE.state(node.id), env.state)
  const operator = new OrderedOperator({
    node: node.id,
    ranks: [LEFT, VERSION[at]],
    env,
    report,
    apart: 'key',
    processor: {
      open: key => version.open(key),
      step(element) {
        if (element.rank === LEFT) emit(element, version.value)
        else version.value = decodeBytes(element.value) === null ? null : element.value.slice()
      },
      close: sink => version.close(sink),
    },
  })
  return { operator, inlet: operator }
}
