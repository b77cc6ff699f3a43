// The definition of `sample`: the hash that decides which elements are in it.

import { blake2s } from '../values/blake2s.ts'

/** The 16 bytes of an identity's BLAKE2s (RFC 7693); the elements with the least ones are the sample. */
export function sampleHash(identity: Uint8Array): Uint8Array {
  const words = blake2s(identity)
  const hash = new Uint8Array(16)
  const view = new DataView(hash.buffer)
  words.forEach((word, i) => {
    view.setUint32(4 * i, word, true)
  })
  return hash
}
