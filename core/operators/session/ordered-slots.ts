// The sessions of one key that has several of them: their slots in the order of time, in blocks.
//
// Promises: finding, adding and removing costs by the logarithm of their number and the size of a block, in whatever
// order elements come.

/** A block that grows past this is split. */
const BLOCK_SLOTS = 128

/** When the session of a slot begins and ends. */
export interface SessionTimes {
  firstOf(slot: number): number
  lastOf(slot: number): number
}

export class OrderedSlots {
  readonly #blocks: number[][]
  /** The place that `reach` found: a block, and an index in it, which may be one past its end. */
  #block = 0
  #at = 0

  constructor(slot: number) {
    this.#blocks = [[slot]]
  }

  /**
   * Moves to the first session that ends (with the gap) at or past a time, and gives its slot; -1 past the last one.
   */
  reach(time: number, gap: number, times: SessionTimes): number {
    const blocks = this.#blocks
    let low = 0
    let high = blocks.length - 1
    // Most elements belong to the newest session of their key, or begin one after it.
    while (low < high) {
      const middle = (low + high) >>> 1
      const block = blocks[middle] as number[]
      if (time - times.lastOf(block[block.length - 1] as number) > gap) low = middle + 1
      else high = middle
    }
    this.#block = low
    const block = blocks[low] as number[]
    low = 0
    high = block.length
    if (time - times.lastOf(block[high - 1] as number) > gap) low = high
    while (low < high) {
      const middle = (low + high) >>> 1
      if (time - times.lastOf(block[middle] as number) > gap) low = middle + 1
      else high = middle
    }
    this.#at = low
    return block[low] ?? -1
  }

  /** Adds a slot before the place that was reached. */
  insert(slot: number): void {
    const block = this.#blocks[this.#block] as number[]
    if (this.#at === block.length) block.push(slot)
    else block.splice(this.#at, 0, slot)
    if (block.length > BLOCK_SLOTS) this.#blocks.splice(this.#block + 1, 0, block.splice(BLOCK_SLOTS / 2))
  }

  /** The slot after the one that was reached; -1 where it is the last. */
  next(): number {
    const block = this.#blocks[this.#block] as number[]
    return block[this.#at + 1] ?? this.#blocks[this.#block + 1]?.[0] ?? -1
  }

  removeNext(): void {
    const block = this.#blocks[this.#block] as number[]
    if (this.#at + 1 < block.length) {
      block.splice(this.#at + 1, 1)
      return
    }
    const behind = this.#blocks[this.#block + 1] as number[]
    behind.shift()
    if (behind.length === 0) this.#blocks.splice(this.#block + 1, 1)
  }

  *[Symbol.iterator](): Generator<number> {
    for (const block of this.#blocks) yield* block
  }
}
