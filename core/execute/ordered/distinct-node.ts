// `distinct` and `dedupe`: of the elements of a key that are alike, the first, or one in a stretch of time.
//
// Promises: an element is dropped iff one alike was handed on with `t - t_handed <= within` (without `within`: at all). What is remembered is
// forgotten once `within` has passed before the watermark, found by an index in the order of time: the state holds what fell into
// the last `within`, and settling costs what has come and what is forgotten, not what is held.

import { concatBytes } from '../../bytes.ts'
import { canonicalBytes, decodeBytes } from '../../canonical.ts'
import type { PlanNodeOf } from '../../plan.ts'
import type { Made, Parts } from '../made.ts'
import { TABLE } from '../row-codec.ts'
import { handingOn } from './handing-on.ts'
import { KeyedState } from './keyed-state.ts'
import { OrderedNode } from './ordered-node.ts'
import { TimeIndex } from './time-index.ts'

export function makeDistinct(node: PlanNodeOf<'distinct'>, parts: Parts): Made {
  const { env, report } = parts
  const { withinMs } = node.params
  const handOn = handingOn(node.id, parts)
  const seen = new KeyedState(TABLE.state(node.id), env.state)
  const index = new TimeIndex(TABLE.index(node.id), env.state)
  const forget = (then: number, alike: Uint8Array): void => {
    const newest = seen.get(alike)
    if (newest !== null && timeIn(newest) === then) seen.set(alike, null)
  }
  const settled = new OrderedNode({
    node: node.id,
    ranks: [0],
    env,
    report,
    step(element) {
      const { time } = element
      const alike = concatBytes([element.key, element.by])
      if (withinMs !== null) index.expire(then => time - then > withinMs, forget)
      const before = seen.get(alike)
      if (before !== null && (withinMs === null || time - timeIn(before) <= withinMs)) return
      seen.set(alike, canonicalBytes(time))
      if (withinMs !== null) index.add(time, alike)
      handOn(element, decodeBytes(element.key), element.value)
    },
    finish(sink, watermark) {
      if (withinMs !== null) index.settle(sink, then => watermark - then > withinMs, forget)
      seen.flush(sink)
    },
  })
  return { settled, inlet: settled }
}

const timeIn = (bytes: Uint8Array): number => decodeBytes(bytes) as number
