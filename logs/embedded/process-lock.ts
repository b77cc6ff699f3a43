// A lock file that belongs to a running process.
//
// Promises: one holder at a time; a lock whose holder was killed is taken over, also where its process id has since been given to
// another process (the holder's start time is compared). A holder can ask whether it still holds the lock, which closes the moment
// in which two processes take over the same dead lock. Leaves out: network file systems with several machines; there a foreign
// machine's lock is never taken over.

import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { LyrebirdError } from '../../core/errors.ts'
import { fileFailure } from '../file-failures.ts'

interface Owner {
  readonly pid: number
  readonly host: string
  /** Boot of the machine and start of the process: with the pid they name one process for ever. */
  readonly boot: string
  readonly started: string
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
    const owner: Owner = {
      pid: process.pid,
      host: hostname(),
      boot: bootId(),
      started: startOf(process.pid) ?? '',
      nonce: randomUUID(),
    }
    const own = `${path}-${owner.nonce}`
    await writeFile(own, JSON.stringify(owner), { flag: 'wx' }).catch(e => {
      throw fileFailure(path, e)
    })
    try {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        if (await linked(own, path)) return new ProcessLock(path, owner.nonce)
        await clearDead(path, what)
      }
    } finally {
      await unlink(own)
    }
    throw lockedBy(path, what, null)
  }

  /** False once another process has taken the lock over. */
  async isHeld(): Promise<boolean> {
    return (await readOwner(this.#path))?.nonce === this.#nonce
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

/** Removes the lock of a process that is no more. Throws `state-locked` where its holder runs. */
async function clearDead(path: string, what: string): Promise<void> {
  const owner = await readOwner(path)
  if (owner === undefined) return
  if (owner !== null && isRunning(owner)) throw lockedBy(path, what, owner)
  const aside = `${path}-${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return // Another process was faster.
  }
  const moved = await readOwner(aside)
  // In between another process may have taken the dead lock over: then this is a live one, and it goes back.
  if (moved?.nonce !== owner?.nonce) await linked(aside, path)
  await unlink(aside)
}

/** Undefined where there is no file, null where it holds no owner (a write was cut off: its writer is dead). */
async function readOwner(path: string): Promise<Owner | null | undefined> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (e) {
    if ((e as { code?: unknown }).code === 'ENOENT') return undefined
    throw e
  }
  try {
    const owner = JSON.parse(text) as Owner
    return typeof owner.pid === 'number' && typeof owner.nonce === 'string' ? owner : null
  } catch {
    return null
  }
}

function isRunning(owner: Owner): boolean {
  if (owner.host !== hostname()) return true
  if (owner.boot !== bootId()) return false
  return startOf(owner.pid) === owner.started
}

/** When a process started, in the system's own words; null where there is no such process. */
function startOf(pid: number): string | null {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
      // Fields after the name, which may hold blanks and brackets; the start time is field 22 (proc(5)).
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim()
  } catch {
    return null
  }
}

function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return ''
  }
}

function lockedBy(path: string, what: string, owner: Owner | null): LyrebirdError {
  const by = owner === null ? 'another process' : `process ${owner.pid} on ${owner.host}`
  return new LyrebirdError('state-locked', `${what} is being written by ${by}`, {
    where: { path, pid: owner?.pid },
    hint: 'one process writes at a time; wait for it or stop it',
  })
}
