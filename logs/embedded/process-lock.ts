// A lock file that belongs to a running process.
//
// Promises: one holder at a time; a lock whose holder has ended is taken over (`livenessOf` in
// host/process-identity.ts). A holder can check that it still holds the lock, which covers the race of two processes
// that take over the same dead lock.
// Not for network file systems shared by several machines: there the lock of another machine is never taken over.

import { randomUUID } from 'node:crypto'
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { LyrebirdError } from '../../core/errors.ts'
import { livenessOf, type ProcessIdentity, thisProcess } from '../../host/process-identity.ts'
import { fileFailure } from '../file-failures.ts'

interface Holder extends ProcessIdentity {
  readonly host: string
  readonly nonce: string
}

const ATTEMPTS = 5

export class ProcessLock {
  readonly #path: string
  readonly #nonce: string

  private constructor(path: string, nonce: string) {
    this.#path = path
    this.#nonce = nonce
  }

  /** Throws `state-locked` where a running process holds it. `what` names the locked thing. */
  static async acquire(path: string, what: string): Promise<ProcessLock> {
    const holder: Holder = { ...thisProcess(), host: hostname(), nonce: randomUUID() }
    const own = `${path}-${holder.nonce}`
    await writeFile(own, JSON.stringify(holder), { flag: 'wx' }).catch(e => {
      throw fileFailure(path, e)
    })
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (await linked(own, path)) return new ProcessLock(path, holder.nonce)
        await clearDead(path, what)
      }
    } finally {
      await unlink(own)
    }
    throw lockedBy(path, what, null)
  }

  /** False once another process has taken the lock over. */
  async isHeld(): Promise<boolean> {
    return (await readHolder(this.#path))?.nonce === this.#nonce
  }

  async release(): Promise<void> {
    if (await this.isHeld()) await unlink(this.#path).catch(() => undefined)
  }
}

async function linked(own: string, path: string): Promise<boolean> {
  try {
    await link(own, path)
    return true
  } catch (e) {
    if ((e as { code?: unknown }).code === 'EEXIST') return false
    throw e
  }
}

/** Removes the lock of a process that has ended. Throws `state-locked` where its holder runs. */
async function clearDead(path: string, what: string): Promise<void> {
  const holder = await readHolder(path)
  if (holder === undefined) return
  if (holder !== null && mayRun(holder)) throw lockedBy(path, what, holder)
  const aside = `${path}-${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return // Another process was faster.
  }
  const moved = await readHolder(aside)
  // Another process may have taken the dead lock over in between: then this is a live one, and it goes back.
  if (moved?.nonce !== holder?.nonce) await linked(aside, path)
  await unlink(aside)
}

/** Undefined where there is no file, null where it names no holder (a write was cut off: its writer is dead). */
async function readHolder(path: string): Promise<Holder | null | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (e) {
    if ((e as { code?: unknown }).code === 'ENOENT') return undefined
    throw e
  }
  try {
    const holder = JSON.parse(text) as Holder
    if (typeof holder.pid !== 'number' || typeof holder.nonce !== 'string') return null
    // An empty boot in the file means the host's name, as in `bootOf`.
    return { ...holder, boot: holder.boot || holder.host }
  } catch {
    return null
  }
}

/**
 * A holder on another host counts as running: nothing is known about it here. On this host a holder of another boot has
 * ended with that boot. So has one of another pid namespace: usually that is this container before its restart under
 * the same name.
 */
function mayRun(holder: Holder): boolean {
  return holder.host !== hostname() || livenessOf(holder) === 'running'
}

function lockedBy(path: string, what: string, holder: Holder | null): LyrebirdError {
  const by = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}`
  return new LyrebirdError('state-locked', `${what} is being written by ${by}`, {
    where: { path, pid: holder?.pid },
    hint: 'one process writes at a time; wait for it or stop it',
  })
}
