// Where rows are put aside until the next flush, as executors see it: blocks of bytes that come back as they were.

/** What names the blocks of one executor for another one of the same process; can be sent to another thread. */
export interface BlocksHandle {
  /** Where they lie. */
  readonly file: unknown
  readonly blocks: readonly unknown[]
}

export interface SpilledBlocks {
  /** How many blocks there are; their numbers begin with 0. */
  readonly count: number
  /** Copies a block. Throws `disk-full`. */
  add(block: Uint8Array): void
  /** Fills `into`, which has the block's length. Throws `disk-failed` where the bytes are others. */
  read(number: number, into: Uint8Array): void
  /** Gives the blocks to whoever opens the handle: this is then empty. */
  handOver(): BlocksHandle
  dispose(): void
}
