// What the shape of `plus` proves and refutes without running it, and what only the tests on values can decide.

import { expect, it } from 'vitest'
import type { ShapeFacts } from '../../../compiler/law-facts.ts'
import { analyseCases } from '../support/check-cases.ts'

interface Shape {
  readonly name: string
  readonly state: string
  readonly plus: string
  readonly before?: string
}

const PROVED: readonly Shape[] = [
  { name: 'bigint-sum', state: 'bigint', plus: '(a, b) => a + b' },
  { name: 'bigint-sum-turned', state: 'bigint', plus: '(x, y) => (y + x)' },
  { name: 'bigint-product', state: 'bigint', plus: '(a, b) => { return a * b }' },
  { name: 'bit-or', state: 'number', plus: '(a, b) => a | b' },
  { name: 'bit-and', state: 'bigint', plus: '(a, b) => a & b' },
  { name: 'bit-xor', state: 'number', plus: '(a, b) => a ^ b' },
  { name: 'any', state: 'boolean', plus: '(a, b) => a || b' },
  { name: 'all', state: 'boolean', plus: 'function (a, b) { return a && b }' },
  { name: 'max', state: 'number', plus: '(a, b) => Math.max(a, b)' },
  { name: 'min-by-name', state: 'number', plus: '(a, b) => least(b, a)', before: 'const least = Math.min' },
  { name: 'max-itself', state: 'number', plus: 'Math.max' },
  { name: 'greater-text', state: 'string', plus: '(a, b) => (a > b ? a : b)' },
  { name: 'lesser-bigint', state: 'bigint', plus: '(a, b) => (a <= b ? a : b)' },
  {
    name: 'object',
    state: '{ n: bigint; low: number }',
    plus: '(a, b) => ({ n: a.n + b.n, low: Math.min(a.low, b.low) })',
  },
  {
    name: 'patterns',
    state: '{ n: bigint; m: bigint }',
    plus: '({ n, m }, { n: k, m: l }) => ({ n: n + k, m: m + l })',
  },
  { name: 'tuple', state: '[bigint, boolean]', plus: '(a, b) => [a[0] + b[0], a[1] || b[1]]' },
  { name: 'nested', state: '{ at: { n: bigint } }', plus: "(a, b) => ({ at: { n: a['at'].n + b.at.n } })" },
  { name: 'constant', state: "{ kind: 'x'; n: bigint }", plus: "(a, b) => ({ kind: 'x', n: a.n + b.n })" },
  { name: 'sorted-union', state: 'string[]', plus: '(a, b) => [...new Set([...a, ...b])].sort()' },
  {
    name: 'sorted-union-from',
    state: 'readonly number[]',
    plus: '(a, b) => Array.from(new Set([...b, ...a])).toSorted()',
  },
  {
    name: 'or-null',
    state: '{ low: number } | null',
    plus: '(a, b) => (a === null ? b : b === null ? a : { low: Math.min(a.low, b.low) })',
  },
  { name: 'helper', state: 'bigint', plus: 'add', before: 'function add(a: bigint, b: bigint) { return a + b }' },
]

const REFUTED: readonly Shape[] = [
  { name: 'number-sum', state: 'number', plus: '(a, b) => a + b' },
  {
    name: 'number-sum-in-object',
    state: '{ low: number; n: number }',
    plus: '(a, b) => ({ low: Math.min(a.low, b.low), n: a.n + b.n })',
  },
  { name: 'text-concatenation', state: 'string', plus: '(a, b) => a + b' },
  { name: 'array-concatenation', state: 'string[]', plus: '(a, b) => [...a, ...b]' },
  { name: 'array-concat', state: 'string[]', plus: '(a, b) => a.concat(b)' },
  { name: 'object-spread', state: 'Record<string, number>', plus: '(a, b) => ({ ...a, ...b })' },
  { name: 'last-wins', state: '{ x?: number }', plus: '(a, b) => ({ x: b.x ?? a.x })' },
  { name: 'last-wins-null', state: 'number | null', plus: '(a, b) => b ?? a' },
  { name: 'ternary-max', state: 'number', plus: '(a, b) => (a > b ? a : b)' },
  { name: 'number-sum-or-null', state: 'number | null', plus: '(a, b) => (a === null ? b : b === null ? a : a + b)' },
]

const UNKNOWN: readonly Shape[] = [
  { name: 'one-side', state: '{ n: bigint; x: number }', plus: '(a, b) => ({ n: a.n + b.n, x: a.x })' },
  { name: 'other-place', state: '{ n: bigint; m: bigint }', plus: '(a, b) => ({ n: a.n + b.m, m: a.m + b.n })' },
  { name: 'same-side', state: 'bigint', plus: '(a, b) => a + a' },
  { name: 'difference', state: 'bigint', plus: '(a, b) => a - b' },
  { name: 'text-or', state: 'string', plus: '(a, b) => a || b' },
  {
    name: 'own-max',
    state: 'number',
    plus: '(a, b) => Math.max(a, b)',
    before: 'const Math = { max: (a: number, b: number) => a - b }',
  },
  { name: 'more-of-max', state: 'number', plus: '(a, b) => Math.max(a, b, 3)' },
  { name: 'by-time', state: '{ at: number; v: string }', plus: '(a, b) => (a.at > b.at ? a : b)' },
  { name: 'not-the-greater', state: 'bigint', plus: '(a, b) => (a > b ? a : a)' },
  { name: 'mixed-set', state: '(string | number)[]', plus: '(a, b) => [...new Set([...a, ...b])].sort()' },
  { name: 'unsorted-set', state: 'string[]', plus: '(a, b) => [...new Set([...a, ...b])]' },
  { name: 'null-of-all', state: 'string | null', plus: '(a, b) => (a === null ? b : b === null ? a : null)' },
  { name: 'one-null-test', state: 'bigint | null', plus: '(a, b) => (a === null ? b : a === null ? b : 1n)' },
  { name: 'statements', state: 'bigint', plus: '(a, b) => { const c = a; return c + b }' },
  { name: 'spread-and-field', state: '{ n: bigint; x: number }', plus: '(a, b) => ({ ...a, n: a.n + b.n })' },
]

const PRELUDE = "import { aggregation } from 'lyrebird'\n"
const all = [...PROVED, ...REFUTED, ...UNKNOWN]
const analysis = analyseCases(
  PRELUDE,
  all.map(({ name, state, plus, before = '' }) => ({
    name,
    code: `type S = ${state}
${before}
export const made = aggregation<{ s: S }, S, number>({ zero: null as unknown as S & null, lift: v => v.s as never, plus: ${plus}, present: () => 1 })`,
  })),
)

function shapeOf(name: string): ShapeFacts | undefined {
  return [...analysis.aggregations.values()].find(f => f.spans.plus.file === `${name}.ts`)?.shape
}

it.each(PROVED)('proved: $name', ({ name }) => expect(shapeOf(name)?.kind).toBe('proved'))

it.each(REFUTED)('refuted, with a fix: $name', ({ name }) => {
  expect(shapeOf(name)).toMatchObject({ kind: 'refuted', fix: expect.stringMatching(/^(Use|Decide)/) })
})

it.each(UNKNOWN)('undecided: $name', ({ name }) => expect(shapeOf(name)?.kind).toBe('unknown'))

it('points at the part that is refuted', () => {
  const shape = shapeOf('number-sum-in-object')
  const text = analysis.texts.get('number-sum-in-object.ts') ?? ''
  expect(shape?.kind === 'refuted' && text.slice(shape.span.start, shape.span.end)).toBe('a.n + b.n')
})
