// Time marks: few, near the position, and near whatever a log still holds.

import { describe, expect, it } from 'vitest'
import { TimeMarks } from '../../../core/executor/time-marks.ts'

const times = () => ({ source: 1 })
const offsetsOf = (marks: TimeMarks) => marks.of('a/0').map(({ offset }) => Number(offset))

describe('time marks', () => {
  it.each([1, 7, 1000])(
    'of a million offsets in chunks of %i are few, and leave most of what remains to be judged',
    chunk => {
      const marks = new TimeMarks()
      for (let at = chunk; at <= 1_000_000; at += chunk) marks.reached('a/0', BigInt(at), times)
      const offsets = offsetsOf(marks)
      expect(offsets.length).toBeGreaterThan(20)
      expect(offsets.length).toBeLessThanOrEqual(64)
      for (const start of [0, 5_000, 100_000, 300_000, 600_000, 800_000, 900_000]) {
        const next = offsets.find(offset => offset >= start) as number
        expect(next - start).toBeLessThanOrEqual((1_000_000 - start) / 2)
      }
      expect(1_000_000 - (offsets.at(-1) as number)).toBeLessThanOrEqual(1_000_000 / 32 + chunk)
    },
  )

  it('follow the start of the log: what is kept lies in what remains', () => {
    const marks = new TimeMarks()
    for (let at = 1; at <= 100_000; at++) {
      marks.reached('a/0', BigInt(at), times)
      if (at % 100 === 0) marks.dropBefore('a/0', BigInt(at - 1000))
    }
    const offsets = offsetsOf(marks)
    expect(offsets.filter(offset => offset < 99_000).length).toBeLessThanOrEqual(1)
    expect(offsets.length).toBeGreaterThan(10)
    expect(offsets.at(-1)).toBeGreaterThan(99_900)
  })

  it('are written only where there is a new one, come back as they were, and are taken over from another reader', () => {
    const marks = new TimeMarks()
    expect(marks.changed).toBe(false)
    marks.reached('a/0', 10n, () => ({ one: Number.NEGATIVE_INFINITY, two: -5 }))
    expect(marks.changed).toBe(true)
    marks.changed = false
    marks.reached('a/0', 10n, times)
    marks.dropBefore('a/0', 20n)
    expect(marks.changed).toBe(false)
    const copy = TimeMarks.decode(marks.encode())
    expect(copy.of('a/0')).toEqual([{ offset: 10n, times: { one: Number.NEGATIVE_INFINITY, two: -5 } }])
    const other = TimeMarks.decode(marks.encode())
    other.reached('a/0', 30n, times)
    copy.take(other, 'a/0')
    expect(offsetsOf(copy)).toEqual([10, 30])
  })
})
