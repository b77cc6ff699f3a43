// A column: one field of an aggregation over all groups, addressed by slot.
//
// Promises: `add` allocates nothing on the ordinary path; merging is associative and commutative with a cleared slot as
// identity; equal states have equal bytes whatever the order of adds and merges, so that batch and stream write the
// same rows. Each word has its accumulator in a file of its name; which slot is whose is in
// `core/operators/aggregate/group-table.ts`.

import type { ByteReader, ByteWriter } from '../../values/bytes.ts'

/** Identity bytes of an element, worked out only where they are needed. */
export type IdentityOf<O> = (lineage: O) => Uint8Array

export interface Column {
  /** Makes room for slots below `capacity`; new slots are clear. */
  grow(capacity: number): void
  /** Back to the state of no element. */
  clear(slot: number): void
  /** Counts one element. Which arguments it takes is said by kind in `core/plan/aggregation-spec.ts`. */
  add(slot: number, ...input: never[]): void
  /** Lineages that `add` was called with are about to lose their meaning: the chunk that they point into ends. */
  endChunk?(): void
  /** Appends the canonical bytes of the state of a slot that has counted an element. */
  write(slot: number, w: ByteWriter): void
  /** Reads a state that `write` wrote, and adds it to the slot's own; into a clear slot this is reading. */
  merge(slot: number, r: ByteReader): void
  /** The result, as plain normalised data. The slot must have counted an element. */
  present(slot: number): unknown
}
