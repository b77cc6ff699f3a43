// The rows of a snapshot, found by key.
//
// Promises: normalised keys are equal as their canonical bytes are; a lookup does not search the rows.

import { bytesToHex } from '../values/bytes.ts'
import { canonicalBytes } from '../values/canonical.ts'

/** A map finds scalars as canonical bytes do (-0 is 0, NaN is NaN); anything else is found by those bytes in hex. */
export function snapshotIndex(rows: readonly (readonly [unknown, unknown])[]): (key: unknown) => unknown {
  const scalars = new Map<unknown, unknown>()
  const others = new Map<string, unknown>()
  for (const [key, value] of rows) {
    if (isScalar(key)) scalars.set(key, value)
    else others.set(bytesToHex(canonicalBytes(key)), value)
  }
  return key => (isScalar(key) ? scalars.get(key) : others.get(bytesToHex(canonicalBytes(key))))
}

const isScalar = (key: unknown): boolean => typeof key !== 'object' || key === null
