// Trying again, without a broker: how long, who hears of it, and what ends it.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LinkFailure, Passing } from '../../../logs/kafka/failures.ts'
import { QUIET_OUTAGE_MS } from '../../../logs/kafka/limits.ts'
import { persist } from '../../../logs/kafka/persist.ts'
import { Waits } from '../../../logs/kafka/waits.ts'
import type { LogAway } from '../../../logs/patience.ts'
import { awayTeller } from '../../../run/command-line/away-text.ts'

const away = (): Promise<never> => Promise.reject(new LinkFailure('unreachable', 'nobody there'))
const refused = (): Promise<never> => Promise.reject(new LinkFailure('auth', 'no such user'))

/** Tries until one of the ends; `told` hears of the outage. */
function trying<T>(
  attempt: () => Promise<T>,
  { limitMs = Number.POSITIVE_INFINITY, loginMs = 0, stop }: { limitMs?: number; loginMs?: number; stop?: AbortSignal },
) {
  const told: (LogAway | null)[] = []
  const closing = new AbortController()
  const waits = new Waits('kafka://x:1', one => void told.push(one))
  const done = persist({ what: 'asking', limitMs, loginMs, closed: closing.signal, stop, waits }, attempt)
  return { told, done, close: () => closing.abort() }
}

describe('trying again', () => {
  test('goes on without a limit, tells of it once it lasts, and of its end', async () => {
    const start = performance.now()
    const { told, done } = trying(
      () => (performance.now() - start < QUIET_OUTAGE_MS + 1_500 ? away() : Promise.resolve(7)),
      {},
    )
    expect(await done).toBe(7)
    expect(told.at(-1)).toBeNull()
    expect(told.slice(0, -1).length).toBeGreaterThan(0)
    expect(told[0]?.message).toBe('kafka://x:1: nobody there')
    expect(told[0]?.forMs).toBeGreaterThanOrEqual(QUIET_OUTAGE_MS)
  })

  test('ends at its limit, told or not', async () => {
    const { told, done } = trying(away, { limitMs: 200 })
    await expect(done).rejects.toMatchObject({ code: 'broker-unreachable' })
    const passing = trying(() => Promise.reject(new Passing('no leader')), { limitMs: 200 })
    await expect(passing.done).rejects.toMatchObject({ code: 'broker-error' })
    expect(told).toEqual([])
  })

  test('ends at once when it is stopped, even where an answer hangs', async () => {
    const stop = new AbortController()
    const start = performance.now()
    const hangs = (): boolean => performance.now() - start > QUIET_OUTAGE_MS + 2_500
    const hanging = trying(() => (hangs() ? new Promise<never>(() => {}) : away()), { stop: stop.signal })
    setTimeout(() => stop.abort(), QUIET_OUTAGE_MS + 4_000)
    await expect(hanging.done).rejects.toMatchObject({ code: 'broker-error', exitCode: 4 })
    // It was told that the log is away, and never that it is back.
    expect(hanging.told.length).toBeGreaterThan(0)
    expect(hanging.told).not.toContain(null)
  })

  test('ends when the log is closed', async () => {
    const { done, close } = trying(away, {})
    setTimeout(close, 100)
    await expect(done).rejects.toMatchObject({ code: 'broker-error' })
  })

  test('takes a refused login for final when it opens, and for a while not later', async () => {
    await expect(trying(refused, {}).done).rejects.toMatchObject({ code: 'broker-auth' })
    let tries = 0
    expect(await trying(() => (tries++ < 3 ? refused() : Promise.resolve(1)), { loginMs: 10_000 }).done).toBe(1)
    await expect(trying(refused, { loginMs: 200 }).done).rejects.toMatchObject({ code: 'broker-auth' })
    // Neither the limit nor failures of other kinds between the refusals make anything else of it.
    await expect(trying(refused, { loginMs: 10_000, limitMs: 200 }).done).rejects.toMatchObject({ code: 'broker-auth' })
    let turns = 0
    const mixed = trying(() => (turns++ % 2 === 0 ? away() : refused()), { loginMs: 200 })
    await expect(mixed.done).rejects.toMatchObject({ code: 'broker-auth' })
  })

  test('counts refused logins from the end of an outage on', async () => {
    const start = performance.now()
    let refusals = 0
    const attempt = async (): Promise<number> => {
      if (performance.now() - start < 2_000) return await away()
      return refusals++ < 2 ? await refused() : 1
    }
    expect(await trying(attempt, { loginMs: 6_000, limitMs: 60_000 }).done).toBe(1)
  })
})

