// Emitting an element from a node that held it: it is counted in the node's digest and given to everything behind the
// node.

import type { Linked } from '../emitted/emitted-module.ts'
import { DIGEST } from '../state/digests.ts'
import { decodeBytes } from '../values/canonical.ts'
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

export function emitterOf(node: string, parts: EmitContext): Emit {
  const digest = parts.digest(DIGEST.emitted(node))
  return ({ time, identity }, key, value) => {
    digest.addRow(identity, value)
    parts.linked().emit[node]?.(key, decodeBytes(value), time, identity.slice())
  }
}
