// Aggregations as authors write them: lawful ones, and ones that break a law.

import type { AuthorsMonoid } from '../../../compiler/6-laws/law-trial.ts'
import type { Law } from '../../../compiler/6-laws/verdict.ts'
import type { Schema } from '../../../core/plan/schema.ts'

export interface Case extends AuthorsMonoid {
  readonly name: string
  readonly schema: Schema
  /** The law that must be found broken; null where all hold. */
  readonly breaks: Law | null
}

/** The lambdas of one aggregation, with their types. */
interface Parts<In, State> {
  readonly zero: State
  readonly lift: (value: In) => State
  readonly plus: (a: State, b: State) => State
  readonly present?: (state: State) => unknown
}

function monoid<In, State>(name: string, breaks: Law | null, schema: Schema, parts: Parts<In, State>): Case {
  return { name, breaks, schema, present: (state: State) => state, ...parts } as unknown as Case
}

const NUMBER: Schema = { kind: 'number' }
const BIGINT: Schema = { kind: 'bigint' }
const TEXT: Schema = { kind: 'string' }
const BOOLEAN: Schema = { kind: 'boolean' }
const objectOf = (fields: Readonly<Record<string, Schema>>): Schema => ({
  kind: 'object',
  fields: Object.entries(fields).map(([name, schema]) => ({ name, schema, optional: false })),
})
const READING = objectOf({ at: NUMBER, name: TEXT, value: NUMBER })

interface Reading {
  readonly at: number
  readonly name: string
  readonly value: number
}

const whole = (n: number): number => (Number.isFinite(n) ? Math.trunc(n) % 1000 : 0)
/** The greater one by `>`, else the second: Math.max, except for NaN. */
const greater = <T extends number | string>(a: T, b: T): T => {
  if (a > b) return a
  return b
}
const compare = <T extends number | string | bigint>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0)
const textOf = ({ at, name, value }: Reading): string => JSON.stringify([String(at), name, String(value)])
const byText = (a: Reading, b: Reading): number => compare(textOf(a), textOf(b))

