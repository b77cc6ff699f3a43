// The boundaries of sessions, each by name (semantics.md 4.2 and 4.4).

import { describe, expect, test } from 'vitest'
import { session } from '../../support/jobs/graph-plan.ts'
import { tick } from '../../support/small-log.ts'
import { agreed } from './support/windowed.ts'

const GAP = 10
const of = (...times: readonly number[]): { t: number }[] => times.map(t => ({ t }))
const run = (partitions: Parameters<typeof agreed>[1], options?: Parameters<typeof agreed>[2]) =>
  agreed(session(GAP), partitions, options)

describe('neighbours', () => {
  test('exactly the gap apart are one session', () => {
    expect(run({ 'a/0': of(0, 10) }).rows).toEqual([[0, 20, 'k', [0, 10]]])
  })

  test('one millisecond more apart are two sessions', () => {
    expect(run({ 'a/0': of(0, 11) }).rows).toEqual([
      [0, 10, 'k', [0]],
      [11, 21, 'k', [11]],
    ])
  })

  test('of one time are one session', () => {
    expect(run({ 'a/0': of(5, 5), 'a/1': of(5) }).rows).toEqual([[5, 15, 'k', [5]]])
  })

  test('of different keys are independent', () => {
    const events = [
      { t: 0, k: 'x' },
      { t: 5, k: 'y' },
      { t: 9, k: 'x' },
    ]
    expect(run({ 'a/0': events }).rows).toEqual([
      [0, 19, 'x', [0, 9]],
      [5, 15, 'y', [5]],
    ])
  })

  test('of keys with a common prefix, with a zero after it, are separate', () => {
    const events = [
      { t: 0, k: 'x' },
      { t: 1, k: 'x\u0000y' },
      { t: 5, k: 'x' },
      { t: 6, k: 'x\u0000' },
    ]
    expect(run({ 'a/0': events }, { perCommit: 4 }).rows).toEqual([
      [0, 15, 'x', [0, 5]],
      [1, 11, 'x\u0000y', [1]],
      [6, 16, 'x\u0000', [6]],
    ])
  })
})

describe('a late-coming element', () => {
  const options = { disorderMs: 100 }

  test('bridges two sessions of the state', () => {
    const { rows, closed } = run({ 'a/0': of(0, 20, 10) }, options)
    expect(rows).toEqual([[0, 30, 'k', [0, 10, 20]]])
    expect(closed).toEqual([])
  })

  test('bridges them only where both are within the gap', () => {
    expect(run({ 'a/0': of(0, 21, 10) }, options).rows).toEqual([
      [0, 20, 'k', [0, 10]],
      [21, 31, 'k', [21]],
    ])
  })

  test('bridges three parts at once, over partitions', () => {
    const rows = run({ 'a/0': of(40, 0, 20), 'a/1': of(30, 10, 31) }, options).rows
    expect(rows).toEqual([[0, 50, 'k', [0, 10, 20, 30, 31, 40]]])
  })

  test('moves the start of a session back', () => {
    expect(run({ 'a/0': of(10, 3) }, options).rows).toEqual([[3, 20, 'k', [3, 10]]])
  })

  test('inside a session changes neither end of it', () => {
    expect(run({ 'a/0': of(0, 10, 4) }, options).rows).toEqual([[0, 20, 'k', [0, 4, 10]]])
  })

  test('as old as the disorder allows joins a session that is still open', () => {
    // The watermark is 30 - 20 = 10: the session [0, 10] is open, and a record at 10 joins it.
    expect(run({ 'a/0': of(0, 30, 10) }, { disorderMs: 20 }).rows).toEqual([
      [0, 20, 'k', [0, 10]],
      [30, 40, 'k', [30]],
    ])
  })

  test('one millisecond older is late and joins nothing', () => {
    const { rows } = run({ 'a/0': of(0, 30, 9) }, { disorderMs: 20 })
    expect(rows.map(row => row.slice(0, 2))).toEqual([
      [0, 10],
      [30, 40],
    ])
  })
})

