// `scan`: a state per key; each element, in order, makes the next state, which is emitted.
//
// Promises: a step gets its own copy of the state, so changing it affects nothing but the result. A step that throws,
// or gives what has no canonical bytes, makes a dead letter; the state stays.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { isThenable, REASON, unencodableReason } from '../../result/refusals.ts'
import { TABLE } from '../../state/row-codec.ts'
import { hexToBytes } from '../../values/bytes.ts'
import { canonicalBytes, decodeBytes, Unencodable } from '../../values/canonical.ts'
import { partDecoder } from '../../values/canonical-part.ts'
import { keptCheck } from '../aggregate/group-size.ts'
import { emitterOf } from '../emit.ts'
import type { OperatorContext, OperatorPorts } from '../operator-ports.ts'
import type { HeldElement } from '../ordered/held-element.ts'
import { KeptRow } from '../ordered/kept-row.ts'
import { OrderedOperator } from '../ordered/ordered-operator.ts'

type ScanStep = (state: unknown, value: unknown, record: { readonly time: number; readonly key: unknown }) => unknown

export function makeScan(node: PlanNodeOf<'scan'>, parts: OperatorContext): OperatorPorts {
  const { env, report } = parts
  const step = parts.lambdas[node.id]?.fn as ScanStep
  const emit = emitterOf(node, parts)
  const state = new KeptRow(TABLE.state(node.id), env.state)
  const zero = hexToBytes(node.params.zero)
  const checkSize = keptCheck(parts, node)
  const decode = partDecoder(node.lambdas.fn?.uses ?? true)

  const next = (element: HeldElement): Uint8Array | null => {
    const key = decodeBytes(element.key)
    try {
      const record = Object.freeze({ time: element.time, key })
      const result = step(decodeBytes(state.value ?? zero), decode(element.value), record)
      if (!isThenable(result)) return canonicalBytes(result)
      report.badValue(node.id, element.identity.slice(), REASON.promise)
    } catch (error) {
      const identity = element.identity.slice()
      if (error instanceof Unencodable) report.badValue(node.id, identity, unencodableReason('value', error.reason))
      else report.threw(node.id, identity, error)
    }
    return null
  }
  const operator = new OrderedOperator({
    node: node.id,
    ranks: [0],
    env,
    report,
    apart: 'key',
    processor: {
      open: key => state.open(key),
      step(element) {
        const made = next(element)
        if (made === null) return
        checkSize(made.length, () => element.key)
        state.value = made
        emit(element, decodeBytes(element.key), made)
      },
      close: sink => state.close(sink),
    },
  })
  return { operator, inlet: operator }
}
