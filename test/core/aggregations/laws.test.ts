// The laws that every aggregation keeps, by which batch may combine in any order and a stream commit after any record.
//
// Equal means: the same state bytes and the same canonical bytes of the result.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Column } from '../../../core/aggregations/columns/column.ts'
import { ByteReader, ByteWriter, bytesToHex } from '../../../core/values/bytes.ts'
import { canonicalBytes, decodeValue, encodeValue } from '../../../core/values/canonical.ts'
import { addSample, CASES, columnOf, referenceOf, type Sample } from './cases.ts'

const stateOf = (column: Column, slot: number): Uint8Array => {
  const w = new ByteWriter()
  column.write(slot, w)
  return w.take()
}

/** State and result of a slot, as text. */
const shown = (column: Column, slot: number): string =>
  `${bytesToHex(stateOf(column, slot))} ${bytesToHex(canonicalBytes(column.present(slot)))}`

const mergeInto = (column: Column, slot: number, state: Uint8Array): void => {
  const r = new ByteReader(state)
  column.merge(slot, r)
  expect(r.atEnd).toBe(true)
}

describe.each(CASES)('%s', (_name, { spec, samples }) => {
  const fold = (list: readonly Sample[]): { column: Column; state: Uint8Array; text: string } => {
    const column = columnOf(spec)
    for (const s of list) addSample(column, 1, spec, s)
    return { column, state: stateOf(column, 1), text: shown(column, 1) }
  }
  const merged = (...states: Uint8Array[]): string => {
    const column = columnOf(spec)
    for (const state of states) mergeInto(column, 1, state)
    return shown(column, 1)
  }

  it('gives what the reference gives', () => {
    fc.assert(
      fc.property(samples, list => {
        const expected = canonicalBytes(referenceOf(spec, list))
        expect(bytesToHex(canonicalBytes(fold(list).column.present(1)))).toBe(bytesToHex(expected))
      }),
    )
  })

  it('does not depend on the order of elements', () => {
    fc.assert(
      fc.property(samples, fc.infiniteStream(fc.nat()), (list, random) => {
        const weights = new Map(list.map(s => [s, random.next().value as number]))
        const shuffled = [...list].sort((a, b) => (weights.get(a) as number) - (weights.get(b) as number))
        expect(fold(shuffled).text).toBe(fold(list).text)
      }),
    )
  })

  it('merges to the result of all elements, in any order and grouping', () => {
    fc.assert(
      fc.property(samples, fc.nat(), fc.nat(), (list, i, j) => {
        const [x, y] = [1 + (i % list.length), 1 + (j % list.length)].sort((a, b) => a - b) as [number, number]
        const parts = [list.slice(0, x), list.slice(x, y), list.slice(y)].filter(part => part.length > 0)
        const states = parts.map(part => fold(part).state)
        const whole = fold(list).text
        expect(merged(...states)).toBe(whole)
        expect(merged(...[...states].reverse())).toBe(whole)
        const [first, ...rest] = states as [Uint8Array, ...Uint8Array[]]
        const grouped = columnOf(spec)
        for (const state of rest) mergeInto(grouped, 2, state)
        if (rest.length > 0) expect(merged(first, stateOf(grouped, 2))).toBe(whole)
      }),
    )
  })

  it('reads a state back by merging it into an empty slot, also one that was cleared', () => {
    fc.assert(
      fc.property(samples, samples, (list, before) => {
        const { state, text } = fold(list)
        expect(merged(state)).toBe(text)
        const column = fold(before).column
        column.clear(1)
        mergeInto(column, 1, state)
        expect(shown(column, 1)).toBe(text)
      }),
    )
  })

  it('has a state that can be read after a string in the same buffer', () => {
    fc.assert(
      fc.property(samples, list => {
        const { column, text } = fold(list)
        const w = new ByteWriter()
        encodeValue(w, 'a\0')
        column.write(1, w)
        const r = new ByteReader(w.take())
        expect(decodeValue(r)).toBe('a\0')
        expect(merged(r.source.subarray(r.position))).toBe(text)
      }),
    )
  })

  it('keeps slots separate, also when it grows', () => {
    fc.assert(
      fc.property(samples, samples, (list, other) => {
        const column = columnOf(spec, 2)
        for (const s of list) addSample(column, 1, spec, s)
        column.grow(64)
        for (const s of other) addSample(column, 40, spec, s)
        column.endChunk?.()
        expect(shown(column, 1)).toBe(fold(list).text)
        expect(shown(column, 40)).toBe(fold(other).text)
      }),
    )
  })
})
