// Takes the ownership of a state over from the process that runs it.
//
// Promises: the owner commits and ends by itself; one that does not answer in time, or runs on another machine, is
// named with what to type, and goes on undisturbed.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { orClose } from '../../core/close-all.ts'
import { isLyrebirdError, LyrebirdError } from '../../core/errors.ts'
import { fateOf, type LockHolder, readLock } from '../../host/lock-holder.ts'
import { ProcessLock } from '../../host/process-lock.ts'
import { askForState } from '../../run/state/hand-over.ts'
import { openStateWriter, type StateWriter } from '../../store/index.ts'
import { HAND_OVER_MS, LOOK_MS, SIGN_OF_LIFE_MS } from '../limits.ts'

interface TakenState {
  readonly writer: StateWriter
  /** Lets others run the state again. */
  close(): Promise<void>
}

/** Held for the whole of an upgrade. Throws `state-locked` where another one is in progress. */
export async function upgradeLock(state: string): Promise<ProcessLock> {
  return await ProcessLock.acquire(join(state, '.upgrade'), {
    locked: holder =>
      new LyrebirdError('state-locked', `the state in ${state} is being upgraded by ${whoText(holder)}`, {
        where: { state, pid: holder?.pid },
        hint: `wait for it${holder === null ? '' : `, or end it: kill ${holder.pid}`}; an upgrade that is stopped leaves the old version as it is`,
      }),
  })
}

/** Throws `state-locked` where a process of another machine runs the state. */
export async function refuseOwnerElsewhere(state: string): Promise<void> {
  const path = join(state, '.lock')
  const found = await readLock(path)
  if (found === null || (await fateOf(path, found)) !== 'unseen') return
  // A holder that cannot be seen touches its lock as long as it lives.
  const until = performance.now() + SIGN_OF_LIFE_MS
  while (performance.now() < until) {
    await sleep(LOOK_MS)
    const again = await readLock(path)
    if (again === null || again.inode !== found.inode) return
    if (again.touched !== found.touched) throw elsewhere(state, again.holder)
  }
}

function elsewhere(state: string, holder: LockHolder | null): LyrebirdError {
  const host = holder?.host ?? 'another machine'
  return new LyrebirdError('state-locked', `the state in ${state} is run by ${whoText(holder)} on ${host}`, {
    where: { state, pid: holder?.pid, host },
    hint: `upgrade it there, or end that process first${holder === null ? '' : `: kill ${holder.pid}, on ${host}`}`,
  })
}

const whoText = (holder: LockHolder | null): string => (holder === null ? 'another process' : `process ${holder.pid}`)

interface TakeOptions {
  readonly signal?: AbortSignal | undefined
  /** For tests: ms for the owner to end. Default `HAND_OVER_MS`. */
  readonly handOverMs?: number | undefined
}

/** Throws `state-locked` where the owner does not end in time. */
export async function takeState(
  state: string,
  { signal, handOverMs = HAND_OVER_MS }: TakeOptions,
  onAsked: () => void,
): Promise<TakenState> {
  const request = await askForState(state)
  return await orClose(
    async () => {
      onAsked()
      const writer = await whenFree(state, handOverMs, signal)
      return {
        writer,
        async close() {
          await writer.close()
          await request.release()
        },
      }
    },
    () => request.release(),
  )
}

async function whenFree(state: string, waitMs: number, signal: AbortSignal | undefined): Promise<StateWriter> {
  const until = performance.now() + waitMs
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await openStateWriter(state)
    } catch (error) {
      if (!isLyrebirdError(error) || error.code !== 'state-locked') throw error
      if (performance.now() > until) throw noAnswer(state, waitMs, error)
    }
    await sleep(LOOK_MS)
  }
}

function noAnswer(state: string, waitMs: number, error: LyrebirdError): LyrebirdError {
  const { pid } = error.where
  const who = pid === undefined ? 'the process that runs it' : `process ${pid}`
  return new LyrebirdError(
    'state-locked',
    `${who} did not hand the state in ${state} over within ${waitMs / 1000} s: it is in a batch, hangs, or is of an older version`,
    {
      where: { state, pid },
      hint: `wait until it is live, or end it${pid === undefined ? '' : `: kill ${pid}`}; then run the same command again, which goes on from what it has computed`,
      cause: error,
    },
  )
}
