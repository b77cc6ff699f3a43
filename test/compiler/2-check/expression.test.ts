// Lambdas read as expressions: which ones are, and that they give what the lambda gives.

import { transformSync } from 'esbuild'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Expression } from '../../../core/plan/expression.ts'
import { analyseFiles } from '../support/check-cases.ts'

const PRELUDE = `import { source } from 'lyrebird'
interface Event {
  time: number; user: string; amount: number; status: number; paid: boolean; note?: string; rate: number | null
  device: { kind: string; major: number }
}
const events = source<Event>('events', { time: e => e.time, disorder: '1m' })
const LIMIT = 100
const BELOW = -3
const KIND = 'phone'
let changing = 1
const twice = (n: number): number => 2 * n
`

/** Lambdas that are expressions. */
const EXPRESSIONS = [
  'e => e.amount',
  '(e: Event) => e.device.kind',
  'function (e) { return e.user }',
  'e => { return e.paid }',
  '({ amount }) => amount',
  '({ device: { major: version } }) => version + 1',
  'e => e.status === 200',
  'e => e.status >= 400 && e.status < 500',
  "e => e.user !== 'a' || !e.paid",
  'e => e.amount * 1.5 - e.status / 7 % 3',
  'e => -e.amount + +e.status',
  'e => e.amount > LIMIT ? LIMIT : e.amount',
  'e => e.amount > BELOW',
  'e => (e.device.kind as string) === KIND',
  'e => e.rate ?? 0',
  'e => e.rate == null',
  'e => e.note === undefined',
  'e => ({ user: e.user, amount: e.amount })',
  'e => [e.user, e.device.kind]',
  "e => ({ user: e.user, 'x y': e.paid }).user",
  '({ user, amount }) => ({ user, amount, LIMIT })',
  "() => 'all'",
  "e => e.user + '/' + e.device.kind",
  'e => e',
]

/** Lambdas that are not. */
const OTHERS = [
  'e => twice(e.amount)',
  'e => Math.floor(e.amount)',
  'e => e.amount + changing',
  'e => e.device?.kind',
  'e => e.user.length === 0 ? [...e.user] : []',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text of a lambda.
  'e => `${e.user}`',
  'e => { const a = e.amount; return a }',
  "e => e['user']",
  '({ amount = 1 }) => amount',
  '({ user, ...rest }) => rest',
  'e => ({ ...e })',
  'e => ({ get user() { return e.user } })',
  'e => ({ __proto__: null, a: e.user })',
  'e => typeof e.user',
  'e => (e.amount, e.status)',
  'e => e.amount ** 2',
  'e => e.status | 0',
  'async e => e.user',
  '(e, record) => record.offset',
  'twiceOf',
]

const lambdas = [...EXPRESSIONS, ...OTHERS]
const code = lambdas.map((lambda, i) => `export const r${i} = events.map(${lambda})`).join('\n')
const TWICE = 'const twiceOf = ((e: Event) => twice(e.amount))\n'
const analysis = analyseFiles({ 'job.ts': `${PRELUDE}${TWICE}${code}\n` })
const facts = [...analysis.calls.values()].flatMap(s => s.lambdas.fn ?? [])

const text = fc.constantFrom('', 'a', 'phone', '한')
const number = fc.oneof(fc.integer({ min: -5, max: 600 }), fc.double())
const event = fc.record(
  {
    time: fc.integer(),
    user: text,
    amount: number,
    status: fc.integer({ min: 190, max: 510 }),
    paid: fc.boolean(),
    note: text,
    rate: fc.option(number),
    device: fc.record({ kind: text, major: number }),
  },
  { requiredKeys: ['time', 'user', 'amount', 'status', 'paid', 'rate', 'device'] },
)

const functionOf = (lambda: string): ((e: unknown) => unknown) => {
  const source = `const LIMIT = 100, BELOW = -3, KIND = 'phone'\nreturn (${lambda})`
  const js = transformSync(`function make() {${source}}`, { loader: 'ts', supported: {} }).code
  return new Function(`${js}\nreturn make()`)() as (e: unknown) => unknown
}

/** What an expression is on a value, by the rules of the language that it is written in. */
function evaluate(expression: Expression, value: unknown): unknown {
  const scope = { value }
  return new Function('scope', `return ${textOf(expression)}`)(scope)
}

function textOf(e: Expression): string {
  switch (e.kind) {
    case 'field':
      return ['scope.value', ...e.path].join('.')
    case 'constant':
      return e.value === undefined ? 'undefined' : `(${JSON.stringify(e.value)})`
    case 'unary':
      return `(${e.operator} ${textOf(e.operand)})`
    case 'binary':
      return `(${textOf(e.left)} ${e.operator} ${textOf(e.right)})`
    case 'conditional':
      return `(${textOf(e.test)} ? ${textOf(e.yes)} : ${textOf(e.no)})`
    case 'object':
      return `({ ${e.fields.map(f => `${JSON.stringify(f.name)}: ${textOf(f.value)}`).join(', ')} })`
    case 'array':
      return `[${e.items.map(textOf).join(', ')}]`
  }
}

describe('a lambda that is an expression', () => {
  it.each(EXPRESSIONS.map((lambda, i) => [lambda, i] as const))('%s gives the same', (lambda, i) => {
    const { expression } = facts[i] ?? {}
    expect(expression).toBeDefined()
    const run = functionOf(lambda)
    fc.assert(
      fc.property(event, e => {
        expect(evaluate(expression as Expression, e)).toEqual(run(e))
      }),
    )
  })
})

describe('a lambda that is none', () => {
  it.each(OTHERS.map((lambda, i) => [lambda, EXPRESSIONS.length + i] as const))('%s', (_, i) => {
    expect(facts[i]).toBeDefined()
    expect(facts[i]?.expression).toBeUndefined()
  })
})
