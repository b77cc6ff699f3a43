// Records into columns: the compiled kernel against the one in JavaScript, and both against the obvious decoder.
//
// `npm run kernel-fuzz -- --inputs 10000000 --seed 7` runs it longer.

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { makeDecoder } from '../../../core/decode/decoder.ts'
import { type ColumnSpec, type DecodeProgram, programOf } from '../../../core/kernel/decode/program.ts'
import { RecordColumns } from '../../../core/kernel/decode/record-columns.ts'
import { isWhole } from '../../../core/kernel/decode/record-packer.ts'
import type { OwnKernel } from '../../../core/kernel/kernel-over.ts'
import type { Chunk } from '../../../core/log/chunk.ts'
import type { Schema, SchemaDocument, Uses } from '../../../core/plan/schema.ts'
import { bytesToHex } from '../../../core/values/bytes.ts'
import { canonicalBytes } from '../../../core/values/canonical.ts'
import { type Random, seededRandom } from '../../../testing/equivalence/random.ts'
import { exactText, records, schemas, usesOf } from '../../compiler/7-emit/arbitraries.ts'
import { jsonText } from '../../compiler/7-emit/json-texts.ts'
import { INPUTS, SEED } from './support/inputs.ts'
import { compiled, twin } from './support/kernels.ts'

const utf8 = new TextEncoder()
/** Records that are made of one type. */
const RECORDS = 120

/** Records one after the other, with bytes between them that would go on with the JSON of a record that is cut off. */
function chunkOf(list: readonly (Uint8Array | null)[], between: Uint8Array): Chunk {
  const starts = new Int32Array(list.length)
  const ends = new Int32Array(list.length)
  const bytes: number[] = []
  list.forEach((record, i) => {
    starts[i] = record === null ? -1 : bytes.length
    if (record !== null) bytes.push(...record)
    ends[i] = record === null ? -1 : bytes.length
    bytes.push(...between)
  })
  return { bytes: Uint8Array.from(bytes), count: list.length, valueStart: starts, valueEnd: ends } as unknown as Chunk
}

interface Read {
  readonly values: readonly unknown[]
  readonly packed: string | null
}

/**
 * Of each record the values of all columns, and the canonical bytes of those whose every part is in one; null where it
 * is odd.
 */
function read(own: OwnKernel, program: DecodeProgram, chunk: Chunk): (Read | null)[] {
  const columns = new RecordColumns(own.memory, own.kernel, program)
  const readers = program.columns.map((column, i) => reader(columns, column, i))
  const packs = isWhole(program.root)
  const out: (Read | null)[] = []
  for (let from = 0; from < chunk.count; ) {
    const to = columns.read(chunk, from, chunk.count)
    for (let i = 0; i < to - from; i++) {
      if (columns.odd[i] === 1) out.push(null)
      else out.push({ values: readers.map(at => at(i)), packed: packs ? bytesToHex(columns.packed(i)) : null })
    }
    from = to
  }
  return out
}

function reader(columns: RecordColumns, { kind, optional, nullable }: ColumnSpec, i: number): (row: number) => unknown {
  const presence = optional || nullable ? columns.presence(i) : null
  const numbers = kind === 'number' ? columns.numbers(i) : null
  const booleans = kind === 'boolean' ? columns.booleans(i) : null
  const texts = kind === 'text' ? columns.texts(i) : null
  return row => {
    if (presence?.[row] === 0) return undefined
    if (presence?.[row] === 2) return null
    return numbers?.[row] ?? texts?.text(row) ?? booleans?.[row] === 1
  }
}

const partAt = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>((part, name) => (part as Record<string, unknown> | undefined)?.[name], value)

