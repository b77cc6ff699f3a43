// The used parts of lambdas: the expected ones for each form, and never fewer than running the lambda reads.

import { transformSync } from 'esbuild'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Uses } from '../../../core/plan/schema.ts'
import { analyseFiles } from '../support/check-cases.ts'
import { project, recording } from './recording.ts'
import { HELPERS, USE_PRELUDE, USES } from './uses-cases.ts'

const code = USES.map((c, i) => `export const r${i} = events.map(${c.lambda})`).join('\n')
const analysis = analyseFiles({ 'job.ts': `${USE_PRELUDE}${code}\n`, 'helpers.ts': HELPERS })
const facts = [...analysis.calls.values()].flatMap(s => s.lambdas.fn ?? [])

/** The lambdas themselves, with types erased. */
const functions = USES.map(({ lambda }) => {
  const source = `${HELPERS.replaceAll('export ', '')}\nreturn (${lambda})`
  const js = transformSync(`function make() {${source}}`, { loader: 'ts', supported: {} }).code
  return new Function(`${js}\nreturn make()`)() as (e: unknown, record: unknown) => unknown
})

const text = fc.constantFrom('', 'a', 'page', 'ip', 'KR')
const item = fc.record({ sku: text, price: fc.integer(), qty: fc.integer({ min: -1, max: 3 }) })
const event = fc.record(
  {
    ts: fc.integer({ min: -5, max: 5 }),
    userId: text,
    country: text,
    page: text,
    ip: text,
    valid: fc.boolean(),
    ref: fc.option(text),
    amount: fc.integer(),
    device: fc.record(
      { kind: text, agent: text, os: fc.record({ name: text, version: fc.integer() }) },
      { requiredKeys: ['kind', 'agent'] },
    ),
    items: fc.array(item, { maxLength: 3 }),
    meta: fc.record(
      { tags: fc.array(text, { maxLength: 2 }), campaign: fc.record({ id: text, cost: fc.integer() }) },
      { requiredKeys: ['tags'] },
    ),
    scores: fc.dictionary(text, fc.integer(), { maxKeys: 3 }),
    shape: fc.oneof(
      fc.record({ kind: fc.constant('circle'), r: fc.integer() }),
      fc.record({ kind: fc.constant('box'), w: fc.integer(), h: fc.integer() }),
    ),
    pair: fc.tuple(text, fc.integer()),
    tags: fc.array(text, { maxLength: 2 }),
  },
  {
    requiredKeys: [
      'ts',
      'userId',
      'country',
      'page',
      'ip',
      'valid',
      'ref',
      'amount',
      'device',
      'items',
      'scores',
      'shape',
      'pair',
      'tags',
    ],
  },
)

function outcome(run: () => unknown): string {
  try {
    const value = run()
    const isIterator = typeof value === 'object' && value !== null && Symbol.iterator in value && !Array.isArray(value)
    return JSON.stringify(isIterator ? [...(value as Iterable<unknown>)] : value) ?? 'undefined'
  } catch (e) {
    return `throws ${(e as Error).name}`
  }
}

describe('used parts', () => {
  it('finds every lambda without complaint', () => {
    expect(analysis.diagnostics.filter(d => d.severity === 'error').map(d => `${d.span?.line}: ${d.label}`)).toEqual([])
    expect(facts).toHaveLength(USES.length)
  })

  it.each(USES.map((c, index) => ({ ...c, index })))('$name', ({ index, uses, second }) => {
    expect(JSON.parse(JSON.stringify(facts[index]?.uses))).toEqual(uses)
    expect(facts[index]?.usesRecord).toBe(second ?? false)
  })
})

describe('soundness', () => {
  it.each(USES.map((c, index) => ({ ...c, index })))('reads nothing else: $name', ({ index }) => {
    const uses = facts[index]?.uses as Uses
    const run = functions[index] as (e: unknown, record: unknown) => unknown
    fc.assert(
      fc.property(event, value => {
        const outside: string[] = []
        const record = { offset: 3n.toString() }
        const full = outcome(() => run(recording(value, uses, '$', outside), record))
        expect(outside).toEqual([])
        expect(outcome(() => run(project(value, uses), record))).toBe(full)
      }),
      { numRuns: 60 },
    )
  })
})
