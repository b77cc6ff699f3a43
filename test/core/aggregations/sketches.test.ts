// Sketches on small inputs: the bytes of their states, worked out by hand from the definitions, and the merge of two
// halves.

import { describe, expect, it } from 'vitest'
import type { Column } from '../../../core/aggregations/columns/column.ts'
import { makeColumn } from '../../../core/aggregations/columns/make-column.ts'
import type { UnnamedAggregation } from '../../../core/plan/aggregation-spec.ts'
import { denseEntry, estimateCount, sparseEntry } from '../../../core/sketches/cardinality.ts'
import { blake2s } from '../../../core/values/blake2s.ts'
import { ByteReader, ByteWriter, bytesToHex } from '../../../core/values/bytes.ts'
import { canonicalBytes } from '../../../core/values/canonical.ts'
import { readVarint, writeVarint } from '../../../core/values/varint.ts'

function filled(spec: UnnamedAggregation, values: readonly unknown[], first = 0): Column {
  const column = makeColumn(
    { name: 'x', ...spec },
    { identityOf: (lineage: number) => Uint8Array.of(lineage >> 8, lineage & 255), positionOf: noOwn },
    noOwn,
  )
  column.grow(1)
  values.forEach((value, i) => {
    column.add(0, ...([value, 0, first + i] as never[]))
  })
  return column
}

function noOwn(): never {
  throw new Error('no aggregation of an author')
}

function stateOf(column: Column): Uint8Array {
  const w = new ByteWriter()
  column.write(0, w)
  return w.take()
}

const hex = (column: Column): string => bytesToHex(stateOf(column))

describe.each<[string, UnnamedAggregation, readonly unknown[]]>([
  ['approxCountDistinct, sparse', { kind: 'approxCountDistinct', precision: 14 }, numbers(300)],
  ['approxCountDistinct, dense', { kind: 'approxCountDistinct', precision: 4 }, numbers(300)],
  ['approxQuantiles', { kind: 'approxQuantiles', quantiles: [0.1, 0.5], accuracy: 0.02 }, numbers(300)],
  ['approxMembership, sparse', { kind: 'approxMembership', bits: 65536, hashes: 4 }, numbers(300)],
  ['approxMembership, dense', { kind: 'approxMembership', bits: 2048, hashes: 4 }, numbers(300)],
  ['approxFrequency, sparse', { kind: 'approxFrequency', width: 5000, depth: 3 }, numbers(300)],
  ['approxFrequency, dense', { kind: 'approxFrequency', width: 30, depth: 3 }, numbers(300)],
  ['sample', { kind: 'sample', k: 20 }, numbers(300)],
])('%s', (_, spec, values) => {
  it('of two halves that share values merges to that of all elements, in either order', () => {
    const [a, b] = [values.slice(0, 140), values.slice(140)]
    const whole = filled(spec, values)
    for (const parts of [
      [filled(spec, a), filled(spec, b, 140)],
      [filled(spec, b, 140), filled(spec, a)],
    ] as const) {
      parts[0].merge(0, new ByteReader(stateOf(parts[1])))
      expect(hex(parts[0])).toBe(hex(whole))
      expect(parts[0].present(0)).toEqual(whole.present(0))
    }
  })

  it('is read as far as it was written, whatever follows', () => {
    const w = new ByteWriter()
    const column = filled(spec, values)
    column.write(0, w)
    w.byte(1)
    const r = new ByteReader(w.take())
    filled(spec, []).merge(0, r)
    expect(r.byte()).toBe(1)
    expect(r.atEnd).toBe(true)
  })
})

/** Numbers of which each third occurs twice. */
function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => (i % 3 === 0 ? 1000 + (i % 60) : i))
}

