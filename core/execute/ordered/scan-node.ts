// `scan`: a state per key that each element in its turn makes another, which is handed on.
//
// Promises: a step sees its own copy of the state, so one that changes what it was given changes nothing but what it returns. A step that
// throws, or gives what has no canonical bytes, is a dead letter; the state stays.

import { hexToBytes } from '../../bytes.ts'
import { canonicalBytes, decodeBytes, Unencodable } from '../../canonical.ts'
import { isThenable, REASON, unencodableReason } from '../../dead-letter.ts'
import type { PlanNodeOf } from '../../plan.ts'
import type { Made, Parts } from '../made.ts'
import { TABLE } from '../row-codec.ts'
import { handingOn } from './handing-on.ts'
import type { HeldElement } from './held-element.ts'
import { KeptRow } from './kept-row.ts'
import { OrderedNode } from './ordered-node.ts'

type ScanStep = (state: unknown, value: unknown, record: { readonly time: number; readonly key: unknown }) => unknown

export function makeScan(node: PlanNodeOf<'scan'>, parts: Parts): Made {
  const { env, report } = parts
  const step = parts.lambdas[node.id]?.fn as ScanStep
  const handOn = handingOn(node.id, parts)
  const state = new KeptRow(TABLE.state(node.id), env.state)
  const zero = hexToBytes(node.params.zero)

  const next = (element: HeldElement): Uint8Array | null => {
    const key = decodeBytes(element.key)
    try {
      const record = Object.freeze({ time: element.time, key })
      const result = step(decodeBytes(state.value ?? zero), decodeBytes(element.value), record)
      if (!isThenable(result)) return canonicalBytes(result)
      report.badValue(node.id, element.identity.slice(), REASON.promise)
    } catch (error) {
      const identity = element.identity.slice()
      if (error instanceof Unencodable) report.badValue(node.id, identity, unencodableReason('value', error.reason))
      else report.threw(node.id, identity, error)
    }
    return null
  }
  const settled = new OrderedNode({
    node: node.id,
    ranks: [0],
    env,
    report,
    apart: 'key',
    lane: {
      open: key => state.open(key),
      step(element) {
        const made = next(element)
        if (made === null) return
        state.value = made
        handOn(element, decodeBytes(element.key), made)
      },
      close: sink => state.close(sink),
    },
  })
  return { settled, inlet: settled }
}
