// A lock file that belongs to a running process.
//
// Promises: one holder at a time; the lock of a process that has ended is taken over at once (`lock-holder.ts`), that
// of a running one never. A holder that cannot be seen from here (another machine on a network file system) shows that
// it lives by touching its lock; once it has not for `SILENCE_MS`, it is taken over, `proven` is false, and the new
// holder must make sure that a write of the old one has no effect.
// Not here: what is locked, and the failure that says so (each caller).

import { randomUUID } from 'node:crypto'
import { type FileHandle, link, open, rename, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { isLocalDisk } from './local-disk.ts'
import { type FoundLock, fateOf, type HolderFate, type LockHolder, readLock, socketName } from './lock-holder.ts'
import { type LockSocket, openLockSocket } from './lock-socket.ts'
import { thisProcess } from './process-identity.ts'

/** ms between two signs of life of a holder that others may not see. */
const TOUCH_MS = 2000
/** An unseen holder that gives no sign of life for so many ms counts as ended. */
const SILENCE_MS = 30_000
/** ms that a killed process may take to leave the kernel, with its memory freed, before it counts as running. */
const ENDING_MS = 10_000
/** ms between two looks at a lock that is waited for. */
const POLL_MS = 50

export interface LockWish {
  /** ms to wait for a running holder to end or to release. Default 0. */
  readonly waitMs?: number
  /** Called once, when waiting begins. */
  readonly onWait?: (holder: LockHolder | null) => void
  /** The failure to throw where a running process keeps the lock. */
  readonly locked: (holder: LockHolder | null) => Error
  /** For what is fenced by other means: do not wait for signs of life of an unseen holder. Default false. */
  readonly takeUnseen?: boolean
  /** For tests: ms without a sign of life after which an unseen holder counts as ended. Default `SILENCE_MS`. */
  readonly silenceMs?: number
}

export class ProcessLock {
  /** False where the holder before was not seen to have ended. */
  readonly proven: boolean
  readonly #path: string
  readonly #nonce: string
  readonly #socket: LockSocket | null
  readonly #touching: NodeJS.Timeout | null
  /** The file that was made, where the system of this machine alone knows it: see `isHeld`. */
  readonly #file: FileBirth | null

  private constructor(path: string, { nonce, socket, file }: Taken, proven: boolean) {
    this.proven = proven
    this.#path = path
    this.#nonce = nonce
    this.#socket = socket
    const isLocal = isLocalDisk(dirname(path))
    this.#file = isLocal ? file : null
    this.#touching = socket !== null && isLocal ? null : setInterval(() => touch(path), TOUCH_MS)
    this.#touching?.unref()
  }

  /** Throws `wish.locked`, and errors of the file system as they are. */
  static async acquire(path: string, wish: LockWish): Promise<ProcessLock> {
    const watch = new Watch(wish)
    let proven = true
    for (;;) {
      const found = await readLock(path)
      if (found === null) {
        const taken = await take(path)
        if (taken !== null) return new ProcessLock(path, taken, proven)
        continue
      }
      const fate = await fateOf(path, found)
      if (fate === 'ended' || (fate === 'unseen' && (wish.takeUnseen === true || watch.isSilent(found)))) {
        if (fate === 'unseen') proven = false
        await clear(path, found)
      } else await watch.wait(found.holder, fate)
    }
  }

  /** False once another process has taken the lock over. */
  async isHeld(): Promise<boolean> {
    // Asked before every write: on a local disk one look is enough while the file is the one that was made. An inode
    // may be used again, but not with the same time of birth.
    if (this.#file !== null && isSame(this.#file, await birthOf(this.#path))) return true
    return (await readLock(this.#path))?.holder?.nonce === this.#nonce
  }

  async release(): Promise<void> {
    if (this.#touching !== null) clearInterval(this.#touching)
    try {
      if (await this.isHeld()) await rm(this.#path, { force: true })
    } finally {
      await this.#socket?.close()
    }
  }
}

/** What tells a file from every other one of its disk. */
interface FileBirth {
  readonly inode: bigint
  readonly born: bigint
}

/** Null where there is no such file, or the disk keeps no times of birth. */
async function birthOf(path: string): Promise<FileBirth | null> {
  const { ino, birthtimeNs } = await stat(path, { bigint: true }).catch(() => ({ ino: 0n, birthtimeNs: 0n }))
  return birthtimeNs === 0n ? null : { inode: ino, born: birthtimeNs }
}

const isSame = (a: FileBirth, b: FileBirth | null): boolean => a.inode === b?.inode && a.born === b.born

function touch(path: string): void {
  const now = new Date()
  utimes(path, now, now).catch(() => undefined)
}

/** How long a lock was waited for, and how long its holder has given no sign of life. */
class Watch {
  readonly #wish: LockWish
  readonly #silenceMs: number
  readonly #began = performance.now()
  #told = false
  #seen = ''
  #seenAt = 0

  constructor(wish: LockWish) {
    this.#wish = wish
    this.#silenceMs = wish.silenceMs ?? SILENCE_MS
  }

  isSilent({ inode, touched }: FoundLock): boolean {
    const now = performance.now()
    const seen = `${inode} ${touched}`
    if (seen !== this.#seen) this.#seenAt = now
    this.#seen = seen
    return now - this.#seenAt >= this.#silenceMs
  }

  /** Throws once the wish's time is over, and what this fate needs to be decided. */
  async wait(holder: LockHolder | null, fate: HolderFate): Promise<void> {
    const { waitMs = 0, onWait, locked } = this.#wish
    const needed = fate === 'ending' ? ENDING_MS : fate === 'unseen' ? this.#silenceMs + TOUCH_MS : 0
    if (performance.now() - this.#began >= Math.max(waitMs, needed)) throw locked(holder)
    if (!this.#told && fate !== 'ending') {
      this.#told = true
      onWait?.(holder)
    }
    await sleep(POLL_MS * (0.5 + Math.random()))
  }
}

interface Taken {
  readonly nonce: string
  readonly socket: LockSocket | null
  readonly file: FileBirth | null
}

/** Makes the lock file, whole from its first moment; null where another process was faster. */
async function take(path: string): Promise<Taken | null> {
  const nonce = randomUUID()
  const own = `${path}-${nonce}`
  const handle = await open(own, 'wx')
  const socket = await openLockSocket(dirname(path), socketName(path, nonce))
  let taken = false
  try {
    await write(handle, nonce, socket !== null)
    taken = await linked(own, path)
    return taken ? { nonce, socket, file: await birthOf(own) } : null
  } finally {
    await rm(own, { force: true })
    if (!taken) await socket?.close()
  }
}

async function write(handle: FileHandle, nonce: string, socket: boolean): Promise<void> {
  try {
    const { ino } = await handle.stat({ bigint: true })
    const holder: LockHolder = { ...thisProcess(), host: hostname(), nonce, socket, inode: String(ino) }
    await handle.writeFile(JSON.stringify(holder))
  } finally {
    await handle.close()
  }
}

async function linked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path)
    return true
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw e
  }
}

/** Removes the lock of a holder that has ended. */
async function clear(path: string, found: FoundLock): Promise<void> {
  const aside = `${path}-${randomUUID()}`
  try {
    await rename(path, aside)
  } catch (e) {
    if ((e as NodeJS.ErrnoException).code === 'ENOENT') return // Another process was faster.
    throw e
  }
  // Another process may have taken the dead lock over in between: then this is a live one, and it goes back.
  const moved = await readLock(aside)
  if (moved?.inode !== found.inode || moved.holder?.nonce !== found.holder?.nonce) await linked(aside, path)
  else if (found.holder !== null) await rm(`${dirname(path)}/${socketName(path, found.holder.nonce)}`, { force: true })
  await rm(aside, { force: true })
}
