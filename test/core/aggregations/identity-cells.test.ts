// Identity bytes by slot against a map.

import { expect, it } from 'vitest'
import { IdentityCells } from '../../../core/aggregations/columns/identity-cells.ts'
import { bytesToHex } from '../../../core/values/bytes.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'

it('keep the last identity of each slot, of any length, also the empty one', () => {
  const random = seededRandom(1)
  const cells = new IdentityCells()
  const known = new Map<number, string>()
  let capacity = 0
  for (let turn = 0; turn < 20_000; turn++) {
    if (turn % 4000 === 0) {
      capacity = Math.max(8, 4 * capacity)
      cells.grow(capacity)
    }
    const slot = random.below(capacity)
    if (random.below(10) === 0) {
      cells.clear(slot)
      known.delete(slot)
    } else {
      const length = random.below(random.pick([1, 30, 200, turn % 1000 === 0 ? 3_000_000 : 100]))
      const identity = new Uint8Array(length).fill(random.below(256))
      cells.set(slot, identity)
      known.set(slot, bytesToHex(identity))
    }
    const other = random.below(capacity)
    expect(cells.has(other)).toBe(known.has(other))
    if (cells.has(other)) expect(bytesToHex(cells.get(other))).toBe(known.get(other))
  }
  for (const [slot, identity] of known) expect(bytesToHex(cells.get(slot))).toBe(identity)
})
