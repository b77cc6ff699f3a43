// Handing an element on from a node that held it: counted in the node's tally, then to everything behind.

import type { Linked } from '../emitted/emitted-module.ts'
import { TALLY, type Tally } from '../state/tally.ts'
import { decodeBytes } from '../values/canonical.ts'

/** What handing on needs of the executor. */
interface EmitContext {
  tally(name: string): Tally
  linked(): Linked
}

/** An element with its own time and identity, and another value in canonical bytes, which are copied. */
export type Emit = (
  element: { readonly time: number; readonly identity: Uint8Array },
  key: unknown,
  value: Uint8Array,
) => void

export function emitterOf(node: string, parts: EmitContext): Emit {
  const tally = parts.tally(TALLY.handed(node))
  return ({ time, identity }, key, value) => {
    tally.add(identity, value)
    parts.linked().emit[node]?.(key, decodeBytes(value), time, identity.slice())
  }
}
