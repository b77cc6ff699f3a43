// A column: one field of an aggregation over all groups, addressed by slot.
//
// Promises: `add` allocates nothing on the ordinary path; merging is associative and commutative with a cleared slot as
// identity; equal states have equal bytes whatever the order of adds and merges, so that batch and stream write the
// same rows. Each word has its column in a file of its name.
// Not here: which group a slot belongs to (`core/operators/aggregate/group-table.ts`).

import type { MergeProgram } from '../../kernel/pack/merge-program.ts'
import type { RowProgram } from '../../kernel/pack/row-program.ts'
import type { ByteReader, ByteWriter } from '../../values/bytes.ts'
import type { HeldBytes } from './held-bytes.ts'

/** Identity bytes of an element, made only where they are needed. */
export type IdentityOf<O> = (lineage: O) => Uint8Array

/** A place in a topic. */
export interface Position {
  readonly partition: number
  readonly offset: bigint
}

/** The position of the record that a lineage stands for; for elements that come straight from a table's topic. */
export type PositionOf<O> = (lineage: O) => Position

export interface Column {
  /** What its states take beyond its arrays; only of columns whose states grow. */
  readonly held?: HeldBytes
  /** Makes room for slots below `capacity`; new slots are clear. */
  grow(capacity: number): void
  /** Back to the state of no element. */
  clear(slot: number): void
  /** Counts one element. `takesOf` (`core/plan/aggregation-spec.ts`) says which arguments it takes. */
  add(slot: number, ...input: never[]): void
  /** The chunk that lineages point into ends: the column makes identities of those that it still holds. */
  endChunk?(): void
  /** Appends the canonical bytes of a slot's state. The slot must have counted an element. */
  write(slot: number, w: ByteWriter): void
  /** Reads a state that `write` wrote and adds it to the slot's; a clear slot then has that state. */
  merge(slot: number, r: ByteReader): void
  /** The result, as plain normalised data. The slot must have counted an element. */
  present(slot: number): unknown
  /** Lets the kernel append the canonical bytes of results, and states; absent where it cannot. */
  packValue?(program: RowProgram): void
  packState?(program: RowProgram): void
  /** Lets the kernel read states and add them to slots; present where `packState` is. */
  mergeState?(program: MergeProgram): void
}
