// The k first entries: right for any order of arrival, and at a cost that does not grow with the list.

import { describe, expect, it } from 'vitest'
import { firstToLast, keepFirst } from '../../../core/aggregations/columns/first-entries.ts'

const SEED = 7

/** A small generator of whole numbers below a bound (Park and Miller, 1988). */
function numbers(seed: number): (below: number) => number {
  let x = seed
  return below => {
    x = (x * 48271) % 2147483647
    return x % below
  }
}

/** The order, and how often it was asked. */
function counted() {
  const asked = { times: 0 }
  const order = (a: number, b: number): number => {
    asked.times++
    return a - b
  }
  return { asked, order }
}

describe('the k first entries', () => {
  it(`are those of a sorted list, whatever the order of arrival and k (seed ${SEED})`, () => {
    const next = numbers(SEED)
    for (let round = 0; round < 300; round++) {
      const entries = Array.from({ length: next(60) }, () => next(1000) + next(1000) / 1000)
      const k = next(20)
      const heap: number[] = []
      for (const [i, entry] of entries.entries()) {
        keepFirst(heap, k, entry, (a, b) => a - b)
        if (i % 7 === 3) firstToLast(heap, (a, b) => a - b) // reading in between changes nothing
      }
      expect(firstToLast(heap, (a, b) => a - b)).toEqual(entries.sort((a, b) => a - b).slice(0, k))
    }
  })

  it.each([
    ['descending', (i: number) => -i],
    ['ascending', (i: number) => i],
    ['mixed', (i: number) => (i * 7919) % 100_003],
  ])('cost O(log k) comparisons each where they come in %s order', (_, at) => {
    const { asked, order } = counted()
    const [n, k] = [60_000, 20_000]
    const heap: number[] = []
    for (let i = 0; i < n; i++) keepFirst(heap, k, at(i), order)
    expect(asked.times).toBeLessThan(n * (2 * Math.ceil(Math.log2(k)) + 2))
  })
})
