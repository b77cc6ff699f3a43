// What an executor needs from outside, as narrow interfaces that `store` implements.
//
// Promises: `core` stays pure; batch and stream pass these in.

import type { OwnKernel } from '../kernel/kernel-over.ts'
import type { BlocksHandle, SpilledBlocks } from '../spill/spilled-blocks.ts'
import type { PackedRows } from './packed-rows.ts'
import type { Rows } from './rows.ts'

/** The committed state, as far as an executor reads it. */
export interface StateAccess {
  document(name: string): Uint8Array | undefined
  get(table: string, key: Uint8Array): Uint8Array | undefined
  range(table: string, from?: Uint8Array, to?: Uint8Array): Rows
}

/**
 * An external sorter of rows: copies what it is given, spills beyond its memory, gives rows back in byte order of the
 * key. Rows of equal keys all come back, one after the other.
 */
export interface RowSorter {
  add(key: Uint8Array, value: Uint8Array): void
  sorted(): Rows
  readonly rows: number
  dispose(): void
}

/** Takes the changes of one commit. Copies what it is given: the bytes are reused after the call. Null deletes. */
export interface ChangeSink {
  /**
   * A change of one row. Within one flush the calls for one table come in ascending byte order of the key, no key twice
   * (calls for different tables may alternate), so a store can append them without sorting.
   */
  putSorted(table: string, key: Uint8Array, value: Uint8Array | null): void
  /** The same with key and value as parts of one byte string; the value must be there. */
  putSortedPart(
    table: string,
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): void
  /**
   * All rows of a table that change in this flush, none deleted. The sink keeps them, without a copy, until they are
   * written, and disposes of them.
   */
  putSortedRows(table: string, rows: PackedRows): void
  /**
   * The row of a released element of an output (`HeldRow`); calls come in the order of the records in their partition.
   */
  release(output: string, partition: number, key: Uint8Array, value: Uint8Array): void
}

/** Where an executor puts blocks of rows aside. */
export interface BlockSource {
  newBlocks(): SpilledBlocks
  /** Takes over what another executor has handed over. */
  openBlocks(handle: BlocksHandle): SpilledBlocks
}

export interface Environment {
  readonly state: StateAccess | null
  /** Makes the executor's kernel, once; without it that is one in JavaScript. */
  readonly newKernel?: (() => OwnKernel) | undefined
  /** Whether every lambda is called, also where its result is plain: under a debugger. */
  readonly callsLambdas?: boolean | undefined
  /** Whether the state has the rows of all views by window (`core/tables/view-order.ts`). */
  readonly viewsByWindow?: boolean | undefined
  /** Whether nothing follows the first flush, so that nothing need be kept for another one. */
  readonly flushesOnce?: boolean | undefined
  readonly newSorter: () => RowSorter
  readonly blocks: BlockSource
  readonly siteOf: (error: unknown) => string | undefined
  /** Groups of one node in memory before partial results are spilled (batch) or clean ones are forgotten (stream). */
  readonly groupLimit: number
  /** About the bytes that the groups of one node may take in memory before the same happens. Default: any. */
  readonly groupBytes?: number | undefined
  /**
   * About the bytes that the groups of all nodes may take before those of the larger ones are spilled. Default: any.
   */
  readonly spillBytes?: number | undefined
  /** Canonical bytes that one group's state may have. Default: any. */
  readonly rowBytes?: number | undefined
  /** Dead letters of one source, partition and kind that are listed; for tests. */
  readonly listedLetters?: number | undefined
}
