// Windows at fixed places: offsets, times before 1970, the ends of the range of times, and the watermarks at which they
// close and are dropped.

import { describe, expect, test } from 'vitest'
import type { WindowSpec } from '../../../../core/plan/plan.ts'
import { calendar, hopping, tumbling } from '../../../support/jobs/graph-plan.ts'
import { tick } from '../../../support/small-log.ts'
import { agreed } from '../support/windowed.ts'

const of = (...times: readonly number[]): { t: number }[] => times.map(t => ({ t }))
/** The windows of some times: start and count of each. */
const starts = (window: WindowSpec, ...times: readonly number[]): unknown[][] =>
  agreed(window, { 'a/0': of(...times) }, { disorderMs: 8.64e15 }).rows.map(([start, , counted]) => [start, counted])

const DAY = 86_400_000

describe('tumbling', () => {
  test('windows begin at multiples of the size, before 1970 too', () => {
    expect(starts(tumbling(10), -11, -10, -1, 0, 9, 10)).toEqual([
      [-20, [-11]],
      [-10, [-10, -1]],
      [0, [0, 9]],
      [10, [10]],
    ])
  })

  test('an offset shifts them', () => {
    expect(starts(tumbling(10, 3), -8, -7, 2, 3, 12, 13)).toEqual([
      [-17, [-8]],
      [-7, [-7, 2]],
      [3, [3, 12]],
      [13, [13]],
    ])
  })

  test('the first and the last instant have a window', () => {
    expect(starts(tumbling(DAY), -8.64e15, 8.64e15)).toEqual([
      [-8.64e15, [-8.64e15]],
      [8.64e15, [8.64e15]],
    ])
    expect(starts(tumbling(7 * DAY, DAY), -8.64e15)).toEqual([[-8.64e15 - 4 * DAY, [-8.64e15]]])
  })
})

describe('hopping', () => {
  test('an element is in each window that covers it', () => {
    expect(starts(hopping(10, 5), -1, 0)).toEqual([
      [-10, [-1]],
      [-5, [-1, 0]],
      [0, [0]],
    ])
  })

  test('an offset shifts them, also where `every` does not divide the size', () => {
    expect(starts(hopping(10, 4, 1), -3)).toEqual([
      [-11, [-3]],
      [-7, [-3]],
      [-3, [-3]],
    ])
  })
})

test('calendar windows hold the first and the last instant, however far the watermark lags', () => {
  for (const unit of ['day', 'week', 'month'] as const) {
    const rows = starts(calendar(unit, 'America/Sao_Paulo'), -8.64e15, 0, 8.64e15)
    expect(rows.map(row => row[1])).toEqual([[-8.64e15], [0], [8.64e15]])
    expect(rows[0]?.[0]).toBeLessThanOrEqual(-8.64e15)
  }
  const { closed } = agreed(calendar('week', 'Asia/Kolkata'), { 'a/0': of(-8.64e15, 8.64e15) }, { final: true })
  expect(closed).toHaveLength(2)
})

describe('closing and keep', () => {
  const run = (window: WindowSpec, time: number, now: number, keepMs = 0) =>
    agreed(window, { 'a/0': [...of(time), tick(now)] }, { keepMs })

  test('a window closes when the watermark is its end', () => {
    expect(run(tumbling(10), -5, -1).closed).toEqual([])
    expect(run(tumbling(10), -5, 0).closed).toEqual(['-1 k [-5]'])
    expect(run(hopping(10, 5), -5, 0).closed).toEqual(['-1 k [-5]'])
    expect(run(hopping(10, 5), -5, 5).closed).toEqual(['-1 k [-5]', '4 k [-5]'])
  })

  test('a day of 23 hours closes an hour early', () => {
    const day = calendar('day', 'Europe/Berlin')
    const noon = Date.parse('2024-03-31T10:00Z')
    const end = Date.parse('2024-03-31T22:00Z')
    expect(run(day, noon, end - 1).closed).toEqual([])
    expect(run(day, noon, end).closed).toEqual([`${end - 1} k [${noon}]`])
  })

  test('keep drops a window once its end is that far behind the watermark', () => {
    const month = calendar('month', 'Asia/Kolkata')
    const time = Date.parse('1969-12-31T00:00Z')
    const end = Date.parse('1969-12-31T18:30Z')
    expect(run(month, time, end + DAY - 1, DAY).kept).toHaveLength(1)
    expect(run(month, time, end + DAY, DAY).kept).toEqual([])
    expect(run(tumbling(10), -5, 4, 5).kept).toHaveLength(1)
    expect(run(tumbling(10), -5, 5, 5).kept).toEqual([])
  })
})
