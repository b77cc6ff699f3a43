// Keys in byte order, against a plain sort.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newKernel } from '../../../../core/kernel/kernel-over.ts'
import { SortedKeys } from '../../../../core/operators/aggregate/sorted-keys.ts'
import { bytesToHex, compareBytes } from '../../../../core/values/bytes.ts'
import { canonicalBytes, encodeValue } from '../../../../core/values/canonical.ts'
import { kernelModule } from '../../../../host/kernel-module.ts'
import { AWKWARD_KEYS } from '../../../support/random-log.ts'

const key = fc.oneof(
  fc.constantFrom<unknown>(...AWKWARD_KEYS, null, true, 0, -1, 1e300, Number.NaN, 5n, [1], { a: 1 }),
  fc.nat(300).map(n => `user-${String(n).padStart(7, '0')}`),
  fc.string({ maxLength: 3 }).map(s => `a long beginning that many keys share ${s}`),
  fc.array(fc.constantFrom('a', 'b'), { maxLength: 12 }).map(list => list.join('')),
)
const distinctKeys = fc.uniqueArray(key, { maxLength: 200, selector: k => bytesToHex(canonicalBytes(k)) })

describe('SortedKeys', () => {
  it('is the order of compareBytes', () => {
    fc.assert(
      fc.property(distinctKeys, keys => {
        const sorted = new SortedKeys(newKernel(kernelModule()))
        for (const slot of keys.keys()) sorted.add(slot, w => encodeValue(w, keys[slot]))
        sorted.sort()
        const expected = keys
          .map((k, slot) => ({ bytes: canonicalBytes(k), slot }))
          .sort((a, b) => compareBytes(a.bytes, b.bytes))
        expect(sorted.count).toBe(keys.length)
        expect(expected.map((_, rank) => sorted.slotAt(rank))).toEqual(expected.map(e => e.slot))
        expect(expected.map((_, rank) => bytesToHex(sorted.keyAt(rank)))).toEqual(
          expected.map(e => bytesToHex(e.bytes)),
        )
      }),
      { numRuns: 500 },
    )
  })

  it('sorts a key that is a prefix of all others first', () => {
    const keys = ['a', ...Array.from({ length: 20 }, (_, i) => `a\0${(i * 7) % 20}`), 'a\0']
    const sorted = new SortedKeys(newKernel(kernelModule()))
    for (const [slot, k] of keys.entries()) sorted.add(slot, w => encodeValue(w, k))
    sorted.sort()
    expect(keys.map((_, rank) => keys[sorted.slotAt(rank)])).toEqual([...keys].sort())
  })

  it('sorts many keys that differ late', () => {
    const keys = Array.from({ length: 5000 }, (_, i) => `user-${((i * 7919) % 5000).toString(2).padStart(20, '0')}`)
    const sorted = new SortedKeys(newKernel(kernelModule()))
    for (const [slot, k] of keys.entries()) sorted.add(slot, w => encodeValue(w, k))
    sorted.sort()
    expect(keys.map((_, rank) => keys[sorted.slotAt(rank)])).toEqual([...keys].sort())
  })
})
