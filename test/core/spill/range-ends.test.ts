// Ranges of keys: every piece once, and none much larger than the limit.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rangeEnds } from '../../../core/spill/range-ends.ts'
import { compareBytes } from '../../../core/values/bytes.ts'

const piece = fc.record({
  firstKey: fc.uint8Array({ minLength: 1, maxLength: 3, max: 3 }),
  rows: fc.integer({ min: 1, max: 10 }),
  bytes: fc.integer({ min: 1, max: 100 }),
})

it('ends rise, and what begins in a range is at most the limit, or of one key', () => {
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 60 }),
      fc.record({ rows: fc.integer({ min: 1, max: 40 }), bytes: fc.integer({ min: 1, max: 500 }) }),
      (pieces, limit) => {
        const ends = rangeEnds(pieces, limit)
        ends.forEach((end, i) => {
          if (i > 0) expect(compareBytes(ends[i - 1] as Uint8Array, end)).toBeLessThan(0)
        })
        const bounds = [undefined, ...ends, undefined]
        for (let i = 1; i < bounds.length; i++) {
          const [from, to] = [bounds[i - 1], bounds[i]]
          const here = pieces.filter(
            ({ firstKey }) =>
              (from === undefined || compareBytes(from, firstKey) <= 0) &&
              (to === undefined || compareBytes(firstKey, to) < 0),
          )
          if (pieces.length > 0) expect(here.length).toBeGreaterThan(0)
          const keys = new Set(here.map(({ firstKey }) => firstKey.join()))
          const sum = (of: 'rows' | 'bytes'): number => here.reduce((total, one) => total + one[of], 0)
          const fits = sum('rows') <= limit.rows && sum('bytes') <= limit.bytes
          expect(fits || keys.size < 2).toBe(true)
        }
      },
    ),
  )
})