describe('closing', () => {
  test('waits until the watermark is past the end', () => {
    expect(run({ 'a/0': [...of(0), tick(9)] }).closed).toEqual([])
    expect(run({ 'a/0': [...of(0), tick(10)] }).closed).toEqual([])
    expect(run({ 'a/0': [...of(0), tick(11)] }).closed).toEqual(['10 k [0]'])
  })

  test('an element at the end of a session joins it while the watermark is at that end', () => {
    const { rows, closed } = run({ 'a/0': [...of(0), tick(10), ...of(10), tick(21)] })
    expect(rows).toEqual([[0, 20, 'k', [0, 10]]])
    expect(closed).toEqual(['20 k [0,10]'])
  })

  test('a tick closes without any element', () => {
    expect(run({ 'a/0': [...of(0, 100), tick(111)] }).closed).toEqual(['10 k [0]', '110 k [100]'])
  })

  test('an idle partition holds sessions open', () => {
    expect(run({ 'a/0': of(0, 1000), 'a/1': of(5) }).closed).toEqual([])
    expect(run({ 'a/0': of(0, 1000), 'a/1': [...of(5), tick(16)] }).closed).toEqual(['15 k [0,5]'])
  })

  test('under final everything closes, the last session too', () => {
    const { rows, closed } = run({ 'a/0': of(0, 5, 40) }, { final: true })
    expect(rows).toHaveLength(2)
    expect(closed).toEqual(['15 k [0,5]', '50 k [40]'])
  })

  test('a session of the state closes even if an earlier one of its key came since', () => {
    const { closed } = run({ 'a/0': [...of(50, 40, 20), { t: 161, k: 'j' }] }, { disorderMs: 100, perCommit: 2 })
    expect(closed).toEqual(['30 k [20]', '60 k [40,50]'])
  })

  test('a session that begins and closes between two commits is emitted once', () => {
    expect(run({ 'a/0': of(0, 100, 200) }).closed).toEqual(['10 k [0]', '110 k [100]'])
  })
})

describe('keep', () => {
  test('drops a session once its end is that far behind the watermark', () => {
    const kept = (now: number) => run({ 'a/0': [...of(0), tick(now)] }, { keepMs: 5 }).kept
    expect(kept(14)).toEqual([[0, 10, 'k', [0]]])
    expect(kept(15)).toEqual([])
  })

  test('of 0 keeps a session that is still open at its end', () => {
    const kept = (now: number) => run({ 'a/0': [...of(0), tick(now)] }, { keepMs: 0 }).kept
    expect(kept(10)).toEqual([[0, 10, 'k', [0]]])
    expect(kept(11)).toEqual([])
  })

  test('keeps a long session that began long ago', () => {
    const { kept } = run({ 'a/0': of(0, 8, 16, 24, 32) }, { keepMs: 1 })
    expect(kept).toEqual([[0, 42, 'k', [0, 8, 16, 24, 32]]])
  })
})

describe('at the ends of the range of times', () => {
  test('before 1970', () => {
    expect(run({ 'a/0': [...of(-25, -15, -4), tick(7)] })).toMatchObject({
      rows: [
        [-25, -5, 'k', [-25, -15]],
        [-4, 6, 'k', [-4]],
      ],
      closed: ['-5 k [-25,-15]', '6 k [-4]'],
    })
  })

  test('at the first and the last instant', () => {
    const [first, last] = [-8.64e15, 8.64e15]
    const { rows } = agreed(session(8.64e15), { 'a/0': of(first, 0, last) })
    expect(rows).toEqual([[first, last + 8.64e15, 'k', [first, 0, last]]])
    expect(agreed(session(8.64e15 - 1), { 'a/0': of(first, 0, last) }).rows).toHaveLength(3)
  })
})
