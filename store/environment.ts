// Opens lmdb's environment beside other processes that open and close it too, and pins its last commit.
//
// Three things of lmdb stand in the way (mdb.c, and lmdb-js's own lines in it):
// - The last user destroys the locks in `state.mdb-lock` when it closes. A process that opens the file at that moment
//   takes them for good, fails, and keeps all others from them until it has closed the file again. So one that fails
//   closes it and tries again; the first that is alone makes the locks anew (mdb_env_excl_lock).
// - Each process that opens the file announces there the commit that it has just read as the last one
//   (mdb_env_open2), though another process may have committed meanwhile. The next transaction would begin before that
//   commit and undo it, or write over its pages. So a writer compares with the meta page, and announces the right one.
// - A commit writes its meta page first and announces itself after that, or never where it is killed in between.
// Promises: an environment that failed to open is closed; what is pinned is a commit whose meta page was read. A reader
// may get the commit before one that is being made.
// Not here: the words of the failures (lmdb-failure.ts), which pages may be followed (pages/page-guard.ts).

import { openAsClass, type RootDatabase, type Transaction } from 'lmdb'
import { READERS_MAX } from './limits.ts'
import { locksUnusable } from './lmdb-failure.ts'
import { announce, noteClosed, noteOpened } from './open-states.ts'
import { type Meta, readMeta, readMetaOf } from './pages/meta.ts'

type Database = RootDatabase<Uint8Array, Uint8Array>

export interface Environment {
  readonly db: Database
  readonly pinned: Transaction
  /** Of the commit that is pinned. */
  readonly meta: Meta
}

interface OpenOptions {
  readonly readOnly: boolean
  /** Bytes of addresses. */
  readonly mapSize: number
  /** Whether a commit is on the disk when it returns. */
  readonly durable: boolean
}

/** Ms for which it is tried again, and the longest wait in between. */
const PATIENCE_MS = 5000
const PAUSE_MS = 20

/** Throws `system-limit`, `state-corrupt`, and what lmdb throws. */
export function openEnvironment(dir: string, path: string, options: OpenOptions): Environment {
  const until = performance.now() + PATIENCE_MS
  for (let attempt = 0; ; attempt++) {
    const opened = tryToOpen(dir, path, options, attempt)
    if (!(opened instanceof Error)) return opened
    if (performance.now() > until) throw locksUnusable(dir, opened)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1 + Math.random() * PAUSE_MS)
  }
}

/** EINVAL: the locks are destroyed; MDB_INVALID: their file is not written yet. */
const LOCKS = /Invalid argument|MDB_INVALID/i

/** An error where it is worth another try. */
function tryToOpen(dir: string, path: string, options: OpenOptions, attempt: number): Environment | Error {
  let db: Database
  try {
    db = openFile(path, options)
  } catch (e) {
    if (e instanceof Error && LOCKS.test(e.message)) return e
    throw e
  }
  noteOpened(path)
  try {
    const last = options.readOnly ? pinIfLast(db, dir, path) : pinLast(db, dir, path)
    // Opening it once more announces the commit of the meta page.
    const found = last ?? (attempt === 0 ? undefined : pinAny(db, dir, path))
    if (found !== undefined) return { db, ...found }
  } catch (e) {
    void closeEnvironment(db, path)
    throw e
  }
  void closeEnvironment(db, path)
  return new Error('the lock file names a commit that the state does not have')
}

export async function closeEnvironment(db: Database, path: string): Promise<void> {
  try {
    await db.close()
  } finally {
    noteClosed(path)
  }
}

/** What is pinned. */
type Pinned = Omit<Environment, 'db'>

/** For a writer: pins the last commit, and announces it before where that is needed. Throws `system-limit`. */
export function pinLast(db: Database, dir: string, path: string): Pinned {
  for (let look = 0; ; look++) {
    const pinned = pinWhere(db, transaction => lastOnly(dir, path, transaction))
    if (pinned !== undefined) return pinned
    const { transaction } = readMeta(dir, path)
    if (look === ANNOUNCEMENTS || !announce(path, transaction)) {
      throw locksUnusable(dir, new Error(`transaction ${transaction} cannot be announced`))
    }
  }
}

/** How often others may announce an older commit meanwhile. */
const ANNOUNCEMENTS = 1000

/** For a reader: the last commit, where it is announced within some tenths of a second. */
function pinIfLast(db: Database, dir: string, path: string): Pinned | undefined {
  for (let look = 0; look < LOOKS; look++) {
    const pinned = pinWhere(db, transaction => lastOnly(dir, path, transaction))
    if (pinned !== undefined) return pinned
  }
  return undefined
}

/** The commit that is announced, where it is one of the last two. */
const pinAny = (db: Database, dir: string, path: string): Pinned | undefined =>
  pinWhere(db, transaction => readMetaOf(dir, path, transaction))

const LOOKS = 5000

function lastOnly(dir: string, path: string, transaction: number): Meta | undefined {
  const meta = readMeta(dir, path)
  return meta.transaction === transaction ? meta : undefined
}

/** A read transaction, where a meta page is found for it. */
function pinWhere(db: Database, metaOf: (transaction: number) => Meta | undefined): Pinned | undefined {
  db.resetReadTxn()
  const before = pinnedHere(db)
  const pinned = db.useReadTransaction()
  const after = pinnedHere(db)
  // lmdb gives a transaction twice only where no later one has been written.
  const own = after.find(id => count(after, id) > count(before, id)) ?? Math.max(...after)
  const meta = metaOf(own)
  if (meta !== undefined) return { pinned, meta }
  pinned.done()
  return undefined
}

const count = (ids: readonly number[], id: number): number => ids.filter(other => other === id).length

/**
 * The transactions that this process reads, by lmdb's own table. Not by opening its lock file (open-states.ts).
 */
function pinnedHere(db: Database): readonly number[] {
  const rows = [...db.readerList().matchAll(/^ *(\d+) +\S+ +(\d+)$/gm)]
  return rows.filter(([, pid]) => Number(pid) === process.pid).map(([, , id]) => Number(id))
}

/** In two steps, since one that fails in the second keeps the file open, which only its class can close. */
function openFile(path: string, { readOnly, mapSize, durable }: OpenOptions): Database {
  const options = {
    encoding: 'binary' as const,
    keyEncoding: 'binary' as const,
    noSubdir: true,
    overlappingSync: false,
    noSync: !durable,
    maxReaders: READERS_MAX,
    readOnly,
    mapSize,
    path,
  }
  return withoutTimersOnFailure(() => {
    const Root = openAsClass<Uint8Array, Uint8Array>({ ...options }) as unknown as RootClass
    try {
      return new Root(null, { ...options, ...ROOT })
    } catch (e) {
      Root.prototype.close.call(ROOT)
      throw e
    }
  })
}

/** What lmdb returns there is no database, as its types say, but the class of one. */
interface RootClass {
  new (name: null, options: object): Database
  readonly prototype: { close(this: typeof ROOT): unknown }
}

const ROOT = { isRoot: true } as const

/** A failed opening leaves a timer behind, whose action would fail where nobody can catch it. */
function withoutTimersOnFailure<T>(action: () => T): T {
  const own = globalThis.setTimeout
  const timers: NodeJS.Timeout[] = []
  globalThis.setTimeout = Object.assign((...args: Parameters<typeof own>) => {
    const timer = own(...args)
    timers.push(timer)
    return timer
  }, own)
  try {
    return action()
  } catch (e) {
    for (const timer of timers) clearTimeout(timer)
    throw e
  } finally {
    globalThis.setTimeout = own
  }
}