export const UNLAWFUL: readonly Case[] = [
  monoid<number, number>('float sum', 'associative', NUMBER, { zero: 0, lift: v => v, plus: (a, b) => a + b }),
  monoid<number, number>('integer sum beyond 2^53', 'associative', NUMBER, {
    zero: 0,
    lift: v => (Number.isSafeInteger(v) || Math.abs(v) === 2 ** 53 ? v : 0),
    plus: (a, b) => a + b,
  }),
  monoid<number, number>('average of averages', 'identity', NUMBER, {
    zero: 0,
    lift: whole,
    plus: (a, b) => (a + b) / 2,
  }),
  monoid<number, number | null>('average of averages with a true zero', 'associative', NUMBER, {
    zero: null,
    lift: whole,
    plus: (a, b) => (a === null ? b : b === null ? a : (a + b) / 2),
  }),
  monoid<string, string>('text concatenation', 'commutative', TEXT, { zero: '', lift: v => v, plus: (a, b) => a + b }),
  monoid<string, readonly string[]>('array concatenation', 'commutative', TEXT, {
    zero: [],
    lift: v => [v],
    plus: (a, b) => [...a, ...b],
  }),
  monoid<Reading, Reading | null>('last wins', 'commutative', READING, {
    zero: null,
    lift: v => v,
    plus: (a, b) => b ?? a,
  }),
  monoid<Reading, Reading | null>('last by timestamp with ties', 'commutative', READING, {
    zero: null,
    lift: v => ({ ...v, at: whole(v.at) }),
    plus: (a, b) => (a === null ? b : b === null ? a : a.at > b.at ? a : b),
  }),
  monoid<string, readonly string[]>('unsorted set union', 'commutative', TEXT, {
    zero: [],
    lift: v => [v],
    plus: (a, b) => [...new Set([...a, ...b])],
  }),
  monoid<Reading, readonly Reading[]>('top 2 without a tie-break', 'commutative', READING, {
    zero: [],
    lift: v => [{ ...v, value: whole(v.value) }],
    plus: (a, b) => [...a, ...b].sort((x, y) => y.value - x.value).slice(0, 2),
  }),
  monoid<number, { n: number }>('mutating plus', 'pure', NUMBER, {
    zero: { n: 0 },
    lift: () => ({ n: 1 }),
    plus: (a, b) => {
      a.n += b.n
      return a
    },
  }),
  monoid<number, number[]>('plus that pushes', 'pure', NUMBER, {
    zero: [],
    lift: v => [v],
    plus: (a, b) => {
      a.push(...b)
      return a
    },
  }),
  monoid<string[], string[]>(
    'lift that sorts its argument',
    'pure',
    { kind: 'array', items: TEXT },
    {
      zero: [],
      lift: v => v.sort(),
      plus: (a, b) => [...new Set([...a, ...b])].sort(),
    },
  ),
  monoid<number, number[]>('present that reverses its state', 'pure', NUMBER, {
    zero: [],
    lift: v => [v],
    plus: (a, b) => [...a, ...b].sort((x, y) => (Number.isNaN(x) ? 1 : Number.isNaN(y) ? -1 : compare(x, y))),
    present: s => s.reverse(),
  }),
  monoid<number, readonly number[]>('first 10 sample', 'commutative', NUMBER, {
    zero: [],
    lift: v => [v],
    plus: (a, b) => [...a, ...b].slice(0, 10),
  }),
  monoid<number, number>('ternary max', 'commutative', NUMBER, {
    zero: -Infinity,
    lift: v => v,
    plus: greater,
  }),
  monoid<number, number>('max with zero 0 over all numbers', 'identity', NUMBER, {
    zero: 0,
    lift: v => v,
    plus: (a, b) => Math.max(a, b),
  }),
  monoid<Reading, Record<string, number>>('order-dependent object spread', 'commutative', READING, {
    zero: {},
    lift: v => ({ [v.name]: v.value }),
    plus: (a, b) => ({ ...a, ...b }),
  }),
  monoid<number, { n: number; mean: number; m2: number }>('Welford variance', 'commutative', NUMBER, {
    zero: { n: 0, mean: 0, m2: 0 },
    lift: v => ({ n: 1, mean: v, m2: 0 }),
    plus: (a, b) => {
      const n = a.n + b.n
      if (n === 0) return a
      const d = b.mean - a.mean
      return { n, mean: a.mean + (d * b.n) / n, m2: a.m2 + b.m2 + (d * d * a.n * b.n) / n }
    },
  }),
  monoid<number, readonly number[]>('a comparator that is not total', 'commutative', NUMBER, {
    zero: [],
    lift: v => [v],
    plus: (a, b) => [...a, ...b].sort((x, y) => Math.abs(x) - Math.abs(y)),
  }),
  monoid<number, number>('difference', 'identity', NUMBER, { zero: 0, lift: whole, plus: (a, b) => a - b }),
  monoid<number, Set<number>>('a Set as state', 'plain', NUMBER, {
    zero: [] as unknown as Set<number>,
    lift: v => new Set([v]),
    plus: (a, b) => new Set([...a, ...b]),
  }),
  monoid<number, number[]>('present that gives a Map', 'plain', NUMBER, {
    zero: [],
    lift: () => [],
    plus: () => [],
    present: () => new Map(),
  }),
  monoid<string, { names: string[]; big?: string }>('plus that throws on what is absent', 'total', TEXT, {
    zero: { names: [] },
    lift: v => (v === '' ? { names: [] } : { names: [v], big: v }),
    plus: (a, b) => ({ names: [...new Set([...a.names, ...b.names])].sort(), big: (a.big as string).toUpperCase() }),
  }),
  monoid<number, { at?: number | undefined }>('undefined told from absent', 'storable', NUMBER, {
    zero: { at: undefined },
    lift: () => ({ at: undefined }),
    plus: (a, b) => ('at' in a && 'at' in b ? { at: undefined } : { at: 1 }),
  }),
  monoid<number, { at?: number | undefined; n: number }>('plus that throws on stored states', 'storable', NUMBER, {
    zero: { at: undefined, n: 0 },
    lift: () => ({ at: undefined, n: 0 }),
    plus: a => {
      if (!('at' in a)) throw new TypeError('no time')
      return a
    },
  }),
  monoid<Reading, Record<string, bigint>>('objects merged by assignment', 'identity', READING, {
    zero: {},
    lift: v => ({ [v.name]: 1n }),
    plus: (a, b) => {
      const out = { ...a }
      for (const [name, n] of Object.entries(b)) out[name] = (Object.hasOwn(out, name) ? (out[name] as bigint) : 0n) + n
      return out
    },
  }),
  monoid<number, bigint>('a counter that starts anew past 50', 'associative', NUMBER, {
    zero: 0n,
    lift: () => 1n,
    plus: (a, b) => (a + b > 50n ? 0n : a + b),
  }),
  monoid<number, { n: bigint; last: bigint }>('last of a product', 'commutative', NUMBER, {
    zero: { n: 0n, last: 0n },
    lift: v => ({ n: 1n, last: BigInt(whole(v)) }),
    plus: (a, b) => ({ n: a.n + b.n, last: b.n === 0n ? a.last : b.last }),
  }),
  monoid<string, string>('lift that takes nearly nothing', 'total', TEXT, {
    zero: '',
    lift: v => {
      throw new SyntaxError(`no order in ${v.length} characters`)
    },
    plus: greater,
  }),
]

let calls = 0
export const NOT_DETERMINISTIC: Case = monoid<number, number>('a counter outside', 'deterministic', NUMBER, {
  zero: 0,
  lift: () => 0,
  plus: () => calls++,
})