/** A record with some bytes changed, and mostly still of the same shape. */
function mutated(record: Uint8Array, random: Random): Uint8Array {
  const bytes = [...record]
  for (let edits = random.below(3); edits > 0 && bytes.length > 0; edits--) {
    const at = random.below(bytes.length)
    const kind = random.below(4)
    const byte =
      random.below(3) === 0 ? random.below(256) : '{}[]",:\\u0019eE+-.tfn \t'.charCodeAt(random.below(24)) | 0
    if (kind === 0) bytes[at] = byte
    else if (kind === 1) bytes.splice(at, 1)
    else if (kind === 2) bytes.splice(at, 0, byte)
    else bytes.splice(at, 0, ...bytes.slice(at, at + random.below(12)))
  }
  return Uint8Array.from(bytes)
}

/** Compares both kernels and the obvious decoder; returns how many records it takes and how many they take. */
function compare(
  schema: SchemaDocument,
  program: DecodeProgram,
  list: readonly (Uint8Array | null)[],
): [number, number] {
  const chunk = chunkOf(list, utf8.encode('\n'))
  const expected = read(twin(), program, chunk)
  const own = compiled()
  if (own !== undefined) expect(exactText(read(own, program, chunk))).toBe(exactText(expected))
  const obvious = makeDecoder({ kind: 'json' }, schema)
  let [right, taken] = [0, 0]
  list.forEach((record, i) => {
    const decoded = record === null ? null : obvious(record)
    if (decoded?.ok === true) right++
    const got = expected[i]
    if (got === null || got === undefined) return
    taken++
    const text = new TextDecoder().decode(record ?? new Uint8Array(0))
    expect(decoded, text).toMatchObject({ ok: true })
    const value = (decoded as { readonly value: unknown }).value
    expect(exactText(got.values), text).toBe(exactText(program.columns.map(c => partAt(value, c.path))))
    if (got.packed !== null) expect(got.packed, text).toBe(bytesToHex(canonicalBytes(value)))
  })
  return [right, taken]
}

it(`agrees on random types and records (seed ${SEED})`, { timeout: 60_000 + INPUTS }, () => {
  const random = seededRandom(SEED)
  let [inputs, right, taken, turn] = [0, 0, 0, 0]
  while (inputs < 0.7 * INPUTS) {
    const [schema] = fc.sample(schemas, { seed: SEED + ++turn, numRuns: 1 }) as [SchemaDocument]
    const [some] = fc.sample(usesOf(schema), { seed: SEED + turn, numRuns: 1 }) as [Uses]
    const uses = turn % 2 === 0 ? true : some
    const program = programOf(schema, uses)
    if (program === null) continue
    const whole = fc.sample(records(schema), { seed: SEED + turn, numRuns: 12 })
    const list = Array.from({ length: RECORDS }, (_, i) =>
      i === 5 ? null : i < 12 ? (whole[i] as Uint8Array) : mutated(whole[random.below(12)] as Uint8Array, random),
    )
    const [these, those] = compare(schema, program, list)
    inputs += list.length
    right += these
    taken += those
  }
  // A kernel that calls every record odd would agree too.
  expect(right).toBeGreaterThan(inputs / 20)
  expect(taken / right).toBeGreaterThan(0.6)
})

const field = (name: string, schema: Schema, optional = false) => ({ name, schema, optional })

it(`reads texts from the corners of the grammar as JSON.parse does (seed ${SEED})`, {
  timeout: 60_000 + INPUTS,
}, () => {
  const random = seededRandom(SEED)
  const fields = [field('k', { kind: 'number' }), field('v', { kind: 'unknown' }, true)]
  const schema: SchemaDocument = { root: { kind: 'object', fields }, defs: {} }
  const program = programOf(schema, { k: true }) as DecodeProgram
  const wholes = ['{"k":1,"v":', '{"z":', '{"k":', '{"k":-0.0,"v":[', '{"v":{"q":']
  const ends = ['}', ',"k":7}', '}', ']}', '},"k":3e0}']
  for (let inputs = 0; inputs < 0.3 * INPUTS; inputs += 1000) {
    const list = Array.from({ length: 1000 }, () => {
      const place = random.below(wholes.length)
      const text = jsonText(random)
      const bytes = typeof text === 'string' ? utf8.encode(text) : text
      return Uint8Array.from([...utf8.encode(wholes[place]), ...bytes, ...utf8.encode(ends[place])])
    })
    compare(schema, program, list)
  }
})

