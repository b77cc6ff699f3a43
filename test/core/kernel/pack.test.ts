// Rows by a program: the compiled kernel against the one in JavaScript, and both against what the columns write.

import { expect, it } from 'vitest'
import type { Column } from '../../../core/aggregations/columns/column.ts'
import { makeColumn } from '../../../core/aggregations/columns/make-column.ts'
import type { OwnKernel } from '../../../core/kernel/kernel-over.ts'
import { RowProgram } from '../../../core/kernel/pack/row-program.ts'
import { Regions } from '../../../core/kernel/regions.ts'
import { RowValue } from '../../../core/operators/aggregate/row-value.ts'
import type { AggregationSpec } from '../../../core/plan/aggregation-spec.ts'
import { ByteWriter, bytesToHex } from '../../../core/values/bytes.ts'
import { canonicalBytes, encodeValue } from '../../../core/values/canonical.ts'
import { type Random, seededRandom } from '../../../testing/equivalence/random.ts'
import { INPUTS, SEED } from './support/inputs.ts'
import { compiled, twin } from './support/kernels.ts'

const KINDS = ['count', 'sum', 'mean', 'min', 'max'] as const

/** A row has its start, the ends of its key, value and state, and its slot. */
const STRIDE = 5
const MOST_ROW = 4000

/** What is done to one group: its key, and the numbers that are added. */
interface Group {
  readonly key: unknown
  readonly start: number
  readonly values: readonly unknown[]
}

interface Input {
  readonly fields: readonly AggregationSpec[]
  readonly groups: readonly Group[]
  readonly bare: boolean
}

const PLAIN: readonly ((random: Random) => unknown)[] = [
  r => r.below(1000),
  r => (r.below(2e9) - 1e9) / 100,
  r => (r.below(2 ** 30) - 2 ** 29) * 2 ** (r.below(60) - 30),
  () => 0,
  () => -0,
]
const ODD: readonly ((random: Random) => unknown)[] = [
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => 1e300,
  () => -1e300,
  r => 2 ** -(1000 + r.below(74)),
  r => BigInt(r.below(1e9)),
]

function randomInput(random: Random): Input {
  const kinds = Array.from({ length: 1 + random.below(4) }, () => random.pick(KINDS))
  const odd = random.pick([0, 0, 5, 50])
  const texts = random.below(4) === 0
  const fields = kinds.map((kind, i) => ({ name: random.pick(['', 'ä', 'b', 'x\0y']) + i, kind }) as AggregationSpec)
  const value = (): unknown => (random.below(100) < odd ? random.pick(ODD)(random) : random.pick(PLAIN)(random))
  const text = (): unknown => random.pick(['a', 'b', true])
  const onlyExtremes = kinds.every(kind => kind === 'min' || kind === 'max')
  const groups = Array.from({ length: random.below(random.pick([2, 40, 400])) }, () => ({
    key: random.pick<unknown>([random.below(1e6), `k${random.below(1e9)}`, 'x'.repeat(random.below(60)), [1, 'a']]),
    start: (random.below(2000) - 1000) * 3_600_000,
    values: Array.from({ length: 1 + random.below(5) }, texts && onlyExtremes ? text : value),
  }))
  return { fields, groups, bare: fields.length === 1 && random.below(2) === 0 }
}

/** Columns with all groups, the first in slot 1. */
function filled(own: OwnKernel, { fields, groups }: Input): { columns: readonly Column[]; regions: Regions } {
  const regions = new Regions(own.memory)
  const never = (): never => expect.unreachable()
  const columns = fields.map(field => makeColumn(field, { identityOf: never, positionOf: never }, never, regions))
  for (const [i, column] of columns.entries()) {
    for (let size = 4; size / 2 <= groups.length + 1; size *= 2) column.grow(size)
    groups.forEach(({ values }, group) => {
      for (const value of values) column.add(group + 1, ...((fields[i]?.kind === 'count' ? [] : [value]) as never[]))
    })
  }
  return { columns, regions }
}

