// `distinct` and `dedupe`: of the elements that are equal in key and `by` the first, or one for each stretch of time.
//
// Promises: an element is dropped iff an equal one was emitted with `t - t_emitted <= within` (without `within`: at any
// time). A row is deleted from the state once its time is more than `within` before the watermark.

import type { PlanNodeOf } from '../../plan/plan.ts'
import type { Environment } from '../../state/environment.ts'
import { TABLE } from '../../state/row-codec.ts'
import { canonicalBytes, decodeBytes } from '../../values/canonical.ts'
import { type Emit, emitterOf } from '../emit.ts'
import type { OperatorContext, OperatorPorts } from '../operator-ports.ts'
import type { HeldElement } from '../ordered/held-element.ts'
import { KeptRow } from '../ordered/kept-row.ts'
import { type KeyProcessor, OrderedOperator } from '../ordered/ordered-operator.ts'
import { ExpiringRows } from './expiring-rows.ts'

export function makeDistinct(node: PlanNodeOf<'distinct'>, parts: OperatorContext): OperatorPorts {
  const { env, report } = parts
  const { withinMs } = node.params
  const seen = new KeptRow(TABLE.state(node.id), env.state)
  const emit = emitterOf(node, parts)
  const processor = withinMs === null ? firstOnes(seen, emit) : spacedOnes(node.id, withinMs, seen, emit, env)
  const operator = new OrderedOperator({ node: node.id, ranks: [0], apart: 'by', env, report, processor })
  return { operator, inlet: operator }
}

function hand(element: HeldElement, seen: KeptRow, emit: Emit): void {
  seen.value = canonicalBytes(element.time)
  emit(element, decodeBytes(element.key), element.value)
}

function firstOnes(seen: KeptRow, emit: Emit): KeyProcessor {
  return {
    open: key => seen.open(key),
    step(element) {
      if (seen.value === null) hand(element, seen, emit)
    },
    close: sink => seen.close(sink),
  }
}

/** The state holds the time of the last element that was emitted. */
function spacedOnes(node: string, withinMs: number, seen: KeptRow, emit: Emit, env: Environment): KeyProcessor {
  const index = new ExpiringRows({ rows: TABLE.state(node), index: TABLE.index(node), env })
  let watermark = Number.NEGATIVE_INFINITY
  const isPast = (time: Uint8Array): boolean => {
    const then = timeIn(time)
    return watermark - then > withinMs
  }
  return {
    begin(now) {
      watermark = now
      index.begin(isPast)
    },
    open(key, sink) {
      index.forgetBefore(key, sink)
      seen.open(key)
    },
    step(element) {
      const { time } = element
      const before = seen.value
      if (before !== null && time - timeIn(before) <= withinMs) return
      hand(element, seen, emit)
    },
    close(sink) {
      const { key, stored, value } = seen
      if (value !== null && isPast(value)) seen.value = null
      else if (value !== null && value !== stored) index.enter(value, key)
      if (stored !== null && value !== stored && !isPast(stored)) index.leave(stored, key)
      seen.close(sink)
    },
    finish: sink => index.finish(sink),
  }
}

const timeIn = (bytes: Uint8Array): number => decodeBytes(bytes) as number
