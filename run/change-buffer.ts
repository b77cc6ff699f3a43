// The changes of one commit, collected by table in byte order of their keys.
//
// Promises: memory is bounded by that of the queues, which spill; what is written is sorted, no key twice, given that
// the executor puts it so.

import type { ChangeSink } from '../core/state/environment.ts'
import type { PackedRows } from '../core/state/packed-rows.ts'
import type { Row, RowChange } from '../core/state/rows.ts'
import { RowQueue } from '../store/spill/row-queue.ts'
import type { StagedRows, StateReader, StateTransaction, StateWriter } from '../store/store.ts'
import type { Watched } from './feed/feeds.ts'
import type { BufferLimits } from './memory-limits.ts'

const NO_LISTS: readonly never[] = []

interface ChangeBufferOptions {
  /** Directory for rows that do not fit in memory. */
  readonly scratch: string
  readonly limits: BufferLimits
  readonly release: ChangeSink['release']
  /** Lists of the keys that change, by table. */
  readonly watched: Watched
}

export class ChangeBuffer implements ChangeSink {
  readonly #options: ChangeBufferOptions
  readonly #tables = new Map<string, RowQueue>()
  /** Tables whose changes were all given at once. */
  readonly #packed = new Map<string, PackedRows>()
  readonly #staged = new Map<string, StagedRows | null>()

  constructor(options: ChangeBufferOptions) {
    this.#options = options
  }

  putSorted(table: string, key: Uint8Array, value: Uint8Array | null): void {
    this.#note(table, key, 0, key.length)
    this.#queue(table).add(key, value)
  }

  putSortedPart(
    table: string,
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueStart: number,
    valueEnd: number,
  ): void {
    this.#note(table, bytes, keyStart, keyEnd)
    this.#queue(table).addPart(bytes, keyStart, keyEnd, valueStart, valueEnd)
  }

  putSortedRows(table: string, rows: PackedRows): void {
    const watched = this.#options.watched.has(table)
    if (!watched && !this.#tables.has(table) && !this.#packed.has(table)) this.#packed.set(table, rows)
    else this.#copy(table, this.#queue(table), rows)
  }

  #note(table: string, bytes: Uint8Array, keyStart: number, keyEnd: number): void {
    for (const list of this.#options.watched.get(table) ?? NO_LISTS) list.add(bytes, keyStart, keyEnd)
  }

  #queue(table: string): RowQueue {
    let queue = this.#tables.get(table)
    if (queue === undefined) {
      queue = new RowQueue(this.#options.scratch, this.#options.limits.queueBytes)
      this.#tables.set(table, queue)
      const packed = this.#packed.get(table)
      if (packed !== undefined) this.#copy(table, queue, packed)
      this.#packed.delete(table)
    }
    return queue
  }

  #copy(table: string, queue: RowQueue, rows: PackedRows): void {
    rows.each((...part) => {
      this.#note(table, part[0], part[1], part[2])
      queue.addPart(...part)
    })
    rows.dispose()
  }

  release(output: string, partition: number, key: Uint8Array, value: Uint8Array): void {
    this.#options.release(output, partition, key, value)
  }

  /** Writes to the file of the state what is too much for the memory of one transaction. */
  stage(state: StateWriter): void {
    const existing = new Set(state.tables())
    for (const [table, queue] of this.#tables) {
      if (!queue.isSpilled) continue
      const [changes, exists] = [queue.changes(), existing.has(table)]
      this.#staged.set(table, state.stage(exists ? changes : presentRows(changes), exists))
      queue.dispose()
      this.#tables.delete(table)
    }
    for (const [table, rows] of this.#packed) {
      if (rows.isSpilled !== true) continue
      this.#staged.set(table, state.stage(rows, existing.has(table)))
      rows.dispose()
      this.#packed.delete(table)
    }
  }

  /** Writes everything: whole tables where the state has none yet, sorted changes otherwise. */
  write(state: StateReader, transaction: StateTransaction): void {
    const existing = new Set(state.tables())
    for (const [table, queue] of this.#tables) {
      if (existing.has(table)) transaction.applyChanges(table, queue.changes())
      else transaction.replaceTable(table, presentRows(queue.changes()))
    }
    for (const [table, rows] of this.#staged) {
      if (rows === null) continue
      if (existing.has(table)) transaction.applyStaged(table, rows)
      else transaction.replaceStaged(table, rows)
    }
    for (const [table, rows] of this.#packed) {
      if (existing.has(table)) transaction.applyPacked(table, rows)
      else transaction.replacePacked(table, rows)
    }
  }

  dispose(): void {
    for (const queue of this.#tables.values()) queue.dispose()
    this.#tables.clear()
    for (const rows of this.#packed.values()) rows.dispose()
    this.#packed.clear()
  }
}

/** Deleting a row of a table that does not exist changes nothing. */
function* presentRows(changes: Iterable<RowChange>): Generator<Row> {
  for (const [key, value] of changes) if (value !== null) yield [key, value]
}
