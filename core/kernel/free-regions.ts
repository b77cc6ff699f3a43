// Large regions of a kernel's memory that nobody uses: joined where they meet, divided where a smaller one is wanted.
//
// Promises: what is taken was given, and is taken once. It takes the smallest region that is large enough, so that what
// is used once for much serves later for much again.

interface Region {
  readonly at: number
  readonly bytes: number
}

export class FreeRegions {
  /** By address; no two of them meet. */
  readonly #regions: Region[] = []

  /** The address of so many bytes; undefined where no region is large enough. */
  take(bytes: number): number | undefined {
    let best = -1
    for (let i = 0; i < this.#regions.length; i++) {
      const size = (this.#regions[i] as Region).bytes
      if (size >= bytes && (best < 0 || size < (this.#regions[best] as Region).bytes)) best = i
    }
    if (best < 0) return undefined
    const { at, bytes: size } = this.#regions[best] as Region
    if (size === bytes) this.#regions.splice(best, 1)
    else this.#regions[best] = { at: at + bytes, bytes: size - bytes }
    return at
  }

  give(at: number, bytes: number): void {
    const i = this.#indexAfter(at)
    const before = this.#regions[i - 1]
    const after = this.#regions[i]
    const joinsBefore = before !== undefined && before.at + before.bytes === at
    const joinsAfter = after !== undefined && at + bytes === after.at
    const start = joinsBefore ? before.at : at
    const end = joinsAfter ? after.at + after.bytes : at + bytes
    const from = joinsBefore ? i - 1 : i
    this.#regions.splice(from, Number(joinsBefore) + Number(joinsAfter), { at: start, bytes: end - start })
  }

  /** The index of the first region behind an address. */
  #indexAfter(at: number): number {
    let low = 0
    let high = this.#regions.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#regions[middle] as Region).at < at) low = middle + 1
      else high = middle
    }
    return low
  }
}