export const LAWFUL: readonly Case[] = [
  monoid<number, bigint>('bigint sum', null, NUMBER, { zero: 0n, lift: v => BigInt(whole(v)), plus: (a, b) => a + b }),
  monoid<bigint, bigint>('bigint product', null, BIGINT, { zero: 1n, lift: v => v % 10n, plus: (a, b) => a * b }),
  monoid<number, { min: number; max: number }>('least and greatest', null, NUMBER, {
    zero: { min: Infinity, max: -Infinity },
    lift: v => ({ min: v, max: v }),
    plus: (a, b) => ({ min: Math.min(a.min, b.min), max: Math.max(a.max, b.max) }),
    present: s => s.max - s.min,
  }),
  monoid<string, number>('max with zero 0 over lengths', null, TEXT, {
    zero: 0,
    lift: v => v.length,
    plus: (a, b) => Math.max(a, b),
  }),
  monoid<string, readonly string[]>('sorted set union', null, TEXT, {
    zero: [],
    lift: v => [v],
    plus: (a, b) => [...new Set([...a, ...b])].sort(),
  }),
  monoid<number, readonly number[]>('sorted set union of numbers', null, NUMBER, {
    zero: [],
    lift: v => [v],
    plus: (a, b) => [...new Set([...a, ...b])].sort(),
  }),
  monoid<number, number>('bit or', null, NUMBER, { zero: 0, lift: v => v | 0, plus: (a, b) => a | b }),
  monoid<number, number>('bit and', null, NUMBER, { zero: -1, lift: v => v | 0, plus: (a, b) => a & b }),
  monoid<boolean, boolean>('any', null, BOOLEAN, { zero: false, lift: v => v, plus: (a, b) => a || b }),
  monoid<boolean, boolean>('all', null, BOOLEAN, { zero: true, lift: v => v, plus: (a, b) => a && b }),
  monoid<Reading, readonly [bigint, number, boolean]>('tuple of lawful parts', null, READING, {
    zero: [0n, -Infinity, false],
    lift: v => [BigInt(v.name.length), v.value, v.at > 0],
    plus: (a, b) => [a[0] + b[0], Math.max(a[1], b[1]), a[2] || b[2]],
  }),
  monoid<Reading, Reading | null>('lexicographic maximum by a total order', null, READING, {
    zero: null,
    lift: v => v,
    plus: (a, b) => (a === null ? b : b === null ? a : byText(a, b) >= 0 ? a : b),
  }),
  monoid<Reading, readonly Reading[]>('top 2 with a total tie-break', null, READING, {
    zero: [],
    lift: v => [{ ...v, value: whole(v.value) }],
    plus: (a, b) => [...a, ...b].sort((x, y) => y.value - x.value || byText(x, y)).slice(0, 2),
  }),
  monoid<Reading, Record<string, bigint>>('objects merged with sum', null, READING, {
    zero: {},
    lift: v => ({ [v.name]: BigInt(whole(v.value)) }),
    plus: (a, b) => {
      const names = [...new Set([...Object.keys(a), ...Object.keys(b)])]
      const of = (state: Record<string, bigint>, name: string): bigint =>
        Object.hasOwn(state, name) ? (state[name] as bigint) : 0n
      return Object.fromEntries(names.map(name => [name, of(a, name) + of(b, name)]))
    },
  }),
  monoid<number, bigint>('a counter that stays at 50', null, NUMBER, {
    zero: 0n,
    lift: () => 1n,
    plus: (a, b) => (a + b > 50n ? 50n : a + b),
  }),
  monoid<number, { n: bigint; sum: bigint }>('average of bigints', null, NUMBER, {
    zero: { n: 0n, sum: 0n },
    lift: v => ({ n: 1n, sum: BigInt(whole(v)) }),
    plus: (a, b) => ({ n: a.n + b.n, sum: a.sum + b.sum }),
    present: s => Number(s.sum) / Number(s.n),
  }),
  monoid<number, number>('greatest common divisor', null, NUMBER, {
    zero: 0,
    lift: v => Math.abs(whole(v)),
    plus: (a, b) => {
      let [x, y] = [a, b]
      while (y !== 0) [x, y] = [y, x % y]
      return x
    },
  }),
  monoid<number, number>('a lift that refuses what is no number', null, NUMBER, {
    zero: -Infinity,
    lift: v => {
      if (Number.isNaN(v)) throw new RangeError('not a number')
      return v
    },
    plus: greater,
  }),
  monoid<number, number>('present that throws on negative states', null, NUMBER, {
    zero: -Infinity,
    lift: v => v,
    plus: (a, b) => Math.max(a, b),
    present: s => {
      if (s < 0) throw new RangeError('negative')
      return s
    },
  }),
  monoid<string, string>('greatest text', null, TEXT, { zero: '', lift: v => v, plus: greater }),
  monoid<number, { readonly first: number; readonly last: number } | null>('span of times', null, NUMBER, {
    zero: null,
    lift: v => ({ first: whole(v), last: whole(v) }),
    plus: (a, b) =>
      a === null ? b : b === null ? a : { first: Math.min(a.first, b.first), last: Math.max(a.last, b.last) },
    present: s => (s === null ? null : s.last - s.first),
  }),
]
