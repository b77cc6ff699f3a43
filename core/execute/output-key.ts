// The key bytes of records that a job writes.

import { canonicalJson } from '../json-text.ts'

const utf8 = new TextEncoder()

/** UTF-8 of a string, canonical JSON otherwise, null for none. */
export function outputKey(key: unknown): Uint8Array | null {
  if (key === null || key === undefined) return null
  return utf8.encode(typeof key === 'string' ? key : canonicalJson(key))
}
