// The lock of a partition's only writer.
//
// Promises: held for the life of the writer; a second writer waits as long as it was told to, then fails with
// `log-locked`, which names the holder.
// Not here: which holders have ended (host/lock-holder.ts).

import { hostname } from 'node:os'
import { join } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'
import type { LockHolder } from '../../host/lock-holder.ts'
import { ProcessLock } from '../../host/process-lock.ts'
import { fileFailure } from '../file-failures.ts'
import type { Place } from '../record-batch/batch-failure.ts'

/** For several writers of one topic in turn. */
export interface LockWait {
  readonly ms: number
  /** Called once for each partition that is waited for, with a sentence for the user. */
  readonly tell: (sentence: string) => void
}

export interface LockOptions {
  /** Whether to wait for a process that writes the partition. Default: not. */
  readonly wait?: LockWait
  /** For tests: ms without a sign of life after which an unseen holder counts as ended. */
  readonly silenceMs?: number
}

/** Waits for who writes no more than a tick: a run does so at any moment. */
export const MOMENT: LockOptions = { wait: { ms: 1_000, tell: () => {} } }

export async function lockPartition(place: Place, directory: string, options: LockOptions = {}): Promise<ProcessLock> {
  const { wait, silenceMs } = options
  const path = join(directory, '.lock')
  const name = `${place.topic}/${place.partition}`
  try {
    return await ProcessLock.acquire(path, {
      locked: holder => lockedBy(name, path, holder),
      ...(silenceMs === undefined ? {} : { silenceMs }),
      ...(wait === undefined ? {} : { waitMs: wait.ms }),
      ...(wait === undefined ? {} : { onWait: by => wait.tell(`waiting for ${nameOf(by)}, which writes ${name}`) }),
    })
  } catch (e) {
    throw fileFailure(path, e)
  }
}

function nameOf(holder: LockHolder | null): string {
  if (holder === null) return 'another process'
  return `process ${holder.pid}${holder.host === hostname() ? '' : ` on ${holder.host}`}`
}

function lockedBy(name: string, path: string, holder: LockHolder | null): LyrebirdError {
  return new LyrebirdError('log-locked', `${name} is being written by ${nameOf(holder)}`, {
    where: { path, pid: holder?.pid },
    hint: 'one process writes a topic at a time: run the command again once that one has ended',
  })
}