describe('a broker that hangs', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  function waiting() {
    const told: (string | null)[] = []
    const tell = (away: LogAway | null): void => {
      told.push(away === null ? null : `${Math.round(away.forMs / 100) / 10} s, ${away.message}`)
    }
    return { told, waits: new Waits('kafka://x:1', tell) }
  }
  const late = <T>(ms: number, answer: () => T): Promise<T> =>
    new Promise(resolve => setTimeout(resolve, ms)).then(answer)

  test('is told of before a call to it has failed, once, and of its answer', async () => {
    const { told, waits } = waiting()
    const call = waits.answerTo(
      late(4_000, () => 7),
      'no answer',
    )
    await vi.advanceTimersByTimeAsync(QUIET_OUTAGE_MS - 1)
    expect(told).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(told).toEqual(['3 s, kafka://x:1: no answer'])
    await vi.advanceTimersByTimeAsync(5_000)
    expect(await call).toBe(7)
    expect(told).toEqual(['3 s, kafka://x:1: no answer', null])
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is told of in the middle of a try that follows a failure', async () => {
    const { told, waits } = waiting()
    const me = {}
    waits.failed(me, 'nobody there')
    await vi.advanceTimersByTimeAsync(QUIET_OUTAGE_MS)
    expect(told).toEqual(['3 s, kafka://x:1: nobody there'])
    await vi.advanceTimersByTimeAsync(20_000)
    expect(told).toHaveLength(1)
    waits.answered(me)
    expect(told.at(-1)).toBeNull()
  })

  test('is away from the beginning of its call on, also for who tries again', async () => {
    const { told, waits } = waiting()
    const me = {}
    const call = waits.answerTo(
      late(5_000, () => Promise.reject(new Error('timed out'))),
      'no answer',
    )
    const failed = call.catch((e: Error) => waits.failed(me, e.message))
    await vi.advanceTimersByTimeAsync(5_000)
    await failed
    expect(told).toEqual(['3 s, kafka://x:1: no answer', '5 s, kafka://x:1: timed out'])
    waits.answered(me)
    expect(told.at(-1)).toBeNull()
  })

  test('is nothing to tell of where it answers in time, or nobody waits any more', async () => {
    const { told, waits } = waiting()
    const me = {}
    const call = waits.answerTo(
      late(QUIET_OUTAGE_MS - 1, () => 7),
      'no answer',
    )
    waits.failed(me, 'nobody there')
    await vi.advanceTimersByTimeAsync(QUIET_OUTAGE_MS - 1)
    await call
    waits.gaveUp(me)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(told).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})

test('people hear at once, after a minute, then every ten minutes, and of the end', () => {
  const lines: string[] = []
  const tell = awayTeller(({ text }) => lines.push(text))
  for (let s = 3; s <= 1900; s++) tell({ message: 'gone', forMs: s * 1000 })
  tell(null)
  tell(null)
  expect(lines).toEqual([
    'waiting for the log, away for 3 s: gone',
    'waiting for the log, away for 1 min 0 s: gone',
    'waiting for the log, away for 10 min 0 s: gone',
    'waiting for the log, away for 20 min 0 s: gone',
    'waiting for the log, away for 30 min 0 s: gone',
    'the log is there again after 31 min 40 s',
  ])
})
