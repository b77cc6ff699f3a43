// Retries while a cluster recovers: bounded in time, with growing pauses.
//
// Promises: ends in a typed failure at the latest `limitMs` after the start plus one attempt; a closed log ends it at
// once.

import { setTimeout as sleep } from 'node:timers/promises'
import { LyrebirdError } from '../../core/errors.ts'
import { LinkFailure } from './client.ts'
import { finalFailure, Passing } from './failures.ts'
import { FIRST_RETRY_PAUSE_MS, LONGEST_RETRY_PAUSE_MS } from './limits.ts'

interface Persistence {
  /** What is being tried, for the message. */
  readonly what: string
  readonly limitMs: number
  readonly signal: AbortSignal
}

/** Calls `attempt` until it succeeds. It throws LinkFailure or Passing where another try may help. */
export async function persist<T>({ what, limitMs, signal }: Persistence, attempt: () => Promise<T>): Promise<T> {
  const start = performance.now()
  for (let pause = FIRST_RETRY_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_RETRY_PAUSE_MS)) {
    checkOpen(signal)
    try {
      return await attempt()
    } catch (e) {
      checkOpen(signal)
      const final = e instanceof LinkFailure ? finalFailure(e) : null
      if (final !== null) throw final
      if (!(e instanceof LinkFailure || e instanceof Passing)) throw e
      const spent = performance.now() - start
      if (spent + pause > limitMs) throw givenUp(what, e, spent)
    }
    await sleep(pause, undefined, { signal }).catch(() => {})
  }
}

function givenUp(what: string, last: LinkFailure | Passing, spentMs: number): LyrebirdError {
  const seconds = Math.round(spentMs / 100) / 10
  if (last instanceof Passing) {
    return new LyrebirdError('broker-error', `${what}: given up after ${seconds} s (${last.message})`, { cause: last })
  }
  return new LyrebirdError(
    'broker-unreachable',
    `${what}: no broker answers, given up after ${seconds} s (${last.message})`,
    {
      hint: /closed connection/i.test(last.message)
        ? 'it closes the connection without an answer: it may want TLS (LYREBIRD_KAFKA_TLS=1) or a login (LYREBIRD_KAFKA_SASL)'
        : 'is the broker running, and is this the address that it advertises?',
      cause: last,
    },
  )
}

function checkOpen(signal: AbortSignal): void {
  if (signal.aborted) throw new LyrebirdError('broker-error', 'the log was closed while it was read')
}
