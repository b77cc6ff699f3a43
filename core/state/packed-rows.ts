// Many rows of one table in the order of their keys, in the memory in which they were made.
//
// Promises: no row is copied or visited one by one on its way to the state, unless somebody asks for that.

/** A block of a run (`store/runs/block.ts`), whole but for its checksum, and how many rows it has. */
export interface PackedBlock {
  /** May be written to; valid until the next block is asked for. */
  readonly bytes: Uint8Array
  readonly rows: number
}

/** Takes a row whose key and value are parts of one byte string. */
export type TakePart = (
  bytes: Uint8Array,
  keyStart: number,
  keyEnd: number,
  valueStart: number,
  valueEnd: number,
) => void

export interface PackedRows {
  /** Whether they come from a file, since they take too much memory. */
  readonly isSpilled?: boolean
  /** All rows as blocks of about so many bytes. */
  blocks(blockBytes: number): Iterable<PackedBlock>
  each(take: TakePart): void
  /** Gives the memory back. */
  dispose(): void
}
