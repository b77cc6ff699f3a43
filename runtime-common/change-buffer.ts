// The changes of one commit, collected table by table in byte order of their keys.
//
// Promises: memory bounded by that of queues and sorters (both spill); what is written is sorted, no key twice.

import { compareBytes } from '../core/bytes.ts'
import { invariant } from '../core/errors.ts'
import type { ChangeSink, RowSorter } from '../core/execute/environment.ts'
import type { OutputElement } from '../core/execute/row-codec.ts'
import type { Row, RowChange, StateReader, StateTransaction } from '../store/store.ts'
import { RowQueue } from './row-queue.ts'

/** Packed rows of one table in memory. */
const QUEUE_BYTES = 64 << 20

export interface ChangeBufferOptions {
  readonly newSorter: () => RowSorter
  /** Where rows wait that do not fit in memory. */
  readonly scratch: string
  readonly release: (output: string, element: OutputElement) => void
}

interface Unsorted {
  readonly puts: RowSorter
  /** Keys of deleted rows; null until there is one. */
  deletes: RowSorter | null
}

const NOTHING = new Uint8Array(0)

export class ChangeBuffer implements ChangeSink {
  readonly #options: ChangeBufferOptions
  readonly #unsorted = new Map<string, Unsorted>()
  readonly #sorted = new Map<string, RowQueue>()

  constructor(options: ChangeBufferOptions) {
    this.#options = options
  }

  put(table: string, key: Uint8Array, value: Uint8Array | null): void {
    let changes = this.#unsorted.get(table)
    if (changes === undefined) {
      changes = { puts: this.#options.newSorter(), deletes: null }
      this.#unsorted.set(table, changes)
    }
    if (value !== null) return changes.puts.add(key, value)
    changes.deletes ??= this.#options.newSorter()
    changes.deletes.add(key, NOTHING)
  }

  putSorted(table: string, key: Uint8Array, value: Uint8Array | null): void {
    let queue = this.#sorted.get(table)
    if (queue === undefined) {
      queue = new RowQueue(this.#options.scratch, QUEUE_BYTES)
      this.#sorted.set(table, queue)
    }
    queue.add(key, value)
  }

  release(output: string, element: OutputElement): void {
    this.#options.release(output, element)
  }

  /** Writes everything: whole tables where the state has none yet, sorted changes otherwise. */
  write(state: StateReader, transaction: StateTransaction): void {
    const existing = new Set(state.tables())
    for (const [table, changes] of this.#all()) {
      if (existing.has(table)) transaction.applyChanges(table, changes)
      else transaction.replaceTable(table, presentRows(changes))
    }
  }

  dispose(): void {
    for (const { puts, deletes } of this.#unsorted.values()) {
      puts.dispose()
      deletes?.dispose()
    }
    for (const queue of this.#sorted.values()) queue.dispose()
    this.#unsorted.clear()
    this.#sorted.clear()
  }

  *#all(): Generator<readonly [table: string, changes: Iterable<RowChange>]> {
    for (const [table, queue] of this.#sorted) yield [table, queue.changes()]
    for (const [table, { puts, deletes }] of this.#unsorted) {
      yield [table, deletes === null ? puts.sorted() : merged(puts.sorted(), deletes.sorted())]
    }
  }
}

/** Deleting a row of a table that does not exist changes nothing. */
function* presentRows(changes: Iterable<RowChange>): Generator<Row> {
  for (const [key, value] of changes) if (value !== null) yield [key, value]
}

/** Puts and deletes of one table in one order. */
function* merged(puts: Iterable<Row>, deletes: Iterable<Row>): Generator<RowChange> {
  const left = puts[Symbol.iterator]()
  const right = deletes[Symbol.iterator]()
  let put = left.next()
  let gone = right.next()
  while (!put.done || !gone.done) {
    const order = put.done ? 1 : gone.done ? -1 : compareBytes(put.value[0], gone.value[0])
    invariant(order !== 0, 'one settlement put and deleted the same row')
    if (order < 0) {
      yield (put as IteratorYieldResult<Row>).value
      put = left.next()
    } else {
      yield [(gone as IteratorYieldResult<Row>).value[0], null]
      gone = right.next()
    }
  }
}
