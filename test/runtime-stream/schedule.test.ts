// When a stream commits: at the interval while commits are cheap, more rarely where one has taken long.

import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { LONGEST_PAUSE_MS, WORK_PER_COMMIT } from '../../runtime-stream/limits.ts'
import { Schedule } from '../../runtime-stream/schedule.ts'

const NOTHING = { bytes: 0, records: 0, full: false }

it('commits at the interval while commits are cheap', async () => {
  const schedule = new Schedule(10)
  await schedule.commit(async () => {})
  expect(schedule.waitMs).toBeLessThanOrEqual(10)
  await sleep(15)
  expect(schedule.isDue(NOTHING)).toBe(true)
})

it('gives most of the time to reading where a commit takes long', async () => {
  const schedule = new Schedule(10)
  await schedule.commit(() => sleep(60))
  expect(schedule.waitMs).toBeGreaterThan(60 * (WORK_PER_COMMIT - 1))
  expect(schedule.isDue(NOTHING)).toBe(false)
  expect(schedule.isDue({ ...NOTHING, full: true })).toBe(true)
})

it('goes on at the interval after a single commit that was held up', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
  try {
    const schedule = new Schedule(10)
    for (const [at, took] of [
      [0, 5],
      [20, 400],
      [440, 7],
    ] as const) {
      clock.mockReturnValue(at)
      await schedule.commit(async () => void clock.mockReturnValue(at + took))
      expect(schedule.waitMs, `after one of ${took} ms`).toBe(10)
    }
  } finally {
    clock.mockRestore()
  }
})

it('commits a minute after a commit during which the process was stopped for hours', async () => {
  const clock = vi.spyOn(performance, 'now').mockReturnValue(0)
  try {
    const schedule = new Schedule(10)
    await schedule.commit(async () => void clock.mockReturnValue(3_600_000))
    expect(schedule.waitMs).toBe(LONGEST_PAUSE_MS)
  } finally {
    clock.mockRestore()
  }
})
