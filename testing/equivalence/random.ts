// Seeded randomness for schedules: the same numbers for the same seed, everywhere.

export interface Random {
  /** A whole number of 0 <= n < below. */
  below(below: number): number
  /** True with a probability. */
  chance(probability: number): boolean
  pick<T>(from: readonly T[]): T
}

/** Mulberry32, from a 32-bit seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let x = Math.imul(state ^ (state >>> 15), state | 1)
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    below: below => Math.floor(next() * below),
    chance: probability => next() < probability,
    pick: from => from[Math.floor(next() * from.length)] as (typeof from)[number],
  }
}