/** Characters of JSON strings, as they are and escaped. */
const CHARACTERS = ['a', 'é', '한', '🐦', '\\"', '\\\\', '\\/', '\\n', '\\t', '\\r', '\\b', '\\f']
const UNITS = [
  '\\u0041',
  '\\u00e9',
  '\\uD55c',
  '\\ud83D\\udc26',
  '\\u001f',
  '\\u007f',
  '\\u0080',
  '\\u07ff',
  '\\u0800',
  '\\uffff',
]
const HALVES = ['\\ud83d', '\\udc26', '\\u0000', '\\ud83d\\n', '\\ud83d\\u0041']

it(`reads texts with escapes (seed ${SEED})`, { timeout: 60_000 + INPUTS }, () => {
  const random = seededRandom(SEED)
  const text: Schema = { kind: 'string' }
  const nullable: Schema = { kind: 'union', members: [text, { kind: 'null' }], discriminant: null }
  const fields = [
    field('b', nullable, true),
    field('a', text),
    field('é', { kind: 'object', fields: [field('c', text)] }),
  ]
  const schema: SchemaDocument = { root: { kind: 'object', fields }, defs: {} }
  const program = programOf(schema, true) as DecodeProgram
  for (let inputs = 0; inputs < 0.2 * INPUTS; inputs += 1000) {
    const halves = inputs % 2000 === 0 ? HALVES : []
    const one = () => random.pick([...CHARACTERS, ...UNITS, ...halves])
    const string = (): string => `"${Array.from({ length: random.below(random.pick([2, 12, 60])) }, one).join('')}"`
    const list = Array.from({ length: 1000 }, () => {
      const b = random.pick([() => '', () => ',"b":null', () => `,"b":${string()}`])()
      return utf8.encode(`{"a":${string()}${b},"é":{"c":${string()}}}`)
    })
    const [right, taken] = compare(schema, program, list)
    expect(right).toBe(list.length)
    if (halves.length === 0) expect(taken).toBe(list.length)
  }
})

it('reads doubles of many digits as JSON.parse does', () => {
  const random = seededRandom(SEED)
  const bits = new DataView(new ArrayBuffer(8))
  const schema: SchemaDocument = { root: { kind: 'object', fields: [field('x', { kind: 'number' })] }, defs: {} }
  const list = Array.from({ length: 20_000 }, () => {
    bits.setUint32(0, random.below(2 ** 32))
    bits.setUint32(4, random.below(2 ** 32))
    const x = random.below(2) === 0 ? bits.getFloat64(0) : bits.getInt32(0) / 10 ** random.below(12)
    return utf8.encode(`{"x":${Number.isFinite(x) ? x : 0}}`)
  })
  const [right, taken] = compare(schema, programOf(schema, true) as DecodeProgram, list)
  expect([right, taken]).toEqual([list.length, list.length])
})

it('says what it does not read', () => {
  const of = (schema: Schema, uses: Uses = true) => programOf({ root: schema, defs: {} }, uses)
  const object = (...fields: ReturnType<typeof field>[]): Schema => ({ kind: 'object', fields })
  expect(of({ kind: 'string' })).toBe(null)
  expect(of(object(field('a', { kind: 'bigint' })))).toBe(null)
  expect(of(object(field('a', { kind: 'bigint' })), {})).not.toBe(null)
  expect(of(object(field('a', { kind: 'array', items: { kind: 'number' } })))).toBe(null)
  expect(of(object(field('a', object(field('b', { kind: 'number' })), true)))).toBe(null)
  expect(of(object(field('a"b', { kind: 'number' })))).toBe(null)
  expect(of(object(field('a', object(field('b', { kind: 'number' })))))?.columns).toEqual([
    { path: ['a', 'b'], kind: 'number', optional: false, nullable: false },
  ])
})
