// Opens a state for writing: one owner at a time, one atomic and durable transaction per commit.
//
// Promises: those of store.ts. A second writer gets `state-locked`; one that was overtaken by a later owner gets
// `stale-owner` and has changed nothing; after any failure of a commit the last one is intact and the writer still
// shows it.
// Not here: how rows lie in the state (runs/).

import { resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { invariant, LyrebirdError } from '../core/errors.ts'
import type { Row, RowChange, Rows } from '../core/state/rows.ts'
import { livenessOf, type ProcessIdentity, thisProcess } from '../host/process-identity.ts'
import { BLOCK_BYTES, TIER_BYTES } from './limits.ts'
import { blockKey, documentKey, Lmdb, ROOT_KEY } from './lmdb.ts'
import { corrupt, decodeRoot, EMPTY_ROOT, encodeRoot, type Root } from './root.ts'
import { runsToCompact } from './runs/compaction.ts'
import { RunMerge } from './runs/run-merge.ts'
import type { SortedRun, SortedRunInfo } from './runs/sorted-run.ts'
import { SortedRunWriter } from './runs/sorted-run-writer.ts'
import { StateView } from './state-view.ts'
import type { StateTransaction, StateWriter } from './store.ts'

interface WriterOptions {
  /** Wanted bytes of a block. For tests; default `BLOCK_BYTES`. */
  readonly blockBytes?: number
  /** Runs below this size count as equally small when they are compacted. For tests; default `TIER_BYTES`. */
  readonly tierBytes?: number
}

/** Makes the directory where it is missing. Throws `state-locked`, `state-corrupt`, `state-too-new`, `disk-full`. */
export function openStateWriter(directory: string, options: WriterOptions = {}): StateWriter {
  const dir = resolve(directory)
  const lmdb = new Lmdb(dir, { readOnly: false })
  try {
    return new Writer(lmdb, takeOwnership(lmdb), options)
  } catch (e) {
    void lmdb.db.close()
    throw e
  }
}

class Writer implements StateWriter {
  readonly epoch: number
  readonly #lmdb: Lmdb
  readonly #options: WriterOptions
  #view: StateView
  #open = true

  constructor(lmdb: Lmdb, root: Root, options: WriterOptions) {
    this.epoch = root.epoch
    this.#lmdb = lmdb
    this.#options = options
    this.#view = new StateView(lmdb, root)
  }

  document(name: string): Uint8Array | undefined {
    return this.#view.document(name)
  }

  get(table: string, key: Uint8Array): Uint8Array | undefined {
    return this.#view.get(table, key)
  }

  /** The rows as they are at the first step, also if commits follow before the last one. */
  *range(table: string, from?: Uint8Array, to?: Uint8Array): Generator<Row> {
    const transaction = this.#lmdb.db.useReadTransaction()
    try {
      yield* this.#view.range(table, from, to, transaction)
    } finally {
      transaction.done()
    }
  }

  tables(): readonly string[] {
    return this.#view.tables()
  }

  async commit(write: (txn: StateTransaction) => void): Promise<void> {
    invariant(this.#open, 'commit to a closed state')
    this.#view = this.#lmdb.transaction(() => {
      checkOwner(this.#lmdb, this.epoch)
      const draft = new Draft(this.#lmdb, this.#view, this.#options)
      write(draft)
      return draft.finish()
    })
  }

  async close(): Promise<void> {
    if (!this.#open) return
    this.#open = false
    try {
      this.#lmdb.transaction(() => {
        const root = readRoot(this.#lmdb)
        if (root?.epoch === this.epoch) putRoot(this.#lmdb, { ...root, owner: null })
      })
    } finally {
      await this.#lmdb.db.close()
    }
  }
}

/**
 * What a transaction has written so far. Rows that it replaces are deleted at its end, so that it can read them until
 * then.
 */
class Draft implements StateTransaction {
  readonly #lmdb: Lmdb
  readonly #before: StateView
  readonly #options: WriterOptions
  readonly #documents: Map<string, number>
  readonly #tables: Map<string, readonly SortedRun[]>
  readonly #dropped: SortedRunInfo[] = []
  #nextRun: number

  constructor(lmdb: Lmdb, before: StateView, options: WriterOptions) {
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
      putChecked(this.#lmdb, key, value)
      this.#documents.set(name, crc32(value))
    } else if (this.#documents.delete(name)) this.#lmdb.db.removeSync(key)
  }

  applyChanges(table: string, changes: Iterable<RowChange>): void {
    const run = this.#write(true, writer => {
      for (const [key, value] of changes) writer.add(key, value)
    })
    if (run !== undefined) this.#tables.set(table, [run, ...(this.#tables.get(table) ?? [])])
  }

  replaceTable(table: string, rows: Rows): void {
    const run = this.#write(false, writer => {
      for (const [key, value] of rows) writer.add(key, value)
    })
    this.#replace(table, this.#tables.get(table) ?? [], run === undefined ? [] : [run])
  }

  /** Compacts, deletes what was replaced, writes the root, and returns the view of the result. */
  finish(): StateView {
    for (const name of this.#tables.keys()) this.#compact(name)
    for (const { id, blocks } of this.#dropped) {
      for (let i = 0; i < blocks; i++) this.#lmdb.db.removeSync(blockKey(id, i))
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

  #write(filtered: boolean, fill: (writer: SortedRunWriter) => void): SortedRun | undefined {
    const id = this.#nextRun++
    const put = (ordinal: number, block: Uint8Array): void => {
      const appended = this.#lmdb.db.putSync(blockKey(id, ordinal), block, { append: true }) as unknown
      invariant(appended === true, 'a block of a new run is appended')
    }
    const writer = new SortedRunWriter(id, put, filtered, this.#options.blockBytes ?? BLOCK_BYTES)
    fill(writer)
    const written = writer.finish()
    return written === undefined ? undefined : this.#before.newRun(written.info, written.filter)
  }
}

/** Makes this process the owner, in one transaction: of two that try at once, the later one sees the other. */
function takeOwnership(lmdb: Lmdb): Root {
  return lmdb.transaction(() => {
    const before = readRoot(lmdb)
    if (before === undefined && lmdb.db.getKeysCount({ limit: 1 }) > 0) {
      throw corrupt(lmdb.dir, 'its root record is missing')
    }
    const holder = before?.owner
    if (holder != null && isOwning(holder)) throw locked(lmdb.dir, holder.pid)
    const root = { ...(before ?? EMPTY_ROOT), owner: thisProcess(), epoch: (before?.epoch ?? 0) + 1 }
    putRoot(lmdb, root)
    return root
  })
}

/**
 * An owner that cannot be seen from here (another machine, an earlier boot, another container) counts as ended: if it
 * is still running, the next epoch fences it off. Only one that is seen to run is worth waiting for.
 */
const isOwning = (holder: ProcessIdentity): boolean => livenessOf(holder) === 'running'

function checkOwner(lmdb: Lmdb, epoch: number): void {
  const newest = readRoot(lmdb)?.epoch
  if (newest === epoch) return
  throw new LyrebirdError(
    'stale-owner',
    `another process has taken over the state in ${lmdb.dir}: it has epoch ${newest}, this one ${epoch}; nothing was written`,
    { where: { state: lmdb.dir, epoch, newest }, hint: 'leave the state to the later one, or end it and start again' },
  )
}

function locked(dir: string, pid: number): LyrebirdError {
  return new LyrebirdError('state-locked', `the state in ${dir} is being written by process ${pid}`, {
    where: { state: dir, pid },
    hint: `wait for it, or end it: kill ${pid}. Reading is possible meanwhile: lyrebird query VIEW --state ${dir}`,
  })
}

function readRoot(lmdb: Lmdb): Root | undefined {
  const bytes = lmdb.get(ROOT_KEY)
  return bytes === undefined ? undefined : decodeRoot(bytes, lmdb.dir)
}

const putRoot = (lmdb: Lmdb, root: Root): void => putChecked(lmdb, ROOT_KEY, encodeRoot(root))

function putChecked(lmdb: Lmdb, key: Uint8Array, value: Uint8Array): void {
  invariant((lmdb.db.putSync(key, value) as unknown) === true, 'lmdb takes what is put')
}
