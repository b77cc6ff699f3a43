// Emitting an element from a node that held it: it is counted in the node's digest and given to everything behind the
// node.

import type { Linked } from '../emitted/emitted-module.ts'
import type { PlanNode } from '../plan/plan.ts'
import { DIGEST } from '../state/digests.ts'
import { partDecoder } from '../values/canonical-part.ts'
import type { MultisetDigest } from '../values/multiset-digest.ts'

/** What emitting needs of the executor. */
interface EmitContext {
  digest(name: string): MultisetDigest
  linked(): Linked
}

/** Emits an element with its own time and identity and a value in canonical bytes. Copies the bytes. */
export type Emit = (
  element: { readonly time: number; readonly identity: Uint8Array },
  key: unknown,
  value: Uint8Array,
) => void

export function emitterOf({ id, uses = true }: PlanNode, parts: EmitContext): Emit {
  const digest = parts.digest(DIGEST.emitted(id))
  const decode = partDecoder(uses)
  return ({ time, identity }, key, value) => {
    digest.addRow(identity, value)
    parts.linked().emit[id]?.(key, decode(value), time, identity.slice())
  }
}
