// How a process asks the one that runs a state to hand it over: by a lock file beside the state, which the owner looks
// for.
//
// Promises: a request counts for as long as the process that made it lives and keeps it; there is one at a time. The
// owner commits and ends as if it had been stopped. Looking costs one question to the file system.
// Not here: what the state is taken over for (deployment/upgrade).

import { statSync } from 'node:fs'
import { join } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'
import { fateOf, type LockHolder, readLock } from '../../host/lock-holder.ts'
import { ProcessLock } from '../../host/process-lock.ts'

/** ms between two looks of an owner. */
const LOOK_MS = 100

const requestOf = (state: string): string => join(state, '.hand-over')

/** Asks for a state until it is released. Throws `state-locked` where another process asks for it. */
export async function askForState(state: string): Promise<ProcessLock> {
  return await ProcessLock.acquire(requestOf(state), {
    takeUnseen: true,
    locked: holder => alreadyAsked(state, holder),
  })
}

function alreadyAsked(state: string, holder: LockHolder | null): LyrebirdError {
  const by = holder === null ? 'another process' : `process ${holder.pid}`
  return new LyrebirdError('state-locked', `${by} is taking over the state in ${state}`, {
    where: { state, pid: holder?.pid },
    hint: 'wait for it; the state is then that of its job',
  })
}

/** The living process that asks for a state; null where none does. */
async function asking(state: string): Promise<LockHolder | null> {
  const path = requestOf(state)
  const found = await readLock(path)
  if (found?.holder == null) return null
  return (await fateOf(path, found)) === 'running' ? found.holder : null
}

interface HandOverWatch {
  /** Aborts when the state is asked for, or with the signal that was given. */
  readonly signal: AbortSignal
  dispose(): void
}

/** What tells the file of a request from another one; undefined where there is none. */
function fileOf(state: string): string | undefined {
  const found = statSync(requestOf(state), { throwIfNoEntry: false })
  return found === undefined ? undefined : `${found.ino} ${found.mtimeMs}`
}

/** Watches for requests for a state that this process runs. */
export function watchHandOver(
  state: string,
  signal: AbortSignal | undefined,
  say: (line: string) => void = () => {},
): HandOverWatch {
  const asked = new AbortController()
  let busy = false
  /** The file of a request whose process has ended. */
  let past: string | undefined
  const look = async (): Promise<void> => {
    const file = fileOf(state)
    const holder = await asking(state)
    if (holder === null) past = file
    if (holder === null || asked.signal.aborted) return
    say(`process ${holder.pid} takes this state over: committing and ending`)
    asked.abort()
  }
  const timer = setInterval(() => {
    const file = busy || asked.signal.aborted ? undefined : fileOf(state)
    if (file === undefined || file === past) return
    busy = true
    look()
      .catch(() => {}) // looked for again
      .finally(() => (busy = false))
  }, LOOK_MS)
  timer.unref()
  const signals = signal === undefined ? [asked.signal] : [asked.signal, signal]
  return { signal: AbortSignal.any(signals), dispose: () => clearInterval(timer) }
}
