// Aggregations that calculate: what is refused at the lambda, once and with the way out, and what passes.

import { expect, it } from 'vitest'
import { analyseCases, diagnosticsOf } from '../support/check-cases.ts'

const PRELUDE = `import { approxQuantiles, csv, histogram, max, mean, source, stddev, sum, variance } from 'lyrebird'
interface Sale { shop: string; cents: number | null; tip?: number; text: string; n: number; big: bigint; level: 1 | 2; any: unknown }
const sales = source<Sale>('sales').keyBy(s => s.shop)
const helper = (s: Sale) => s.cents
`

const ABSENT = 'Say what such an element counts as'
const TEXT = 'Convert the text'

/** The lambda, what it gives, and the way out. */
const REFUSED: readonly (readonly [name: string, code: string, gives: string, advice: string])[] = [
  ['sum', 'sum(s => s.cents)', 'number | null', ABSENT],
  ['mean', 'mean(s => s.tip)', 'number | undefined', ABSENT],
  ['variance', "variance(s => (s.n > 0 ? s.n : 'none'))", '"none"', TEXT],
  ['stddev', 'stddev(s => (s.n > 0 ? s.big : null))', 'bigint | null', ABSENT],
  ['histogram', 'histogram(s => s.cents, { bounds: [1] })', 'number | null', ABSENT],
  ['quantiles', 'approxQuantiles(s => s.tip, { quantiles: [0.5] })', 'number | undefined', ABSENT],
  ['named', 'sum(helper)', 'number | null', ABSENT],
  ['unknown', 'sum(s => s.any)', 'unknown', 'Give a number or a bigint'],
  // Types alone would let this pass.
  ['ignored', `sum(\n// @ts-${'ignore'}\ns => s.cents)`, 'number | null', ABSENT],
]

const PASSED: readonly (readonly [name: string, code: string])[] = [
  ['number', 'sum(s => s.n)'],
  ['bigint', 'mean(s => s.big)'],
  ['literals', 'stddev(s => s.level)'],
  ['filled', 'sum(s => s.cents ?? 0)'],
  ['values', 'histogram(s => s.cents)'],
  ['greatest', 'max(s => s.tip)'],
]

const row = (code: string): string => `export const t = sales.aggregate({ x: ${code} })`
const analysed = analyseCases(PRELUDE, [
  ...REFUSED.map(([name, code]) => ({ name, code: row(code) })),
  ...PASSED.map(([name, code]) => ({ name, code: row(code) })),
  { name: 'short', code: 'export const t = sales.mean(s => s.cents)' },
  {
    name: 'predicate',
    code: `interface Priced extends Sale { cents: number }
export const t = sales.filter((s): s is Priced => s.cents !== null).mean(s => s.cents)`,
  },
])
const found = (name: string) => diagnosticsOf(analysed.diagnostics, name)

it.each(REFUSED)('%s', (name, _, gives, advice) => {
  expect(found(name).map(d => d.word)).toEqual(['not-numeric'])
  expect(found(name)[0]?.label).toContain(gives)
  expect(found(name)[0]?.fix).toContain(advice)
})

it.each(PASSED)('%s', name => {
  expect(found(name)).toEqual([])
})

it('is refused in the short form too, and passes behind a type predicate', () => {
  expect(found('short').map(d => d.word)).toEqual(['not-numeric'])
  expect(found('predicate')).toEqual([])
})
