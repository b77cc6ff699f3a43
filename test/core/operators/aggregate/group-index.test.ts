// Both indexes of groups against a plain map: the same slots whatever windows and keys come, go and come again.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { newKernel } from '../../../../core/kernel/kernel-over.ts'
import { Regions } from '../../../../core/kernel/regions.ts'
import { ApartIndex, type GroupIndex } from '../../../../core/operators/aggregate/group-index.ts'
import { KeyScratch } from '../../../../core/operators/aggregate/key-index.ts'
import { OverlappingIndex } from '../../../../core/operators/aggregate/overlapping-index.ts'
import { bytesToHex } from '../../../../core/values/bytes.ts'
import { canonicalBytes } from '../../../../core/values/canonical.ts'
import { kernelModule } from '../../../../host/kernel-module.ts'
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

type Moved = (slot: number, at: number, length: number) => void

const own = newKernel(kernelModule())
const scratch = new KeyScratch(own)

/** Sets a key, texts sometimes by their place in the kernel's memory. */
function enter(index: GroupIndex, key: unknown, byPlace: boolean): void {
  if (typeof key !== 'string' || /[\0\ud800-\udfff]/.test(key) || !byPlace) return index.enter(key)
  const text = new TextEncoder().encode(key)
  const place = new Regions(own.memory).take(text.length)
  place.set(text)
  index.enterText(place.byteOffset, text.length)
}

describe.each<[string, (moved: Moved) => GroupIndex]>([
  ['apart', () => new ApartIndex(scratch)],
  ['overlapping', moved => new OverlappingIndex(scratch, moved)],
])('%s', (_, make) => {
  it('finds what was added, and nothing that was dropped', () => {
    fc.assert(
      fc.property(steps, all => {
        let slots = 0
        const places = new Map<number, readonly [at: number, length: number]>()
        const index = make((slot, ...place) => void places.set(slot, place))
        const model = new Map<string, { readonly start: number; readonly slot: number }>()
        for (const step of all) {
          if ('drop' in step) {
            index.drop(step.drop)
            for (const [name, { start }] of model) if (start === step.drop) model.delete(name)
          } else {
            for (let start = step.first; start < step.first + step.windows; start++) {
              const name = nameOf(start, step.key)
              enter(index, step.key, start % 2 === 0)
              const found = index.find(start, slots)
              expect(found).toBe(model.get(name)?.slot ?? -1)
              const [at, length] =
                found < 0 ? [index.lastAt, index.lastLength] : (places.get(found) as [number, number])
              expect(bytesToHex(own.memory.bytes.slice(at, at + length))).toBe(bytesToHex(canonicalBytes(step.key)))
              if (found >= 0) continue
              places.set(slots, [at, length])
              model.set(name, { start, slot: slots++ })
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
    const places = new Map<number, readonly [at: number, length: number]>()
    const index = make((slot, ...place) => void places.set(slot, place))
    for (let window = 0; window < 60; window++) {
      for (let i = 0; i < 500; i++) {
        // Some keys stay, most come once.
        const key = i < 20 ? `stays ${i}` : `${window} ${i}`
        for (const start of [window, window + 1]) {
          enter(index, key, i % 3 === 0)
          if (index.find(start, bySlot.length) >= 0) continue
          places.set(bySlot.length, [index.lastAt, index.lastLength])
          bySlot.push(key)
        }
      }
      index.drop(window - 3)
    }
    for (const start of index.starts()) {
      for (const slot of [...index.slotsOf(start)]) {
        index.enter(bySlot[slot])
        expect(index.find(start, -5)).toBe(slot)
        const [at, length] = places.get(slot) as [number, number]
        expect(bytesToHex(own.memory.bytes.slice(at, at + length))).toBe(bytesToHex(canonicalBytes(bySlot[slot])))
      }
    }
    expect(index.starts()).toEqual([57, 58, 59, 60])
  })
})
