// The scratch of `hashRows`: message word permutations, and room for four blocks, twice.

import { SIGMA } from '../values/blake2s.ts'
import type { Regions } from './regions.ts'

/** Permutations take 160 bytes; messages begin at 192. */
const BYTES = 704
/** A word of four messages side by side. */
const WORD_BYTES = 16

const PERMUTATIONS = Uint8Array.from(SIGMA.flat(), word => word * WORD_BYTES)

export function newHashScratch(regions: Regions): Uint8Array {
  const scratch = regions.take(BYTES)
  scratch.set(PERMUTATIONS)
  return scratch
}
