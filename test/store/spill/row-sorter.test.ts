// The external sorter against a stable sort of an array.

import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import type { Rows } from '../../../core/state/rows.ts'
import { bytesToHex, compareBytes } from '../../../core/values/bytes.ts'
import { newRowSorter, SortingMemory } from '../../../store/index.ts'

const dir = mkdtempSync(join(tmpdir(), 'lyrebird-sorter-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** Keys that share prefixes, end in zero bytes, and repeat. */
const key = fc.oneof(
  fc.uint8Array({ maxLength: 3, max: 2 }),
  fc
    .tuple(fc.nat(20), fc.uint8Array({ maxLength: 10, max: 1 }))
    .map(([n, tail]) => Uint8Array.from([...Array(n).fill(9), ...tail])),
  fc.uint8Array({ maxLength: 20 }),
)

/** As many of the first ones are sorted as may be. */
const keysInSomeOrder = fc.array(key, { maxLength: 300 }).chain(keys =>
  fc.constantFrom(0, keys.length - 1, keys.length).map(sorted => {
    const first = keys.slice(0, Math.max(0, sorted)).sort(compareBytes)
    return [...first, ...keys.slice(first.length)]
  }),
)

test('rows come back sorted, equal keys in the order in which they were added', () => {
  fc.assert(
    fc.property(keysInSomeOrder, fc.constantFrom(1, 500, 3000, 1 << 20), (keys, memoryBytes) => {
      const sorter = newRowSorter({ memory: new SortingMemory(memoryBytes), dir })
      const rows = keys.map((k, i) => [k, new TextEncoder().encode(String(i))] as const)
      const scratch = new Uint8Array(64)
      for (const [k, v] of rows) {
        scratch.fill(255)
        scratch.set(k)
        sorter.add(scratch.subarray(0, k.length), v)
      }
      expect(sorter.rows).toBe(keys.length)
      const expected = [...rows].sort((a, b) => compareBytes(a[0], b[0]))
      expect(texts(sorter.sorted())).toEqual(texts(expected))
      expect(texts(sorter.sorted())).toEqual(texts(expected))
      sorter.dispose()
      expect(readdirSync(dir)).toEqual([])
    }),
    { numRuns: 200 },
  )
})

test('many rows with one prefix go through many temporary files', () => {
  const sorter = newRowSorter({ memory: new SortingMemory(200_000), dir })
  let state = 7
  const random = (): number => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9
    return state >>> 0
  }
  const keys = Array.from({ length: 40_000 }, () =>
    new TextEncoder().encode(`2026-01-01T00:00:00.000Z/${random() % 5000}`),
  )
  for (const k of keys) sorter.add(k, k.slice(-6))
  expect(readdirSync(dir)).toEqual([])
  expect(texts(sorter.sorted())).toEqual(
    texts(keys.map(k => [k, k.slice(-6)] as const).sort((a, b) => compareBytes(a[0], b[0]))),
  )
  sorter.dispose()
})

test('sorters that share their memory have what others leave, and their share in any case', () => {
  const memory = new SortingMemory(1000, 300)
  memory.changed(0, 800)
  expect([memory.mayHold(800), memory.mayHold(0)]).toEqual([1000, 300])
  memory.changed(0, 150)
  expect([memory.mayHold(800), memory.mayHold(150)]).toEqual([850, 300])
  memory.changed(800, 0)
  expect(memory.mayHold(150)).toBe(1000)
})

test('rows of sorters that share their memory, added in turn, stay apart, and the memory is given back', () => {
  const memory = new SortingMemory(9000, 2000)
  const sorters = [1, 2, 3].map(() => newRowSorter({ memory, dir }))
  for (let i = 0; i < 3000; i++) sorters[i % 3]?.add(Uint8Array.of(i >> 8, i), Uint8Array.of(i % 3))
  sorters.forEach((sorter, of) => {
    const rows = [...sorter.sorted()].map(([[high, low], [value]]) => [(high as number) * 256 + (low as number), value])
    expect(rows).toEqual(Array.from({ length: 1000 }, (_, i) => [3 * i + of, of]))
    sorter.dispose()
  })
  expect(memory.mayHold(0)).toBe(9000)
})

test('a row larger than the memory passes', () => {
  const sorter = newRowSorter({ memory: new SortingMemory(1000), dir })
  const large = new Uint8Array(3_000_000).fill(5)
  sorter.add(Uint8Array.of(2), large)
  sorter.add(Uint8Array.of(1), Uint8Array.of(1))
  sorter.add(large, Uint8Array.of(3))
  const rows = [...sorter.sorted()]
  expect(rows.map(([k, v]) => [k.length, k[0], v.length])).toEqual([
    [1, 1, 1],
    [1, 2, 3_000_000],
    [3_000_000, 5, 1],
  ])
  expect(compareBytes(rows[1]?.[1] as Uint8Array, large)).toBe(0)
  sorter.dispose()
})

test('rows that are equal in their first megabyte are sorted by what follows', () => {
  const sorter = newRowSorter({ memory: new SortingMemory(64 * 1024 * 1024), dir })
  const keys = [[2], [1, 1], [1], [3], [1, 0]].map(end => {
    const bytes = new Uint8Array(1_000_000 + end.length).fill(7)
    bytes.set(end, 1_000_000)
    return bytes
  })
  for (const k of keys) sorter.add(k, Uint8Array.of(1))
  expect([...sorter.sorted()].map(([k]) => [...k.subarray(1_000_000)])).toEqual([[1], [1, 0], [1, 1], [2], [3]])
  sorter.dispose()
})

const texts = (rows: Rows): string[] => [...rows].map(([k, v]) => `${bytesToHex(k)}=${bytesToHex(v)}`)
