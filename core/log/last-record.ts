// The last record that was read of a partition: its offset and a hash of what it holds, by which a later run sees
// whether the log still is the one that was read (semantics.md 1.4).
//
// Promises: a function of the record alone, however it came: equal records have equal hashes in every kind of log that
// keeps the same of them. Of a very large key or value the length and the first bytes count.

import { blake2s } from '../values/blake2s.ts'
import { ByteWriter, bytesToHex } from '../values/bytes.ts'
import { type Chunk, offsetAt } from './chunk.ts'

export interface LastRecord {
  readonly offset: bigint
  /** 32 hexadecimal digits. */
  readonly hash: string
  /** False where the log keeps values alone (NDJSON): such a hash says nothing about a log that keeps more. */
  readonly whole: boolean
  /** Leader epoch of the record's batch; null where the log has none. */
  readonly leaderEpoch: number | null
}

/** Bytes of a key, a value or a header that are hashed: a record of megabytes costs no more than a small one. */
const HASHED_BYTES = 1 << 16

const hashed = new ByteWriter(256)
const words = new Uint32Array(4)
const utf8 = new TextEncoder()

/** The last record of a chunk; null where it has none. */
export function lastRecordOf(chunk: Chunk): LastRecord | null {
  if (chunk.count === 0) return null
  const i = chunk.count - 1
  const whole = chunk.timestamps !== null
  hashed.reset()
  put(chunk.bytes, chunk.valueStart[i] as number, chunk.valueEnd[i] as number)
  if (whole) {
    put(chunk.bytes, chunk.keyStart?.[i] ?? -1, chunk.keyEnd?.[i] ?? -1)
    hashed.f64(chunk.timestamps?.[i] as number)
    for (const { key, value } of chunk.headers(i)) {
      const name = utf8.encode(key)
      put(name, 0, name.length)
      put(value ?? name, value === null ? -1 : 0, value?.length ?? -1)
    }
  }
  blake2s(hashed.view(), words)
  const hash = bytesToHex(new Uint8Array(words.buffer, 0, 16))
  return { offset: offsetAt(chunk, i), hash, whole, leaderEpoch: chunk.leaderEpoch ?? null }
}

/** A field as its length and its first bytes, so that no two lists of fields share bytes. */
function put(bytes: Uint8Array, start: number, end: number): void {
  hashed.f64(start < 0 ? -1 : end - start)
  if (start >= 0) hashed.bytes(bytes.subarray(start, Math.min(end, start + HASHED_BYTES)))
}
