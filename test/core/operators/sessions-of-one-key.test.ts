// Many sessions of one key, in whatever order their elements come.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Column } from '../../../core/aggregations/columns/column.ts'
import { newKernel } from '../../../core/kernel/kernel-over.ts'
import { SessionTable } from '../../../core/operators/session/session-table.ts'
import { sortByTime, timeKeys } from '../../../core/values/time-order.ts'

const GAP = 10
const NO_COLUMNS: readonly Column[] = []

/** Sessions as a loop over sorted times finds them. */
function sessionsOf(times: readonly number[]): [number, number][] {
  const sessions: [number, number][] = []
  for (const time of [...times].sort((a, b) => a - b)) {
    const last = sessions.at(-1)
    if (last !== undefined && time - last[1] <= GAP) last[1] = time
    else sessions.push([time, time])
  }
  return sessions
}

const tableOf = (times: readonly number[]): SessionTable => {
  const table = new SessionTable(NO_COLUMNS, GAP, newKernel(undefined))
  for (const time of times) {
    table.enter('key')
    table.slotAt(time)
  }
  return table
}

const found = (table: SessionTable): [number, number][] =>
  [...table.slotsOf(0)].map(slot => [table.firstOf(slot), table.lastOf(slot)])

test('are those of the sorted times', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 30_000 }), { minLength: 1, maxLength: 3000 }), times => {
      const table = tableOf(times)
      expect(found(table)).toEqual(sessionsOf(times))
      expect(table.size).toBe(sessionsOf(times).length)
    }),
    { numRuns: 60 },
  )
})

test('may begin at the end and fill the blocks', () => {
  const times = Array.from({ length: 20_000 }, (_, i) => 20 * i)
  expect(found(tableOf([...times].reverse()))).toEqual(times.map(t => [t, t]))
  const bridges = times.map(t => t + 10)
  expect(found(tableOf([...times.reverse(), ...bridges]))).toEqual([[0, 20 * 19_999 + 10]])
})

test('numbers are sorted by their times, equal ones as they came', () => {
  const time = fc.oneof(fc.integer(), fc.double({ noNaN: true }), fc.constantFrom(0, -0, 8.64e15, -8.64e15))
  fc.assert(
    fc.property(fc.array(time), fc.constantFrom(1, 1000), (some, copies) => {
      const times = Array.from({ length: copies }, () => some).flat()
      const order = Uint32Array.from(times, (_, i) => i)
      const expected = [...order].sort((a, b) => {
        const [x, y] = [times[a] as number, times[b] as number]
        return x < y ? -1 : x > y ? 1 : a - b
      })
      expect([...sortByTime(order, timeKeys(Float64Array.from(times)))]).toEqual(expected)
    }),
  )
})
