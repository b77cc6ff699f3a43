// What a transaction has written so far.
//
// Promises: rows that it replaces are deleted at its end, so that it can read them until then; so are staged runs that
// it gives to no table.
// Not here: the transaction itself (`store/writer.ts`), how rows lie in a run (`store/runs`).

import { crc32 } from 'node:zlib'
import { invariant } from '../../core/errors.ts'
import type { PackedRows } from '../../core/state/packed-rows.ts'
import type { RowChange, Rows } from '../../core/state/rows.ts'
import { BLOCK_BYTES, TIER_BYTES } from '../limits.ts'
import { blockKey, documentKey, type Lmdb, ROOT_KEY } from '../lmdb.ts'
import { encodeRoot, type Root, STAGED } from '../root.ts'
import { runsToCompact } from '../runs/compaction.ts'
import { RunMerge } from '../runs/run-merge.ts'
import type { SortedRun, SortedRunInfo } from '../runs/sorted-run.ts'
import { SortedRunWriter } from '../runs/sorted-run-writer.ts'
import { StateView } from '../state-view.ts'
import type { StagedRows, StateTransaction } from '../store.ts'

export interface DraftOptions {
  /** Wanted bytes of a block. For tests; default `BLOCK_BYTES`. */
  readonly blockBytes?: number
  /** Runs below this size count as equally small when they are compacted. For tests; default `TIER_BYTES`. */
  readonly tierBytes?: number
}

type Fill = (writer: SortedRunWriter) => void

export class Draft implements StateTransaction {
  readonly #lmdb: Lmdb
  readonly #before: StateView
  readonly #options: DraftOptions
  readonly #documents: Map<string, number>
  readonly #tables: Map<string, readonly SortedRun[]>
  readonly #dropped: SortedRunInfo[] = []
  #nextRun: number

  constructor(lmdb: Lmdb, before: StateView, options: DraftOptions) {
    this.#lmdb = lmdb
    this.#before = before
    this.#options = options
    this.#documents = new Map(before.root.documents)
    this.#tables = new Map([...before.root.tables.keys()].map(name => [name, before.runsOf(name)]))
    this.#nextRun = before.root.nextRun
  }

  putDocument(name: string, value: Uint8Array | null): void {
    invariant(name.length > 0 && name.length <= 400, 'a document name has 1 to 400 characters')
    const key = documentKey(name)
    if (value !== null) {
      this.#lmdb.put(key, value)
      this.#documents.set(name, crc32(value))
    } else if (this.#documents.delete(name)) this.#lmdb.remove(key)
  }

  applyChanges(table: string, changes: Iterable<RowChange>): void {
    this.#apply(table, writer => {
      for (const [key, value] of changes) writer.add(key, value)
    })
  }

  replaceTable(table: string, rows: Rows): void {
    this.#replaceAll(table, writer => {
      for (const [key, value] of rows) writer.add(key, value)
    })
  }

  applyPacked(table: string, rows: PackedRows): void {
    this.#apply(table, writer => writer.addPacked(rows))
  }

  replacePacked(table: string, rows: PackedRows): void {
    this.#replaceAll(table, writer => writer.addPacked(rows))
  }

  applyStaged(table: string, rows: StagedRows): void {
    this.#add(table, this.#staged(rows))
  }

  replaceStaged(table: string, rows: StagedRows): void {
    this.#replace(table, this.#tables.get(table) ?? [], [this.#staged(rows)])
  }

  keepTables(tables: ReadonlyMap<string, string>): void {
    const before = new Map(this.#tables)
    const kept = new Set([STAGED, ...tables.values()])
    for (const name of before.keys()) {
      if (!kept.has(name)) this.#replace(name, this.#tables.get(name) ?? [], [])
      else if (name !== STAGED) this.#tables.delete(name)
    }
    for (const [name, present] of tables) {
      const runs = before.get(present)
      if (runs !== undefined) this.#tables.set(name, runs)
    }
  }

  #staged({ run }: StagedRows): SortedRun {
    const staged = this.#tables.get(STAGED) ?? []
    const found = staged.find(({ info }) => info.id === run)
    invariant(found !== undefined, 'staged rows are given to one table, in the next commit')
    this.#tables.set(
      STAGED,
      staged.filter(other => other !== found),
    )
    return found
  }

  #apply(table: string, fill: Fill): void {
    const run = this.#write(true, fill)
    if (run !== undefined) this.#add(table, run)
  }

  #add(table: string, run: SortedRun): void {
    this.#tables.set(table, [run, ...(this.#tables.get(table) ?? [])])
  }

  #replaceAll(table: string, fill: Fill): void {
    const run = this.#write(false, fill)
    this.#replace(table, this.#tables.get(table) ?? [], run === undefined ? [] : [run])
  }

  /** Compacts, deletes what was replaced, writes the root, and returns the view of the result. */
  finish(): StateView {
    this.#replace(STAGED, this.#tables.get(STAGED) ?? [], [])
    for (const name of this.#tables.keys()) this.#compact(name)
    for (const { id, blocks } of this.#dropped) {
      this.#lmdb.guard.run(id, blocks)
      for (let i = 0; i < blocks; i++) this.#lmdb.remove(blockKey(id, i))
    }
    const { epoch, owner } = this.#before.root
    const tables = new Map([...this.#tables].map(([name, runs]) => [name, runs.map(run => run.info)]))
    const root = { epoch, owner, nextRun: this.#nextRun, documents: this.#documents, tables }
    putRoot(this.#lmdb, root)
    const runs = [...this.#tables.values()].flat()
    return new StateView(this.#lmdb, root, new Map(runs.map(run => [run.info.id, run])))
  }

  #compact(table: string): void {
    for (;;) {
      const runs = this.#tables.get(table) ?? []
      const count = runsToCompact(
        runs.map(run => run.info),
        this.#options.tierBytes ?? TIER_BYTES,
      )
      if (count === 0) return
      const all = count === runs.length
      const compacted = this.#write(!all, writer => {
        const merge = new RunMerge(runs.slice(0, count))
        while (merge.next()) {
          const { block, keyStart, keyEnd, valueStart, valueEnd } = merge.top
          if (valueEnd >= 0 || !all) writer.addPart(block, keyStart, keyEnd, block, valueStart, valueEnd)
        }
      })
      this.#replace(table, runs.slice(0, count), [
        ...(compacted === undefined ? [] : [compacted]),
        ...runs.slice(count),
      ])
    }
  }

  #replace(table: string, dropped: readonly SortedRun[], runs: readonly SortedRun[]): void {
    for (const run of dropped) this.#dropped.push(run.info)
    if (runs.length === 0) this.#tables.delete(table)
    else this.#tables.set(table, runs)
  }

  #write(filtered: boolean, fill: Fill): SortedRun | undefined {
    const id = this.#nextRun++
    const put = (ordinal: number, block: Uint8Array): void => this.#lmdb.put(blockKey(id, ordinal), block, true)
    const writer = new SortedRunWriter(id, put, filtered, this.#options.blockBytes ?? BLOCK_BYTES)
    fill(writer)
    const written = writer.finish()
    return written === undefined ? undefined : this.#before.newRun(written.info, written.filter)
  }
}

/** In a transaction. */
export const putRoot = (lmdb: Lmdb, root: Root): void =>
  lmdb.put(ROOT_KEY, encodeRoot({ ...root, transaction: lmdb.db.getWriteTxnId() }))
