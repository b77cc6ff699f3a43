// About how much memory groups take: nothing is left over when they are cleared, and what grows is counted.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter } from '../../../core/values/bytes.ts'
import { addSample, CASES, columnOf } from './cases.ts'

/** Kinds whose states lie in arrays. */
const FIXED = /count$|sum|mean|variance|stddev|bounds/i

describe.each(CASES)('%s', (name, { spec, samples }) => {
  it('holds nothing once its slots are clear, however it was filled', () => {
    fc.assert(
      fc.property(fc.array(samples, { minLength: 1, maxLength: 4 }), lists => {
        const column = columnOf(spec)
        for (const [slot, list] of lists.entries()) for (const s of list) addSample(column, slot, spec, s)
        const w = new ByteWriter()
        column.write(0, w)
        column.merge(lists.length - 1, new ByteReader(w.view()))
        const held = column.held?.total ?? 0
        if (FIXED.test(name) && column.held === undefined) expect(held).toBe(0)
        else expect(held).toBeGreaterThanOrEqual(0)
        for (const slot of lists.keys()) column.clear(slot)
        expect(column.held?.total ?? 0).toBe(0)
      }),
    )
  })
})

it.each(['collectList', 'collectSet', 'countDistinct', 'histogram'])('%s counts what it keeps', kind => {
  const found = CASES.find(([, { spec }]) => spec.kind === kind && !('bounds' in spec && spec.bounds !== undefined))
  const { spec } = (found as (typeof CASES)[number])[1]
  const column = columnOf(spec)
  const heldAfter = (count: number): number => {
    for (let i = 0; i < count; i++)
      addSample(column, 1, spec, { of: `value ${count} ${i}`, by: 1, time: i, identity: i })
    return column.held?.total ?? 0
  }
  const [few, many] = [heldAfter(10), heldAfter(1000)]
  expect(few).toBeGreaterThan(10 * 24)
  expect(many).toBeGreaterThan(50 * few)
})

it.each(['first', 'last', 'min', 'max', 'minBy', 'maxBy'])('%s counts long values', kind => {
  const { spec } = (CASES.find(([, c]) => c.spec.kind === kind) as (typeof CASES)[number])[1]
  const column = columnOf(spec)
  const heldAfter = (slot: number, of: string): number => {
    const before = column.held?.total ?? 0
    addSample(column, slot, spec, { of, by: 1, time: 1, identity: 1 })
    return (column.held?.total ?? 0) - before
  }
  expect(heldAfter(1, 'x'.repeat(10_000))).toBeGreaterThan(10_000)
  expect(heldAfter(2, 'x')).toBeLessThan(500)
})
