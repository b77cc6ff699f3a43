// `distinct` and `dedupe`: of the elements of a key that are alike, the first, or one in a stretch of time.
//
// Promises: an element is dropped iff one alike was handed on with `t - t_handed <= within` (without `within`: at all). What is remembered is
// forgotten once `within` has passed before the watermark: the state holds what fell into the last `within`.

import { canonicalBytes, decodeBytes } from '../../canonical.ts'
import type { PlanNodeOf } from '../../plan.ts'
import type { Environment } from '../environment.ts'
import type { Made, Parts } from '../made.ts'
import { TABLE } from '../row-codec.ts'
import { ExpiringRows } from './expiring-rows.ts'
import { type HandOn, handingOn } from './handing-on.ts'
import type { HeldElement } from './held-element.ts'
import { KeptRow } from './kept-row.ts'
import { type Lane, OrderedNode } from './ordered-node.ts'

export function makeDistinct(node: PlanNodeOf<'distinct'>, parts: Parts): Made {
  const { env, report } = parts
  const { withinMs } = node.params
  const seen = new KeptRow(TABLE.state(node.id), env.state)
  const handOn = handingOn(node.id, parts)
  const lane = withinMs === null ? firstOnes(seen, handOn) : spacedOnes(node.id, withinMs, seen, handOn, env)
  const settled = new OrderedNode({ node: node.id, ranks: [0], apart: 'by', env, report, lane })
  return { settled, inlet: settled }
}

function hand(element: HeldElement, seen: KeptRow, handOn: HandOn): void {
  seen.value = canonicalBytes(element.time)
  handOn(element, decodeBytes(element.key), element.value)
}

function firstOnes(seen: KeptRow, handOn: HandOn): Lane {
  return {
    open: key => seen.open(key),
    step(element) {
      if (seen.value === null) hand(element, seen, handOn)
    },
    close: sink => seen.close(sink),
  }
}

/** The state holds the time of the last one handed on. */
function spacedOnes(node: string, withinMs: number, seen: KeptRow, handOn: HandOn, env: Environment): Lane {
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
      hand(element, seen, handOn)
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
