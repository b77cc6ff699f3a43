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
    const endsBefore = (slot: number): boolean => time - times.lastOf(slot) > gap
    const blocks = this.#blocks
    // Past the last one is a place in the last block.
    this.#block = search(blocks.length - 1, i => endsBefore((blocks[i] as number[]).at(-1) as number))
    const block = blocks[this.#block] as number[]
    this.#at = search(block.length, i => endsBefore(block[i] as number))
    return block[this.#at] ?? -1
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

/** The first of the numbers below `count` that is not before what is looked for; `count` where all are. */
function search(count: number, isBefore: (i: number) => boolean): number {
  // Most elements belong to the newest session of their key, or begin one after it.
  if (count === 0 || isBefore(count - 1)) return count
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if (isBefore(middle)) low = middle + 1
    else high = middle
  }
  return low
}
