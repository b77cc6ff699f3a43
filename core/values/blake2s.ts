// A strong 128-bit hash: BLAKE2s with a digest of 16 bytes and no key (RFC 7693).
//
// Promises: the standard's function, written for many short inputs: no allocation for a hash. The ten rounds are
// unrolled when the module loads, with every word in a variable of its own: four times as fast as loops over arrays.
// Not here: sums of hashes (`multiset-digest.ts`).

const IV = Int32Array.of(0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19)

/** Message word permutations of the ten rounds (RFC 7693, section 2.7). */
export const SIGMA: readonly (readonly number[])[] = [
  [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15],
  [14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3],
  [11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4],
  [7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8],
  [9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13],
  [2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9],
  [12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11],
  [13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10],
  [6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5],
  [10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0],
]

/** Indices of the four words that each of a round's eight mixing steps takes: columns, then diagonals. */
const MIXING_STEPS = [
  [0, 4, 8, 12],
  [1, 5, 9, 13],
  [2, 6, 10, 14],
  [3, 7, 11, 15],
  [0, 5, 10, 15],
  [1, 6, 11, 12],
  [2, 7, 8, 13],
  [3, 4, 9, 14],
] as const

const DIGEST_BYTES = 16
const BLOCK_BYTES = 64
/** Digest length, no key, fan-out and depth 1: the first word of the parameter block. */
const PARAMETERS = 0x01010000 ^ DIGEST_BYTES

const state = new Int32Array(8)
const message = new Int32Array(16)

/**
 * The compression function F of RFC 7693, section 3.2, on `state` and `message`; `last` is -1 for the last block, 0 for
 * others.
 */
const compress = unrolled()

/**
 * Writes the four little-endian words of the hash of `bytes` to `into[at .. at + 3]`. Inputs are shorter than 2^32
 * bytes.
 */
export function blake2s(bytes: Uint8Array, into: Uint32Array = new Uint32Array(4), at = 0): Uint32Array {
  return blake2sPart(bytes, 0, bytes.length, into, at)
}

/** The same of bytes[start..end). */
export function blake2sPart(bytes: Uint8Array, start: number, end: number, into: Uint32Array, at = 0): Uint32Array {
  const length = end - start
  for (let i = 0; i < 8; i++) state[i] = IV[i] as number
  state[0] = (state[0] as number) ^ PARAMETERS
  let from = 0
  while (length - from > BLOCK_BYTES) {
    load(bytes, start + from, BLOCK_BYTES)
    from += BLOCK_BYTES
    compress(state, message, from, 0)
  }
  load(bytes, start + from, length - from)
  compress(state, message, length, -1)
  into[at] = state[0] as number
  into[at + 1] = state[1] as number
  into[at + 2] = state[2] as number
  into[at + 3] = state[3] as number
  return into
}

function load(bytes: Uint8Array, from: number, count: number): void {
  const whole = count >> 2
  let at = from
  for (let word = 0; word < whole; word++, at += 4) {
    message[word] =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
  }
  if (whole === 16) return
  let rest = 0
  for (let i = (count & 3) - 1; i >= 0; i--) rest = (rest << 8) | (bytes[at + i] as number)
  message[whole] = rest
  for (let word = whole + 1; word < 16; word++) message[word] = 0
}

function unrolled(): (h: Int32Array, m: Int32Array, counter: number, last: number) => void {
  const lines = ['"use strict"']
  for (let i = 0; i < 16; i++) lines.push(`const m${i} = m[${i}]`)
  for (let i = 0; i < 8; i++) lines.push(`let v${i} = h[${i}], v${i + 8} = ${IV[i]}`)
  lines.push('v12 ^= counter; v14 ^= last')
  for (const order of SIGMA) {
    MIXING_STEPS.forEach(([a, b, c, d], i) => {
      lines.push(half(a, b, c, d, order[2 * i] as number, 16, 12), half(a, b, c, d, order[2 * i + 1] as number, 8, 7))
    })
  }
  for (let i = 0; i < 8; i++) lines.push(`h[${i}] ^= v${i} ^ v${i + 8}`)
  return new Function('h', 'm', 'counter', 'last', lines.join('\n')) as ReturnType<typeof unrolled>
}

/** Half of the mixing function G of RFC 7693, section 3.1, with message word `word` and its two rotations. */
function half(a: number, b: number, c: number, d: number, word: number, r1: number, r2: number): string {
  return [
    `v${a} = (v${a} + v${b} + m${word}) | 0; v${d} ^= v${a}`,
    `v${d} = (v${d} >>> ${r1}) | (v${d} << ${32 - r1}); v${c} = (v${c} + v${d}) | 0; v${b} ^= v${c}`,
    `v${b} = (v${b} >>> ${r2}) | (v${b} << ${32 - r2})`,
  ].join('\n')
}