describe('the state of', () => {
  it('approxCountDistinct holds one register of precision 25 as a varint', () => {
    const [first, second] = blake2s(canonicalBytes('a')) as unknown as [number, number]
    const text = first.toString(2).padStart(32, '0') + second.toString(2).padStart(32, '0')
    const entry = Number.parseInt(text.slice(0, 25), 2) * 64 + (text.slice(25).indexOf('1') + 1)
    const w = new ByteWriter()
    writeVarint(w, entry)
    expect(hex(filled({ kind: 'approxCountDistinct', precision: 14 }, ['a', 'a']))).toBe(
      `010001${bytesToHex(w.take())}`,
    )
  })

  it('approxQuantiles holds the numbers of buckets and their counts', () => {
    // Zero is bucket 0, 2^25 above the base of the differences: 80 80 80 10. Infinity is bucket 2^24: 80 80 80 08.
    const spec: UnnamedAggregation = { kind: 'approxQuantiles', quantiles: [0, 1], accuracy: 0.01 }
    const column = filled(spec, [0, -0, 0n, Number.POSITIVE_INFINITY])
    expect(hex(column)).toBe('010280808010038080800801')
    expect(column.present(0)).toEqual([0, Number.POSITIVE_INFINITY])
  })

  it('approxMembership and approxFrequency hold the bytes that rows show', () => {
    const filter = filled({ kind: 'approxMembership', bits: 64, hashes: 1 }, ['a'])
    const { bytes } = filter.present(0) as { bytes: Uint8Array }
    expect(bytesToHex(bytes)).toMatch(/^0100000000[0-3][0-9a-f]$/)
    expect(hex(filter)).toBe(`00000006${bytesToHex(bytes)}`)
    const often = filled({ kind: 'approxFrequency', width: 1, depth: 2 }, Array(300).fill('a'))
    expect(hex(often)).toBe('00000007010201012c012cac02') // two cells of 2 bytes, all written; 300 in all
  })

  it('sample holds hashes, then values', () => {
    const column = filled({ kind: 'sample', k: 1 }, ['a'], 258)
    const words = blake2s(Uint8Array.of(1, 2))
    expect(hex(column)).toBe(`0101${bytesToHex(new Uint8Array(words.buffer))}${bytesToHex(canonicalBytes('a'))}`)
  })
})

describe('registers', () => {
  it('count the zeros after the bits of their index', () => {
    expect(sparseEntry(Uint32Array.of(0xffffffff, 0))).toBe((2 ** 25 - 1) * 64 + 1)
    expect(sparseEntry(Uint32Array.of(128 + 1, 0))).toBe(64 + 7)
    expect(sparseEntry(Uint32Array.of(128, 1))).toBe(64 + 39)
    expect(sparseEntry(Uint32Array.of(128, 0))).toBe(64 + 40)
  })

  it('of a lesser precision are those of the hash itself', () => {
    for (let i = 0; i < 2000; i++) {
      const hash = blake2s(canonicalBytes(i))
      if (i % 2 === 0) hash[0] = ((hash[0] as number) & 0xff000000) >>> 0 // many zeros
      const text = [0, 1].map(w => (hash[w] as number).toString(2).padStart(32, '0')).join('')
      for (const precision of [4, 14, 18]) {
        const rank = `${text.slice(precision)}1`.indexOf('1') + 1
        expect(denseEntry(sparseEntry(hash), precision)).toBe(Number.parseInt(text.slice(0, precision), 2) * 64 + rank)
      }
    }
  })

  it('estimate 0 where none is in use, and a finite count where all are full', () => {
    const empty = [16, ...new Array<number>(61).fill(0)]
    expect(estimateCount(empty, 4)).toBe(0)
    expect(estimateCount([...empty.slice(1), 16], 4)).toBe(Number.POSITIVE_INFINITY)
    const nearly = new Array<number>(62).fill(0)
    nearly[60] = 16
    expect(estimateCount(nearly, 4) / 2 ** 63).toBeGreaterThan(0.5)
  })
})

it('varints hold every whole number up to 2^53 - 1', () => {
  for (const n of [0, 1, 127, 128, 300, 2 ** 31, 2 ** 32 + 5, 2 ** 53 - 1]) {
    const w = new ByteWriter()
    writeVarint(w, n)
    expect(readVarint(new ByteReader(w.take()))).toBe(n)
  }
})
