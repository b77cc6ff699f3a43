// Handing an element on from a node that held it: counted in the node's digest, then to everything behind.

import type { Linked } from '../emitted/emitted-module.ts'
import { DIGEST } from '../state/digests.ts'
import { decodeBytes } from '../values/canonical.ts'
import type { MultisetDigest } from '../values/multiset-digest.ts'

/** What handing on needs of the executor. */
interface EmitContext {
  digest(name: string): MultisetDigest
  linked(): Linked
}

/** An element with its own time and identity, and another value in canonical bytes, which are copied. */
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
