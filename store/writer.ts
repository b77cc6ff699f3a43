// Opens a state for writing: one owner at a time, one atomic and durable transaction per commit.
//
// Promises: those of store.ts. A second writer gets `state-locked`; one that was overtaken by a later owner gets
// `stale-owner` and has changed nothing; after any failure of a commit the last one is intact and the writer still
// shows it.
// Not here: how rows lie in the state (runs/).

import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { crc32 } from 'node:zlib'
import { closeAll, orClose, thenClose } from '../core/close-all.ts'
import { invariant, isLyrebirdError, LyrebirdError } from '../core/errors.ts'
import type { PackedRows } from '../core/state/packed-rows.ts'
import type { Row, RowChange, Rows } from '../core/state/rows.ts'
import { makeFolder } from '../host/folders.ts'
import type { LockHolder } from '../host/lock-holder.ts'
import { livenessOf, type ProcessIdentity, thisProcess } from '../host/process-identity.ts'
import { ProcessLock } from '../host/process-lock.ts'
import { BLOCK_BYTES, TIER_BYTES } from './limits.ts'
import { blockKey, documentKey, Lmdb, ROOT_KEY, stateFile } from './lmdb.ts'
import { translate } from './lmdb-failure.ts'
import { waitForProcessNumber } from './process-number.ts'
import { readRoot } from './read-root.ts'
import { EMPTY_ROOT, encodeRoot, type Root } from './root.ts'
import { runsToCompact } from './runs/compaction.ts'
import { RunMerge } from './runs/run-merge.ts'
import type { SortedRun, SortedRunInfo } from './runs/sorted-run.ts'
import { SortedRunWriter } from './runs/sorted-run-writer.ts'
import { StateView } from './state-view.ts'
import type { StateTransaction, StateWriter } from './store.ts'

interface WriterOptions {
  /** False: a commit may be lost with the machine, though not with the process. For states that nobody keeps. */
  readonly durable?: boolean | undefined
  /** Wanted bytes of a block. For tests; default `BLOCK_BYTES`. */
  readonly blockBytes?: number
  /** Runs below this size count as equally small when they are compacted. For tests; default `TIER_BYTES`. */
  readonly tierBytes?: number
}

/**
 * Makes the directory where it is missing. Throws `state-locked`, `state-corrupt`, `state-too-new`, `disk-full`,
 * `process-number-taken`, `usage`.
 */
export async function openStateWriter(directory: string, options: WriterOptions = {}): Promise<StateWriter> {
  const dir = resolve(directory)
  makeFolder(dir)
  const lock = await lockState(dir)
  return await orClose(
    async () => {
      await waitForProcessNumber(dir, stateFile(dir))
      await refuseRunningOwner(dir)
      const lmdb = new Lmdb(dir, { readOnly: false, durable: options.durable ?? true })
      return await orClose(
        async () => new Writer(lmdb, lock, takeOwnership(lmdb), options),
        () => lmdb.close(),
      )
    },
    () => lock.release(),
  )
}

class Writer implements StateWriter {
  readonly epoch: number
  readonly #lmdb: Lmdb
  readonly #lock: ProcessLock
  readonly #options: WriterOptions
  #view: StateView
  #open = true

  constructor(lmdb: Lmdb, lock: ProcessLock, root: Root, options: WriterOptions) {
    this.epoch = root.epoch
    this.#lmdb = lmdb
    this.#lock = lock
    this.#options = options
    this.#view = new StateView(lmdb, root)
    lmdb.guard.ownRunsFrom(root.nextRun)
  }

  document(name: string): Uint8Array | undefined {
    return this.#view.document(name)
  }

  get(table: string, key: Uint8Array): Uint8Array | undefined {
    return this.#view.get(table, key)
  }

  /** The rows as they are at the first step, also if commits follow before the last one. */
  *range(table: string, from?: Uint8Array, to?: Uint8Array): Generator<Row> {
    const transaction = this.#lmdb.hold()
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
    await closeAll(
      () => this.#giveUp(),
      () => this.#lmdb.close(),
      () => this.#lock.release(),
    )
  }

