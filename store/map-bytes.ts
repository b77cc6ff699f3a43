// How much of the address space lmdb's map takes.
//
// Promises: as much as there is use for, so that a growing state need not be mapped again; where the system limits the
// address space, half of what is left. lmdb does not survive a map that the system refuses, so one that would be too
// small for the file is refused here.

import { addressSpaceLeft } from '../host/limits-of-process.ts'
import { MAP_BYTES, MAP_SPARE_BYTES } from './limits.ts'
import { addressSpace } from './lmdb-failure.ts'

/** Throws `system-limit`. */
export function mapBytesFor(dir: string, fileBytes: number, left = addressSpaceLeft()): number {
  if (left > MAP_BYTES + MAP_SPARE_BYTES) return MAP_BYTES
  const bytes = Math.floor(left / 2 / 2 ** 20) * 2 ** 20
  if (bytes < fileBytes + MAP_SPARE_BYTES) throw addressSpace(dir)
  return bytes
}
