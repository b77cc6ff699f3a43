// The key bytes of records that a job writes.

import { canonicalJson } from '../../values/json-text.ts'

const utf8 = new TextEncoder()

/** A string that UTF-8 cannot hold: half of a surrogate pair stands alone in it. */
const ILL_FORMED = /\p{Surrogate}/u

/**
 * UTF-8 of a string, canonical JSON otherwise, null for none. A string with half of a surrogate pair is JSON too, where it
 * is written as an escape: two such strings would be one key in UTF-8.
 */
export function outputKey(key: unknown): Uint8Array | null {
  if (key === null || key === undefined) return null
  return utf8.encode(typeof key === 'string' && !ILL_FORMED.test(key) ? key : canonicalJson(key))
}
