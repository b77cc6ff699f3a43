// The hash that every sketch of values uses: BLAKE2s (RFC 7693) of canonical bytes, 128 bits, without a seed.
//
// Promises: equal values have equal hashes in every process and version. It is cryptographic, since the writer of a log
// may want a count to be wrong; it costs about a quarter of a microsecond for a short value.
// Not here: which of the bits a sketch takes (each sketch).

import { blake2sPart } from '../values/blake2s.ts'
import { ByteWriter } from '../values/bytes.ts'
import { encodeValue } from '../values/canonical.ts'

const canonical = new ByteWriter(256)
const words = new Uint32Array(4)

/** Four words of 32 bits, valid until the next call. Throws `Unencodable` for what is no plain data. */
export function hashValue(value: unknown): Uint32Array {
  canonical.reset()
  encodeValue(canonical, value)
  return blake2sPart(canonical.view(), 0, canonical.length, words, 0)
}
