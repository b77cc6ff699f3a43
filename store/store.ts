// The state directory as its users see it: named tables of sorted rows and small named documents, changed together.
//
// Promises: one atomic, durable transaction per commit; one writer; readers in other processes see the last commit
// whole.
// Not here: what the rows mean (the executors).

import type { PackedRows } from '../core/state/packed-rows.ts'
import type { RowChange, Rows } from '../core/state/rows.ts'
export interface StateReader {
  /** A document: a small named value such as the cut or the plan. */
  document(name: string): Uint8Array | undefined
  get(table: string, key: Uint8Array): Uint8Array | undefined
  /** Rows with from <= key < to in byte order of the key. Deleted rows are not seen. */
  range(table: string, from?: Uint8Array, to?: Uint8Array): Rows
  /** Names of tables that hold anything. */
  tables(): readonly string[]
  close(): Promise<void>
}

/** Rows that are in the file of a state, and in no table yet. */
export interface StagedRows {
  readonly run: number
}

export interface StateTransaction {
  putDocument(name: string, value: Uint8Array | null): void
  /** Applies changes sorted by key (byte order, no key twice), as one sorted run. */
  applyChanges(table: string, changes: Iterable<RowChange>): void
  /** Replaces a whole table by rows sorted by key. */
  replaceTable(table: string, rows: Rows): void
  /** The same two with rows that are packed already. */
  applyPacked(table: string, rows: PackedRows): void
  replacePacked(table: string, rows: PackedRows): void
  /** The same two with rows that were staged since the last commit. */
  applyStaged(table: string, rows: StagedRows): void
  replaceStaged(table: string, rows: StagedRows): void
  /**
   * Gives tables other names, and drops those that are not named: `tables` has the present name by the new one. To be
   * called before rows are written.
   */
  keepTables(tables: ReadonlyMap<string, string>): void
}

export interface StateWriter extends StateReader {
  /** The epoch of this owner; a writer whose epoch is no longer the newest gets `stale-owner`. */
  readonly epoch: number
  /** Throws `stale-owner` where another process has taken the state over. */
  checkOwner(): void
  /**
   * The last commit, for as long as it is open, also while others follow. The room of that commit is not used again
   * meanwhile: close it soon, and before the writer.
   */
  snapshot(): StateReader
  /**
   * Writes rows, sorted by key, to the file, some at a time: for more than the memory of one transaction should hold.
   * Nobody sees them before a commit gives them to a table; the next commit deletes those that it does not give to one.
   * Null where there are none. `filtered`: whether they are to lie above others, and get a filter of their keys. Throws
   * `disk-full`, `stale-owner`.
   */
  stage(rows: Iterable<RowChange> | PackedRows, filtered: boolean): StagedRows | null
  /**
   * Runs `write` in one transaction and resolves when it is durable. All or nothing, also through kill -9 and a full
   * disk (`disk-full`, last commit intact). What was written is visible to this writer's reads after the commit.
   */
  commit(write: (txn: StateTransaction) => void): Promise<void>
}
