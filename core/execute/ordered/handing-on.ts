// Handing an element on from a node that held it: counted in the node's tally, then to everything behind.

import { decodeBytes } from '../../canonical.ts'
import type { Linked } from '../contract.ts'
import { TALLY, type Tally } from '../tally.ts'

/** What handing on needs of the machine. */
export interface HandingParts {
  tally(name: string): Tally
  linked(): Linked
}

/** An element with its own time and identity, and another value in canonical bytes, which are copied. */
export type HandOn = (
  element: { readonly time: number; readonly identity: Uint8Array },
  key: unknown,
  value: Uint8Array,
) => void

export function handingOn(node: string, parts: HandingParts): HandOn {
  const tally = parts.tally(TALLY.handed(node))
  return ({ time, identity }, key, value) => {
    tally.add(identity, value)
    parts.linked().handOn[node]?.(key, decodeBytes(value), time, identity.slice())
  }
}
