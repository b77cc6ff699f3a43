// The different values of a group: two are one where their canonical bytes are equal.

import { bytesToHex } from '../../../values/bytes.ts'
import { canonicalBytes } from '../../../values/canonical.ts'

export function distinctValues(values: readonly unknown[]): unknown[] {
  return [...new Map(values.map(v => [bytesToHex(canonicalBytes(v)), v])).values()]
}
