// Both indexes of groups against a plain map: the same slots whatever windows and keys come, go and come again.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ApartIndex, type GroupIndex } from '../../../../core/operators/aggregate/group-index.ts'
import { OverlappingIndex } from '../../../../core/operators/aggregate/overlapping-index.ts'
import { AWKWARD_KEYS } from '../../../support/random-log.ts'

/** Keys of all kinds; a composite one is another object each time. */
const keys = fc.oneof(
  fc.constantFrom<unknown>(...AWKWARD_KEYS, 0, 1, -0, 1.5, Number.NaN, true, false, null, 7n, -7n),
  fc.nat(300).map(n => `k${n}`),
  fc.tuple(fc.nat(3), fc.constantFrom('a', 'b')),
)

const steps = fc.array(
  fc.oneof(
    { weight: 20, arbitrary: fc.record({ first: fc.nat(12), windows: fc.integer({ min: 1, max: 4 }), key: keys }) },
    { weight: 1, arbitrary: fc.record({ drop: fc.nat(15) }) },
  ),
  { maxLength: 400, size: 'max' },
)

const nameOf = (start: number, key: unknown): string =>
  `${start} ${typeof key} ${Array.isArray(key) ? JSON.stringify(key) : String(key)}`

describe.each<[string, (byslot: unknown[]) => GroupIndex]>([
  ['apart', bySlot => new ApartIndex(bySlot)],
  ['overlapping', () => new OverlappingIndex()],
])('%s', (_, make) => {
  it('finds what was added, and nothing that was dropped', () => {
    fc.assert(
      fc.property(steps, all => {
        const bySlot: unknown[] = []
        const index = make(bySlot)
        const model = new Map<string, { readonly start: number; readonly slot: number }>()
        for (const step of all) {
          if ('drop' in step) {
            index.drop(step.drop)
            for (const [name, { start }] of model) if (start === step.drop) model.delete(name)
          } else {
            for (let start = step.first; start < step.first + step.windows; start++) {
              const name = nameOf(start, step.key)
              const found = index.find(start, step.key)
              expect(found).toBe(model.get(name)?.slot ?? -1)
              if (found >= 0) continue
              index.add(bySlot.length)
              model.set(name, { start, slot: bySlot.length })
              bySlot.push(step.key)
            }
          }
          const starts = [...new Set([...model.values()].map(({ start }) => start))].sort((a, b) => a - b)
          expect(index.starts().filter(start => [...index.slotsOf(start)].length > 0)).toEqual(starts)
        }
        for (const start of index.starts()) {
          const slots = [...model.values()].filter(g => g.start === start).map(g => g.slot)
          expect([...index.slotsOf(start)].sort((a, b) => a - b)).toEqual(slots)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('forgets keys by the thousand', () => {
    const bySlot: unknown[] = []
    const index = make(bySlot)
    for (let window = 0; window < 60; window++) {
      for (let i = 0; i < 500; i++) {
        // Some keys stay, most come once.
        const key = i < 20 ? `stays ${i}` : `${window} ${i}`
        for (const start of [window, window + 1]) {
          if (index.find(start, key) >= 0) continue
          index.add(bySlot.length)
          bySlot.push(key)
        }
      }
      index.drop(window - 3)
    }
    for (const start of index.starts()) {
      for (const slot of index.slotsOf(start)) expect(index.find(start, bySlot[slot])).toBe(slot)
    }
    expect(index.starts()).toEqual([57, 58, 59, 60])
  })
})
