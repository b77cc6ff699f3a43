// The key bytes of records that a job writes.

import { canonicalJson } from '../../values/json-text.ts'

const utf8 = new TextEncoder()

/** Matches a string that UTF-8 cannot hold, since it has a lone surrogate. */
const ILL_FORMED = /\p{Surrogate}/u

/**
 * UTF-8 of a string, canonical JSON otherwise, null for none. A string with a lone surrogate is JSON too, where that is
 * an escape: in UTF-8 two such strings would be one key.
 */
export function outputKey(key: unknown): Uint8Array | null {
  if (key === null || key === undefined) return null
  return utf8.encode(typeof key === 'string' && !ILL_FORMED.test(key) ? key : canonicalJson(key))
}