/** The rows of a kernel as text, where it stopped as `odd`. */
function packed(own: OwnKernel, input: Input): string[] {
  const { columns, regions } = filled(own, input)
  const { groups, fields, bare } = input
  const keys = regions.take(MOST_ROW * (groups.length + 1))
  const [at, lengths] = [regions.words(groups.length + 1), regions.words(groups.length + 1)]
  const starts = regions.floats(groups.length + 1)
  let end = 0
  groups.forEach(({ key, start }, group) => {
    const bytes = canonicalBytes(key)
    keys.set(bytes, end)
    at[group + 1] = keys.byteOffset + end
    lengths[group + 1] = bytes.length
    starts[group + 1] = start
    end += bytes.length
  })
  const program = new RowProgram().number(starts).part(at, lengths).mark(1)
  new RowValue(fields, bare, columns).stored.pack?.(program)
  program.mark(2)
  for (const column of columns) column.packState?.(program)
  const { address, operations } = program.mark(3).slot(4).placed(regions)
  const slots = regions.words(groups.length).map((_, i) => i + 1)
  const list = regions.words(groups.length)
  list.set(slots)
  const table = regions.words(STRIDE * groups.length)
  const bytes = regions.take(program.mostBytesOf(groups.length, end) + 16)
  const rows: string[] = []
  for (let done = 0; done < groups.length; done++) {
    const [from, left] = [list.byteOffset + 4 * done, groups.length - done]
    const count = own.kernel.packRows(
      address,
      operations,
      from,
      left,
      table.byteOffset,
      4 * STRIDE,
      bytes.byteOffset,
      3,
    )
    for (let row = 0; row < count; row++) {
      const words = [...table.subarray(row * STRIDE, (row + 1) * STRIDE)] as [number, number, number, number, number]
      expect(words[0]).toBe(row === 0 ? 3 : table[(row - 1) * STRIDE + 3])
      const parts = [0, 1, 2].map(i => bytesToHex(bytes.subarray(words[i], words[i + 1])))
      rows.push(`${words[4]} ${parts.join(' ')}`)
    }
    done += count
    if (done < groups.length) rows.push(`${done + 1} odd`)
  }
  regions.giveAllBack()
  return rows
}

/** The same by the columns themselves. */
function written(own: OwnKernel, input: Input): string[] {
  const { columns, regions } = filled(own, input)
  const value = new RowValue(input.fields, input.bare, columns).stored
  const rows = input.groups.map(({ key, start }, group) => {
    const w = new ByteWriter()
    encodeValue(w, start)
    encodeValue(w, key)
    const keyEnd = w.length
    value.write(w, group + 1)
    const valueEnd = w.length
    for (const column of columns) column.write(group + 1, w)
    const bytes = w.take()
    const parts = [bytes.subarray(0, keyEnd), bytes.subarray(keyEnd, valueEnd), bytes.subarray(valueEnd)]
    return `${group + 1} ${parts.map(bytesToHex).join(' ')}`
  })
  regions.giveAllBack()
  return rows
}

it(`packs the rows that the columns write (seed ${SEED})`, { timeout: 60_000 + INPUTS }, () => {
  const random = seededRandom(SEED)
  const [js, wasm] = [twin(), compiled()]
  let [whole, odd] = [0, 0]
  for (let inputs = 0; inputs < INPUTS / 4; ) {
    const input = randomInput(random)
    const right = written(js, input)
    const rows = packed(js, input)
    if (wasm !== undefined) expect(packed(wasm, input)).toEqual(rows)
    expect(rows).toHaveLength(right.length)
    rows.forEach((row, i) => {
      if (row.endsWith('odd')) odd++
      else expect(row).toBe(right[i])
    })
    whole += rows.length
    inputs += input.groups.length + 1
  }
  expect(odd).toBeGreaterThan(whole / 100)
  expect(odd).toBeLessThan(whole / 3)
})
