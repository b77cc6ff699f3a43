// Rows that were put aside: the compiled kernel against the one in JavaScript, and both against what the columns merge.

import { expect, it } from 'vitest'
import type { Column } from '../../../core/aggregations/columns/column.ts'
import { makeColumn } from '../../../core/aggregations/columns/make-column.ts'
import { LOADED_ROW } from '../../../core/kernel/kernel.ts'
import type { OwnKernel } from '../../../core/kernel/kernel-over.ts'
import { PackedTable } from '../../../core/kernel/packed-table.ts'
import { Regions } from '../../../core/kernel/regions.ts'
import { KeyIndex, KeyScratch } from '../../../core/operators/aggregate/key-index.ts'
import { MergedStates } from '../../../core/operators/aggregate/spilled/merged-states.ts'
import { type LoadedRows, SpilledRuns } from '../../../core/spill/spilled-runs.ts'
import { ByteWriter, bytesToHex, compareBytes } from '../../../core/values/bytes.ts'
import { canonicalBytes } from '../../../core/values/canonical.ts'
import { type Random, seededRandom } from '../../../testing/equivalence/random.ts'
import { memoryBlockSource } from '../../support/memory-state.ts'
import { INPUTS, SEED } from './support/inputs.ts'
import { compiled, twin } from './support/kernels.ts'

const KINDS = ['count', 'sum', 'mean', 'min', 'max'] as const

/** A part of a group: its key, and the numbers that are added to it. */
interface Part {
  readonly key: unknown
  readonly values: readonly (number | bigint)[]
}

interface Input {
  readonly kinds: readonly (typeof KINDS)[number][]
  readonly runs: readonly (readonly Part[])[]
  /** Bytes before and behind the key in that of a row. */
  readonly around: readonly [before: number, behind: number]
}

const NUMBERS: readonly ((random: Random) => number)[] = [
  r => r.below(1000),
  r => (r.below(2e9) - 1e9) / 100,
  r => (r.below(2 ** 30) - 2 ** 29) * 2 ** (r.below(60) - 30),
  () => 0,
  () => -0,
]
const ODD: readonly ((random: Random) => number | bigint)[] = [
  () => Number.NaN,
  () => Number.NEGATIVE_INFINITY,
  () => 1e300,
  r => 2 ** -(1000 + r.below(74)),
  r => BigInt(r.below(1e9)),
]

function randomInput(random: Random): Input {
  const odd = random.pick([0, 0, 5, 50])
  const keys = random.pick([2, 50, 1000])
  const kind = random.below(3)
  const keyOf = (n: number): unknown => (kind === 0 ? n - 3 : kind === 1 ? `k${n}` : [n, 'x'.repeat(n % 40), 'ä\0'])
  const value = (): number | bigint =>
    random.below(100) < odd ? random.pick(ODD)(random) : random.pick(NUMBERS)(random)
  const part = (): Part => ({
    key: keyOf(random.below(keys)),
    values: Array.from({ length: 1 + random.below(4) }, value),
  })
  return {
    kinds: Array.from({ length: 1 + random.below(4) }, () => random.pick(KINDS)),
    runs: Array.from({ length: 1 + random.below(4) }, () => {
      const parts = Array.from({ length: random.below(random.pick([2, 40, 3000])) }, part)
      return [...new Map(parts.map(p => [bytesToHex(canonicalBytes(p.key)), p])).values()]
    }),
    around: random.pick([
      [0, 0],
      [9, 0],
      [0, 9],
    ]),
  }
}

function columnsOf(own: OwnKernel, { kinds }: Input, slots: number): { columns: readonly Column[]; regions: Regions } {
  const regions = new Regions(own.memory)
  const never = (): never => expect.unreachable()
  const columns = kinds.map(kind =>
    makeColumn({ name: '', kind }, { identityOf: never, positionOf: never }, never, regions),
  )
  for (const column of columns) for (let size = 4; size / 2 <= slots + 1; size *= 2) column.grow(size)
  return { columns, regions }
}

/** Adds the numbers of a part as elements. */
function addPart({ kinds }: Input, columns: readonly Column[], slot: number, { values }: Part): void {
  for (const value of values)
    for (const [i, column] of columns.entries()) column.add(slot, ...((kinds[i] === 'count' ? [] : [value]) as never[]))
}

/** A run's rows, in the order of their keys. */
function rowsOf(input: Input, own: OwnKernel, parts: readonly Part[]): { key: Uint8Array; value: Uint8Array }[] {
  const [before, behind] = input.around
  const { columns, regions } = columnsOf(own, input, parts.length)
  const rows = parts.map((part, i) => {
    addPart(input, columns, i + 1, part)
    const w = new ByteWriter()
    for (const column of columns) column.write(i + 1, w)
    const key = [...new Uint8Array(before).fill(7), ...canonicalBytes(part.key), ...new Uint8Array(behind).fill(8)]
    return { key: Uint8Array.from(key), value: w.take() }
  })
  regions.giveAllBack()
  return rows.sort((a, b) => compareBytes(a.key, b.key))
}

