// Which damage a try does to a file of lmdb.
//
// Promises: the same for the same seed and number. Half of the flipped bits are in meta pages, in headers of pages and
// nodes, and in the lists of where nodes lie, which are few and matter most; one try of sixteen cuts the file.

import { seededRandom } from '../../../testing/equivalence/random.ts'

export type Damage =
  | { readonly kind: 'none' }
  | { readonly kind: 'cut'; readonly at: number }
  | { readonly kind: 'bit'; readonly at: number; readonly bit: number }

const PAGE_BYTES = 4096
const HEADER_BYTES = 24

/** Try 0 does nothing: it says what the others must say. */
export function damageOf(bytes: Uint8Array, seed: number, number: number): Damage {
  if (number === 0) return { kind: 'none' }
  const random = seededRandom(seed * 1_000_003 + number)
  if (number % 16 === 0) return { kind: 'cut', at: random.below(bytes.length) }
  const bit = random.below(8)
  if (number % 2 === 0) return { kind: 'bit', at: random.below(bytes.length), bit }
  const pages = Math.floor(bytes.length / PAGE_BYTES)
  const page = random.chance(0.15) ? random.below(2) : random.below(pages)
  return { kind: 'bit', at: page * PAGE_BYTES + placeIn(bytes, page, random), bit }
}

function placeIn(bytes: Uint8Array, page: number, random: ReturnType<typeof seededRandom>): number {
  if (page < 2) return random.below(168)
  const view = new DataView(bytes.buffer, bytes.byteOffset + page * PAGE_BYTES, PAGE_BYTES)
  const nodes = Math.min(view.getUint16(20, true) >> 1, 500)
  const isTree = (view.getUint16(18, true) & 3) !== 0
  if (!isTree || nodes === 0 || random.chance(0.4)) return random.below(HEADER_BYTES)
  const slot = HEADER_BYTES + 2 * random.below(nodes)
  if (random.chance(0.3)) return slot + random.below(2)
  // The head of a node and what comes after it: a key, or the place of a big value.
  return Math.min(PAGE_BYTES - 1, HEADER_BYTES + view.getUint16(slot, true) + random.below(44))
}
