// Names of fields of more objects than are remembered.

import { expect, it } from 'vitest'
import { canonicalBytes, decodeBytes } from '../../../core/values/canonical.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'

it('are read as they were written, whatever objects came before', () => {
  const random = seededRandom(3)
  const names = Array.from({ length: 300 }, (_, i) => (i % 7 === 0 ? `n\0${i}` : `${'x'.repeat(i % 5)}${i}`))
  const object = (depth: number): Record<string, unknown> => {
    const fields = Array.from({ length: random.below(5) }, () => [
      random.pick(names),
      depth > 0 && random.below(3) === 0 ? object(depth - 1) : random.below(9),
    ])
    return Object.fromEntries(fields) as Record<string, unknown>
  }
  for (let turn = 0; turn < 20_000; turn++) {
    const value = turn % 3 === 0 ? { time: turn, user: 'u' } : object(3)
    expect(decodeBytes(canonicalBytes(value))).toEqual(value)
  }
})
