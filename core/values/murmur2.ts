// Kafka's default partitioner: murmur2 of the key's bytes.
//
// Promises: the hash of Kafka's own Java client (`org.apache.kafka.common.utils.Utils.murmur2`: seed 0x9747b28c); the
// partition is the hash without its sign bit, modulo the number of partitions. Public-domain algorithm by Austin
// Appleby.

const MULTIPLIER = 0x5bd1e995
const SEED = 0x9747b28c

/** The 32-bit hash as a signed integer. */
export function murmur2(bytes: Uint8Array): number {
  const { length } = bytes
  let h = SEED ^ length
  let i = 0
  for (; i + 4 <= length; i += 4) {
    const word =
      (bytes[i] as number) |
      ((bytes[i + 1] as number) << 8) |
      ((bytes[i + 2] as number) << 16) |
      ((bytes[i + 3] as number) << 24)
    let k = Math.imul(word, MULTIPLIER)
    k ^= k >>> 24
    h = Math.imul(h, MULTIPLIER) ^ Math.imul(k, MULTIPLIER)
  }
  const rest = length - i
  if (rest > 0) {
    let tail = 0
    for (let j = rest - 1; j >= 0; j--) tail = (tail << 8) | (bytes[i + j] as number)
    h = Math.imul(h ^ tail, MULTIPLIER)
  }
  h ^= h >>> 13
  h = Math.imul(h, MULTIPLIER)
  return h ^ (h >>> 15)
}

/** The partition of a record whose key has these bytes: 0 <= partition < partitions. */
export function partitionFor(keyBytes: Uint8Array, partitions: number): number {
  return (murmur2(keyBytes) & 0x7fffffff) % partitions
}