  #giveUp(): void {
    try {
      this.#lmdb.transaction(() => {
        const root = lastRoot(this.#lmdb)
        if (root?.epoch === this.epoch) putRoot(this.#lmdb, { ...root, owner: null })
      })
    } catch (e) {
      // An owner that has ended is taken over all the same.
      if (!isLyrebirdError(e) || e.code !== 'disk-full') throw e
    }
  }
}

type Fill = (writer: SortedRunWriter) => void

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

  #apply(table: string, fill: Fill): void {
    const run = this.#write(true, fill)
    if (run !== undefined) this.#tables.set(table, [run, ...(this.#tables.get(table) ?? [])])
  }

  #replaceAll(table: string, fill: Fill): void {
    const run = this.#write(false, fill)
    this.#replace(table, this.#tables.get(table) ?? [], run === undefined ? [] : [run])
  }

  /** Compacts, deletes what was replaced, writes the root, and returns the view of the result. */
  finish(): StateView {
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

/**
 * A lock of our own, held for the life of the writer. It is asked before lmdb's, which waits in the process, deaf to
 * signals, for as long as another one is inside a transaction, even a stopped one.
 */
async function lockState(dir: string): Promise<ProcessLock> {
  const wish = { locked: (holder: LockHolder | null) => locked(dir, holder), takeUnseen: true }
  return await ProcessLock.acquire(join(dir, '.lock'), wish).catch(e => {
    throw translate(e, dir)
  })
}

/** For an owner of a version that took no such lock: reading the root waits for nobody. */
async function refuseRunningOwner(dir: string): Promise<void> {
  if (!existsSync(stateFile(dir))) return
  const lmdb = new Lmdb(dir, { readOnly: true })
  await thenClose(
    async () => refuse(lmdb, readRoot(lmdb, lmdb.guard.transaction)),
    () => lmdb.close(),
  )
}

function refuse(lmdb: Lmdb, root: Root | undefined): void {
  const holder = root?.owner
  if (holder != null && isOwning(holder)) throw locked(lmdb.dir, holder)
}

/** Makes this process the owner, in one transaction: of two that try at once, the later one sees the other. */
function takeOwnership(lmdb: Lmdb): Root {
  return lmdb.transaction(() => {
    const before = lastRoot(lmdb)
    refuse(lmdb, before)
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
  const newest = lastRoot(lmdb)?.epoch
  if (newest === epoch) return
  throw new LyrebirdError(
    'stale-owner',
    `another process has taken over the state in ${lmdb.dir}: it has epoch ${newest}, this one ${epoch}; nothing was written`,
    { where: { state: lmdb.dir, epoch, newest }, hint: 'leave the state to the later one, or end it and start again' },
  )
}

function locked(dir: string, holder: { readonly pid: number; readonly host?: string } | null): LyrebirdError {
  const host = holder?.host === undefined || holder.host === hostname() ? '' : ` on ${holder.host}`
  const by = holder === null ? 'another process' : `process ${holder.pid}${host}`
  const end = holder === null || host !== '' ? 'end it' : `end it: kill ${holder.pid}`
  return new LyrebirdError('state-locked', `the state in ${dir} is being written by ${by}`, {
    where: { state: dir, pid: holder?.pid },
    hint: `wait for it, or ${end}. Reading is possible meanwhile: lyrebird query VIEW --state ${dir}`,
  })
}

/** In a transaction: the root of the commit before it. */
const lastRoot = (lmdb: Lmdb): Root | undefined => readRoot(lmdb, lmdb.db.getWriteTxnId() - 1)

const putRoot = (lmdb: Lmdb, root: Root): void =>
  lmdb.put(ROOT_KEY, encodeRoot({ ...root, transaction: lmdb.db.getWriteTxnId() }))
