// Choices from a seed: the details of one step of a random job.
//
// Promises: the same seed draws the same; seed 0 always draws the first, so that a shrunk seed is a plain step.

export class Draw {
  #state: number
  readonly #plain: boolean

  constructor(seed: number) {
    this.#plain = seed === 0
    this.#state = seed | 0
  }

  /** An integer from 0 to `bound - 1` (mulberry32). */
  below(bound: number): number {
    if (this.#plain || bound <= 1) return 0
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) % bound
  }

  oneOf<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T
  }

  /** True with probability 1 / `n`; never where the seed is 0. */
  once(n: number): boolean {
    return this.below(n) === n - 1 && !this.#plain
  }
}