/** Rows as a packed table of a kernel. */
function packed(own: OwnKernel, rows: readonly { key: Uint8Array; value: Uint8Array }[]): PackedTable {
  const regions = new Regions(own.memory)
  const bytes = regions.take(rows.reduce((sum, { key, value }) => sum + key.length + value.length, 0) + 16)
  const table = regions.words(3 * rows.length)
  let at = 0
  rows.forEach(({ key, value }, i) => {
    bytes.set(key, at)
    bytes.set(value, at + key.length)
    table.set([at, at + key.length, at + key.length + value.length], 3 * i)
    at += key.length + value.length
  })
  const order = regions.words(rows.length)
  order.forEach((_, i) => {
    order[i] = i
  })
  const places = { bytes, rows: table, stride: 3, order, keyEnd: 1, valueStart: 1, valueEnd: 2 }
  return new PackedTable(own, places, () => regions.giveAllBack())
}

/** Each group's key and state, after its parts went through runs and ranges. */
function throughRuns(own: OwnKernel, input: Input, rowsOfRange: number, seen: { odd: number; all: number }): string[] {
  const runs = new SpilledRuns(() => own, memoryBlockSource)
  for (const parts of input.runs) runs.add(packed(own, rowsOf(input, own, parts)))
  const found: string[] = []
  const [prefix, suffix] = input.around
  for (const range of runs.ranges({ rows: rowsOfRange, bytes: 1e9 })) {
    const most = input.runs.reduce((sum, parts) => sum + parts.length, 0)
    const { columns, regions } = columnsOf(own, input, most)
    const index = new KeyIndex(new KeyScratch(own))
    const keys = { at: regions.words(most + 2), lengths: regions.words(most + 2) }
    const states = new MergedStates({ columns, own, checkSize: () => seen.odd++, capacity: () => 0 })
    let size = 0
    for (const rows of range.rows()) {
      expect(isWithin(own, rows, range.from, range.to)).toBe(true)
      const slots = regions.words(rows.count)
      size += index.numberRows({ ...rows, from: 0, prefix, suffix }, size + 1, slots, keys)
      states.add(rows.table, 0, rows.count, slots)
      seen.all += rows.count
    }
    for (let slot = 1; slot <= size; slot++) {
      const w = new ByteWriter()
      for (const column of columns) column.write(slot, w)
      const at = keys.at[slot] as number
      const key = own.memory.bytes.subarray(at, at + (keys.lengths[slot] as number))
      found.push(`${bytesToHex(key)} ${bytesToHex(w.take())}`)
    }
    index.dispose()
    states.dispose()
    regions.giveAllBack()
  }
  runs.dispose()
  return found.sort()
}

/** Whether the keys of rows are in order, and in the range. */
function isWithin(own: OwnKernel, { table, count }: LoadedRows, from?: Uint8Array, to?: Uint8Array): boolean {
  const keys = Array.from({ length: count }, (_, i) =>
    own.memory.bytes.slice(table[LOADED_ROW.words * i], table[LOADED_ROW.words * i + 1]),
  )
  const [first, last] = [keys[0] as Uint8Array, keys.at(-1) as Uint8Array]
  const ascends = keys.every((key, i) => i === 0 || compareBytes(keys[i - 1] as Uint8Array, key) < 0)
  return (
    ascends &&
    (from === undefined || compareBytes(from, first) <= 0) &&
    (to === undefined || compareBytes(last, to) < 0)
  )
}

/** The same by adding all numbers to one group each. */
function added(own: OwnKernel, input: Input): string[] {
  const parts = new Map<string, Part[]>()
  for (const part of input.runs.flat()) {
    const key = bytesToHex(canonicalBytes(part.key))
    parts.set(key, [...(parts.get(key) ?? []), part])
  }
  const { columns, regions } = columnsOf(own, input, parts.size)
  const states = [...parts].map(([key, some], i) => {
    for (const part of some) addPart(input, columns, i + 1, part)
    const w = new ByteWriter()
    for (const column of columns) column.write(i + 1, w)
    return `${key} ${bytesToHex(w.take())}`
  })
  regions.giveAllBack()
  return states.sort()
}

it(`groups that were put aside come back with all their parts (seed ${SEED})`, { timeout: 60_000 + INPUTS }, () => {
  const random = seededRandom(SEED)
  const [js, wasm] = [twin(), compiled()]
  const [inJs, inWasm] = [
    { odd: 0, all: 0 },
    { odd: 0, all: 0 },
  ]
  for (let inputs = 0; inputs < INPUTS / 5; ) {
    const input = randomInput(random)
    const right = added(js, input)
    const rows = random.pick([1, 10, 500, 1e9])
    expect(throughRuns(js, input, rows, inJs)).toEqual(right)
    if (wasm !== undefined) expect(throughRuns(wasm, input, rows, inWasm)).toEqual(right)
    inputs += 1 + input.runs.reduce((sum, parts) => sum + parts.length, 0)
  }
  expect(inJs.odd).toBeGreaterThan(inJs.all / 100)
  expect(inJs.odd).toBeLessThan(inJs.all / 2)
  if (wasm !== undefined) expect(inWasm).toEqual(inJs)
})
