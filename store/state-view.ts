// Reads of one committed root: documents, gets, ranges. Writer and readers share it.
//
// Promises: everything comes from the root it was made for, and is checked against it.
// Not here: which root, and holding its snapshot (`writer.ts`, `reader.ts`).

import { crc32 } from 'node:zlib'
import type { Transaction } from 'lmdb'
import type { Rows } from '../core/state/rows.ts'
import { documentKey, type Lmdb } from './lmdb.ts'
import { corrupt, type Root, STAGED } from './root.ts'
import type { KeyFilter } from './runs/key-filter.ts'
import { mergedRows } from './runs/run-merge.ts'
import { type BlockSource, keyHash, SortedRun, type SortedRunInfo } from './runs/sorted-run.ts'

export class StateView {
  readonly root: Root
  readonly #lmdb: Lmdb
  readonly #tables: ReadonlyMap<string, readonly SortedRun[]>

  /** Runs known from an earlier view keep their index keys and filters. */
  constructor(lmdb: Lmdb, root: Root, known: ReadonlyMap<number, SortedRun> = new Map()) {
    this.root = root
    this.#lmdb = lmdb
    const runOf = (info: SortedRunInfo): SortedRun => known.get(info.id) ?? this.newRun(info)
    this.#tables = new Map([...root.tables].map(([name, runs]) => [name, runs.map(runOf)]))
  }

  newRun(info: SortedRunInfo, filter?: KeyFilter): SortedRun {
    return new SortedRun(info, (run, ordinal) => this.#lmdb.block(run, ordinal), filter)
  }

  /** The runs by number. */
  runs(): Map<number, SortedRun> {
    return new Map([...this.#tables.values()].flat().map(run => [run.info.id, run]))
  }

  runsOf(table: string): readonly SortedRun[] {
    return this.#tables.get(table) ?? []
  }

  /** With a transaction that is held, here and below, everything is read from its snapshot. */
  document(name: string, transaction?: Transaction): Uint8Array | undefined {
    const checksum = this.root.documents.get(name)
    if (checksum === undefined) return undefined
    const bytes = this.#lmdb.get(documentKey(name), transaction)
    if (bytes === undefined) throw corrupt(this.#lmdb.dir, `document ${name} is missing`)
    if (crc32(bytes) !== checksum) throw corrupt(this.#lmdb.dir, `the checksum of document ${name} does not match`)
    return bytes
  }

  get(table: string, key: Uint8Array, transaction?: Transaction): Uint8Array | undefined {
    const runs = this.#tables.get(table)
    if (runs === undefined) return undefined
    const [hash, pinned] = [keyHash(key), this.#pinned(transaction)]
    for (const run of runs) {
      const found = run.find(key, hash, pinned)
      if (found !== undefined) return found ?? undefined
    }
    return undefined
  }

  range(table: string, from?: Uint8Array, to?: Uint8Array, transaction?: Transaction): Rows {
    return mergedRows(this.runsOf(table), from, to, this.#pinned(transaction))
  }

  #pinned(transaction: Transaction | undefined): BlockSource | undefined {
    return transaction && ((run, ordinal) => this.#lmdb.block(run, ordinal, transaction))
  }

  tables(): readonly string[] {
    return [...this.#tables.keys()].filter(name => name !== STAGED && !mergedRows(this.runsOf(name)).next().done).sort()
  }
}
