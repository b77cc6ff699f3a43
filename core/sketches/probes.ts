// Many independent numbers from one hash: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number
// generators", 2018), seeded with the 128 bits of the hash.
//
// Promises: the same numbers for the same hash everywhere, by 32-bit integers and exact doubles alone.

let s0 = 0
let s1 = 0
let s2 = 0
let s3 = 0

/** Seeds the next calls of `nextProbe` with this hash. */
export function startProbes(hash: Uint32Array): void {
  s0 = (hash[0] as number) | 0
  s1 = (hash[1] as number) | 0
  s2 = (hash[2] as number) | 0
  s3 = (hash[3] as number) | 0
}

/** A whole number from 0 to `limit - 1`, each equally likely to one part in 2^12 or better; `limit` is at most 2^30. */
export function nextProbe(limit: number): number {
  const high = nextWord() >>> 0
  const low = nextWord() >>> 22
  return Math.floor(((high * 1024 + low) / 2 ** 42) * limit)
}

function nextWord(): number {
  const product = Math.imul(s1, 5)
  const word = Math.imul((product << 7) | (product >>> 25), 9)
  const shifted = s1 << 9
  s2 ^= s0
  s3 ^= s1
  s1 ^= s2
  s0 ^= s3
  s2 ^= shifted
  s3 = (s3 << 11) | (s3 >>> 21)
  return word
}
