// What both kinds of `joinTable` share: the ranks of their inputs, and an element that has met its version.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { decodeBytes } from '../../values/canonical.ts'
import { emitterOf } from '../emit.ts'
import type { OperatorContext } from '../operator-ports.ts'
import type { HeldElement } from '../ordered/held-element.ts'
import { pairValue } from '../pair-value.ts'

/** The rank of elements; that of versions lies on either side of it, by whether those of one time come before them. */
export const LEFT = 1
export const VERSION = { same: 0, before: 2 } as const

/** Emits an element with the canonical bytes of the version that it met, null where there is none. */
type EmitJoined = (left: HeldElement, version: Uint8Array | null) => void

export function joinedEmitter(node: PlanNodeOf<'joinTable'>, context: OperatorContext): EmitJoined {
  const { type } = node.params
  const emit = emitterOf(node, context)
  return (left, version) => {
    if (version === null && type === 'inner') return
    emit(left, decodeBytes(left.key), pairValue(left.value, version))
  }
}
