// Authors' formats without the compiler: what a `decode` lambda may give; outputs in every format are those of the
// reference.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeDecoder } from '../../core/decode/decoder.ts'
import { LyrebirdError, mustNotEndRun } from '../../core/errors.ts'
import type { Schema } from '../../core/plan/schema.ts'
import { reference } from '../../core/reference/reference.ts'
import { bytes, csv, format, formatParts, json, lines } from '../../dsl/sources/format.ts'
import { emittedModule } from '../compiler/7-emit/recording-target.ts'
import { choices, differenceOf, naturals, stream } from '../support/feeding.ts'
import { JOBS, type TestJob } from '../support/jobs/jobs.ts'
import { MemoryState } from '../support/memory-state.ts'
import { logArbitrary } from '../support/random-log.ts'

const CUSTOM = { kind: 'custom', name: 'own', definition: null } as const
const object = (fields: Record<string, Schema>): Schema => ({
  kind: 'object',
  fields: Object.entries(fields).map(([name, schema]) => ({ name, schema, optional: name.endsWith('Maybe') })),
})
const raw: Schema = { kind: 'bytes' }
const number: Schema = { kind: 'number' }
const bigint: Schema = { kind: 'bigint' }
const numeric: Schema = { kind: 'union', members: [bigint, number], discriminant: null }
const given = { value: undefined as unknown }

function decoded(
  root: Schema,
  decode: (b: Uint8Array) => unknown,
  input: Uint8Array | null = Uint8Array.of(1),
): unknown {
  const mustEnd = (error: unknown): void => mustNotEndRun('source-1', error)
  const decoding = makeDecoder(CUSTOM, { root, defs: {} }, { decode, mustEnd })(input)
  return decoding.ok ? { value: decoding.value } : `${decoding.path}: ${decoding.reason}`
}

describe('what decode gives', () => {
  class Point {
    readonly x = 1
  }
  const cases: readonly (readonly [string, Schema, unknown, unknown])[] = [
    ['the declared type', object({ a: number }), { a: 1 }, { value: { a: 1 } }],
    ['fields that are not declared are dropped', object({ a: number }), { a: 1, b: 2 }, { value: { a: 1 } }],
    ['an undefined field is absent', object({ aMaybe: number }), { aMaybe: undefined }, { value: {} }],
    ['a missing field', object({ a: number }), { a: undefined }, '$.a: missing field'],
    ['nothing', object({ a: number }), undefined, '$: expected object, got null'],
    ['minus zero is zero', number, -0, { value: 0 }],
    ['NaN is a number', number, Number.NaN, { value: Number.NaN }],
    ['an integer for a bigint', bigint, 7, { value: 7n }],
    ['a bigint', bigint, 2n ** 70n, { value: 2n ** 70n }],
    ['a number that is no exact integer', bigint, 2 ** 60, '$: expected integer, got number'],
    ['a bigint for a number', number, 7n, '$: expected number, got bigint'],
    ['either: an integer is a bigint', numeric, 7, { value: 7n }],
    ['either: a fraction is a number', numeric, 0.5, { value: 0.5 }],
    ['bytes inside of it', object({ raw }), { raw: Uint8Array.of(1) }, { value: { raw: Uint8Array.of(1) } }],
    ['bytes for an object', object({}), Uint8Array.of(1), '$: expected object, got bytes'],
    ['bytes for anything', { kind: 'unknown' }, { a: [Uint8Array.of(1)] }, { value: { a: [Uint8Array.of(1)] } }],
    ['an array for bytes', raw, [1], '$: expected bytes, got array'],
    ['a class of its own', object({ a: object({}) }), { a: new Point() }, '$.a: no plain data: an object of a class'],
    ['a Date', number, new Date(0), '$: no plain data: a Date'],
    ['a function', number, () => 1, '$: no plain data: a function'],
    ['a promise', number, Promise.resolve(1), '$: decode() returned a promise'],
  ]
  it.each(cases)('%s', (_, schema, value, expected) => {
    given.value = value
    expect(decoded(schema, () => given.value)).toEqual(expected)
  })

  it('a throw, also of a getter, and a record without value do not decode', () => {
    const thrower = (): never => {
      throw new Error('no')
    }
    expect(decoded(number, thrower)).toBe('$: decode() threw')
    expect(
      decoded(object({ a: number }), () => Object.defineProperty({}, 'a', { enumerable: true, get: thrower })),
    ).toBe('$: decode() threw')
    expect(decoded(number, () => 1, null)).toBe('$: null value')
  })

  it('a failure that is not the record’s own ends the run', () => {
    const end = (): never => {
      throw new LyrebirdError('job-failed', 'the clock')
    }
    const deep = (): number => deep() + 1
    expect(() => decoded(number, end)).toThrow('the clock')
    expect(() => decoded(number, deep)).toThrow('ran out of stack')
  })

  it('decode gets a copy that it may write into', () => {
    const input = Uint8Array.of(1, 2)
    expect(decoded(raw, b => b.fill(9), input)).toEqual({ value: Uint8Array.of(9, 9) })
    expect(input).toEqual(Uint8Array.of(1, 2))
  })
})

it('outputs in every format are those of the reference', () => {
  const { shape, build } = JOBS.formats as TestJob
  const program = build()
  const module = emittedModule(program)
  fc.assert(
    fc.property(logArbitrary(shape), naturals, (log, numbers) => {
      const state = new MemoryState()
      stream(module, log, state, choices(numbers), true)
      expect(differenceOf(program.plan, state, reference(program, log, { final: true }))).toBeNull()
    }),
    { numRuns: 60 },
  )
})

it('a format is frozen, and lists its parts', () => {
  const own = format<number>({ decode: b => b.length, encode: n => new Uint8Array(n), name: 'length' })
  expect(Object.isFrozen(own) && Object.isFrozen(formatParts(own)?.spec)).toBe(true)
  expect([json(), lines(), bytes(), csv({ columns: ['a'] }), own].map(f => formatParts(f)?.spec)).toEqual([
    { kind: 'json' },
    { kind: 'lines' },
    { kind: 'bytes' },
    { kind: 'csv', columns: ['a'], strict: false },
    { kind: 'custom', name: 'length', definition: null },
  ])
})
