// `joinTable`: each element of the left stream with the version of its key that is the newest at its time.
//
// Promises: versions of one time come before elements of that time (with `at: 'before'` behind them), and of several
// versions of one time the one with the greatest identity wins. The state holds one version per key; a deleted key (a
// null version) has none.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { TABLE } from '../../state/row-codec.ts'
import { canonicalBytes, decodeBytes } from '../../values/canonical.ts'
import { emitterOf } from '../emit.ts'
import type { OperatorContext, OperatorPorts } from '../operator-ports.ts'
import { KeptRow } from '../ordered/kept-row.ts'
import { OrderedOperator } from '../ordered/ordered-operator.ts'

/** Ranks of versions, on either side of the elements of their time. */
const VERSION = { same: 0, before: 2 } as const
const LEFT = 1

export function makeJoinTable(node: PlanNodeOf<'joinTable'>, parts: OperatorContext): OperatorPorts {
  const { env, report } = parts
  const { type, at = 'same' } = node.params
  const emit = emitterOf(node.id, parts)
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
        if (element.rank !== LEFT) {
          const deleted = decodeBytes(element.value) === null
          version.value = deleted ? null : element.value.slice()
          return
        }
        if (version.value === null && type === 'inner') return
        const right = version.value === null ? null : decodeBytes(version.value)
        emit(element, decodeBytes(element.key), canonicalBytes({ left: decodeBytes(element.value), right }))
      },
      close: sink => version.close(sink),
    },
  })
  return { operator, inlet: operator }
}
