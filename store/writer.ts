// Opens a state for writing: one owner at a time, one atomic and durable transaction per commit.
//
// Promises: those of store.ts. A second writer gets `state-locked`; one that was overtaken by a later owner gets
// `stale-owner` and has changed nothing; after any failure of a commit the last one is intact and the writer still
// shows it.
// Not here: how rows lie in the state (runs/).

import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { closeAll, orClose } from '../core/close-all.ts'
import { invariant, isLyrebirdError, LyrebirdError } from '../core/errors.ts'
import type { PackedRows } from '../core/state/packed-rows.ts'
import type { Row, RowChange } from '../core/state/rows.ts'
import { makeFolder } from '../host/folders.ts'
import type { LockHolder } from '../host/lock-holder.ts'
import { thisProcess } from '../host/process-identity.ts'
import { ProcessLock } from '../host/process-lock.ts'
import { Lmdb, stateFile } from './lmdb.ts'
import { translate } from './lmdb-failure.ts'
import { isOwning, ownerOf } from './owner.ts'
import { waitForProcessNumber } from './process-number.ts'
import { readRoot } from './read-root.ts'
import { EMPTY_ROOT, type Root } from './root.ts'
import { StateView } from './state-view.ts'
import type { StagedRows, StateReader, StateTransaction, StateWriter } from './store.ts'
import { Draft, type DraftOptions, putRoot } from './writing/draft.ts'
import { Staging, type StagingOptions } from './writing/staging.ts'

interface WriterOptions extends DraftOptions, StagingOptions {
  /** False: a commit may be lost with the machine, though not with the process. For states that nobody keeps. */
  readonly durable?: boolean | undefined
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

  checkOwner(): void {
    this.#lmdb.transaction(() => checkOwner(this.#lmdb, this.epoch))
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

  snapshot(): StateReader {
    const [view, transaction] = [this.#view, this.#lmdb.hold()]
    let open = true
    return {
      document: name => view.document(name, transaction),
      get: (table, key) => view.get(table, key, transaction),
      range: (table, from, to) => view.range(table, from, to, transaction),
      tables: () => view.tables(),
      close: async () => {
        if (open) transaction.done()
        open = false
      },
    }
  }

  stage(rows: Iterable<RowChange> | PackedRows, filtered: boolean): StagedRows | null {
    invariant(this.#open, 'rows for a closed state')
    const known = this.#view.runs()
    const staging = new Staging(this.#lmdb, this.#view.root, this.#options, () => checkOwner(this.#lmdb, this.epoch))
    try {
      const run = staging.write(rows, filtered)
      if (run === null) return null
      known.set(run.info.id, this.#view.newRun(run.info, run.filter))
      return { run: run.info.id }
    } finally {
      this.#view = new StateView(this.#lmdb, staging.root, known)
    }
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
    // An owner that has ended is taken over all the same.
    if (this.#lmdb.diskFailed) return
    try {
      this.#lmdb.transaction(() => {
        const root = lastRoot(this.#lmdb)
        if (root?.epoch === this.epoch) putRoot(this.#lmdb, { ...root, owner: null })
      })
    } catch (e) {
      if (!isLyrebirdError(e) || e.code !== 'disk-full') throw e
    }
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
  const owner = await ownerOf(dir)
  if (owner !== null) throw locked(dir, owner)
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
