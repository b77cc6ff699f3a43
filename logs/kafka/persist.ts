// Retries while a cluster recovers: with growing pauses, bounded in time unless the limit is Infinity.
//
// Promises: ends in a typed failure at the latest `limitMs` after the start plus one attempt; a closed log, or a signal
// that says stop, ends it at once. A login that fails is tried again where the cluster has let us in before: a broker
// that starts may not know its users yet.

import { setTimeout as sleep } from 'node:timers/promises'
import { LyrebirdError } from '../../core/errors.ts'
import { finalFailure, LinkFailure, Passing } from './failures.ts'
import { FIRST_RETRY_PAUSE_MS, LONGEST_RETRY_PAUSE_MS } from './limits.ts'
import type { Waits } from './waits.ts'

interface Persistence {
  /** What is being tried, for the message. */
  readonly what: string
  readonly limitMs: number
  /** How long a refused login is tried again. */
  readonly loginMs: number
  /** Aborted once the log is closed. */
  readonly closed: AbortSignal
  /** Aborted once nobody waits any more; only while attempts fail. */
  readonly stop: AbortSignal | undefined
  readonly waits: Waits
}

/** Calls `attempt` until it succeeds. It throws LinkFailure or Passing where another try may help. */
export async function persist<T>(persistence: Persistence, attempt: () => Promise<T>): Promise<T> {
  const { what, limitMs, loginMs, closed, stop, waits } = persistence
  const start = performance.now()
  /** Time that ended with a refused login each, without that of outages between them. */
  let refusedMs = 0
  let failedAt = start
  const me = {}
  try {
    for (let pause = FIRST_RETRY_PAUSE_MS, failed = false; ; pause = Math.min(pause * 2, LONGEST_RETRY_PAUSE_MS)) {
      checkOpen(closed)
      try {
        const answer = failed && stop !== undefined ? await unlessStopped(attempt(), stop) : await attempt()
        waits.answered(me)
        return answer
      } catch (e) {
        checkOpen(closed)
        if (!(e instanceof LinkFailure || e instanceof Passing)) throw e
        const now = performance.now()
        const spent = now - start
        const final = e instanceof LinkFailure ? finalFailure(e) : null
        if (final?.code === 'broker-auth') refusedMs += now - failedAt
        failedAt = now
        if (final !== null && (final.code !== 'broker-auth' || refusedMs + pause > loginMs)) throw final
        if (spent + pause > limitMs) throw final ?? givenUp(what, e, spent)
        failed = true
        waits.failed(me, e.message)
      }
      if (stop?.aborted === true) throw stopped()
      const signal = stop === undefined ? closed : stop
      await sleep(pause, undefined, { signal }).catch(() => {})
    }
  } finally {
    waits.gaveUp(me)
  }
}

/** What the attempt gives, or a failure as soon as the signal aborts. */
async function unlessStopped<T>(attempt: Promise<T>, stop: AbortSignal): Promise<T> {
  // It may fail when nobody waits for it any more.
  attempt.catch(() => {})
  if (stop.aborted) throw stopped()
  let end: () => void = () => {}
  const aborted = new Promise<never>((_, reject) => {
    end = () => reject(stopped())
    stop.addEventListener('abort', end)
  })
  try {
    return await Promise.race([attempt, aborted])
  } finally {
    stop.removeEventListener('abort', end)
  }
}

const stopped = (): LyrebirdError => new LyrebirdError('broker-error', 'stopped while the brokers were away')

function givenUp(what: string, last: LinkFailure | Passing, spentMs: number): LyrebirdError {
  const seconds = Math.round(spentMs / 100) / 10
  if (last instanceof Passing) {
    return new LyrebirdError('broker-error', `${what}: given up after ${seconds} s (${last.message})`, { cause: last })
  }
  if (last.kind === 'no-token') {
    return new LyrebirdError(
      'broker-unreachable',
      `${what}: there is no token to log in with, given up after ${seconds} s (${last.message})`,
      { hint: 'is the server of LYREBIRD_KAFKA_TOKEN_URL running? --give-up-after 10m waits for longer', cause: last },
    )
  }
  return new LyrebirdError(
    'broker-unreachable',
    `${what}: no broker answers, given up after ${seconds} s (${last.message})`,
    {
      hint: /closed connection/i.test(last.message)
        ? 'it closes the connection without an answer: it may want TLS (LYREBIRD_KAFKA_TLS=1), a certificate (LYREBIRD_KAFKA_CERT) or a login (LYREBIRD_KAFKA_SASL)'
        : 'is the broker running, and is this the address that it advertises? --give-up-after 10m waits for longer',
      cause: last,
    },
  )
}

function checkOpen(closed: AbortSignal): void {
  if (closed.aborted) throw new LyrebirdError('broker-error', 'the log was closed while it was read')
}
