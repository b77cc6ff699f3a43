// The laws of authors' aggregations: a breach is found, with values that show it; a lawful aggregation passes; the
// verdict is always the same.

import { describe, expect, it } from 'vitest'
import { checkLaws } from '../../../compiler/6-laws/check-laws.ts'
import type { LawVerdict } from '../../../compiler/6-laws/verdict.ts'
import type { Schema } from '../../../core/plan/schema.ts'
import { type Case, LAWFUL, NOT_DETERMINISTIC, UNLAWFUL } from './monoids.ts'

const verdictOf = (subject: Case, proved = false): LawVerdict =>
  checkLaws({ ...subject, schema: { root: subject.schema, defs: {} }, absent: false, proved })

const verdicts = new Map(UNLAWFUL.map(c => [c.name, verdictOf(c)]))

const caseOf = (name: string): Case => [...UNLAWFUL, ...LAWFUL].find(c => c.name === name) as Case

describe('unlawful', () => {
  it.each([...UNLAWFUL, NOT_DETERMINISTIC])('$name', subject => {
    const { breach } = verdicts.get(subject.name) ?? verdictOf(subject)
    expect(breach?.law).toBe(subject.breaks)
    expect(breach?.lines.length).toBeGreaterThan(0)
  })

  it('shows the values, the states and both sides', () => {
    expect(verdictOf(caseOf('last by timestamp with ties')).breach).toMatchObject({
      part: 'plus',
      label: 'plus(a, b) is not plus(b, a)',
      lines: [
        expect.stringMatching(/^a = lift\(\{ at: \S+, .*\}\), which is \{ at: \S+, .*\}$/),
        expect.stringMatching(/^b = lift\(\{ at: \S+, .*\}\), which is \{ at: \S+, .*\}$/),
        expect.stringMatching(/^plus\(a, b\) is \{ at: /),
        expect.stringMatching(/^plus\(b, a\) is \{ at: /),
      ],
    })
  })

  it('names exact sums where sums of doubles round', () => {
    expect(verdictOf(caseOf('float sum')).breach?.fix).toContain('sum()')
    expect(verdictOf(caseOf('Welford variance')).breach?.fix).toContain('variance()')
    expect(verdictOf(caseOf('first 10 sample')).breach?.fix).not.toContain('sum()')
    expect(verdictOf(caseOf('objects merged by assignment')).breach?.fix).toContain('Object.fromEntries')
    expect(verdictOf(caseOf('ternary max')).breach?.fix).toContain('Math.max')
  })

  it('names the value on which plus throws, and a lift that throws on nearly all', () => {
    expect(verdictOf(caseOf('plus that throws on what is absent')).breach).toMatchObject({
      part: 'plus',
      label: expect.stringMatching(/^plus throws TypeError: /),
      lines: ["a = lift(''), which is { names: [] }", "b = lift(''), which is { names: [] }"],
    })
    expect(verdictOf(caseOf('lift that takes nearly nothing')).breach?.lines).toEqual([
      "lift('') throws SyntaxError: no order in 0 characters",
    ])
  })

  it('has small counter-examples', () => {
    const lengths = [...verdicts.values()].flatMap(v => v.breach?.lines ?? []).map(line => line.length)
    expect(Math.max(...lengths)).toBeLessThan(200)
  })
})

describe('lawful', () => {
  it.each(LAWFUL)('$name', subject => {
    expect(verdictOf(subject).breach).toBeNull()
  })

  it('reports a value that lift refuses, and a state that present refuses', () => {
    expect(verdictOf(caseOf('a lift that refuses what is no number')).refused).toEqual({
      lift: { value: 'NaN', error: 'RangeError: not a number' },
      present: null,
    })
    expect(verdictOf(caseOf('present that throws on negative states')).refused).toEqual({
      lift: null,
      present: { value: '-1', error: 'RangeError: negative' },
    })
    expect(verdictOf(caseOf('bit or')).refused).toEqual({ lift: null, present: null })
  })
})

describe('where the shape of plus is proved', () => {
  it('zero, lift and present are still tested', () => {
    expect(verdictOf(caseOf('max with zero 0 over all numbers'), true).breach?.law).toBe('identity')
    expect(verdictOf(caseOf('present that throws on negative states'), true).refused.present?.value).toBe('-1')
    expect(verdictOf(caseOf('a Set as state'), true).breach?.law).toBe('plain')
    expect(verdictOf(caseOf('least and greatest'), true).breach).toBeNull()
  })

  it('a lift that gives another form than plus is found by zero', () => {
    const bits: Case = { ...caseOf('bit or'), lift: (v: number) => v }
    expect(verdictOf(bits, true).breach?.law).toBe('identity')
  })
})

describe('values', () => {
  const seen = (schema: Schema, absent = false): Set<string> => {
    const texts = new Set<string>()
    const lift = (value: unknown): number => {
      texts.add(typeof value === 'object' ? JSON.stringify(value) : Object.is(value, -0) ? '-0' : String(value))
      return 0
    }
    const parts = { zero: 0, lift, plus: () => 0, present: (s: number) => s }
    checkLaws({ ...parts, schema: { root: schema, defs: DEFS }, absent, proved: false })
    return texts
  }
  const DEFS: Readonly<Record<string, Schema>> = {
    Tree: {
      kind: 'object',
      fields: [
        { name: 'left', schema: { kind: 'ref', name: 'Tree' }, optional: true },
        { name: 'names', schema: { kind: 'array', items: { kind: 'string' } }, optional: false },
        { name: 'rest', schema: { kind: 'array', items: { kind: 'ref', name: 'Tree' } }, optional: false },
      ],
    },
    Endless: { kind: 'object', fields: [{ name: 'next', schema: { kind: 'ref', name: 'Endless' }, optional: false }] },
  }

  it('of numbers hold what breaks sums and orders, in the form that executors give them', () => {
    const numbers = seen({ kind: 'number' })
    for (const text of ['0', 'NaN', 'Infinity', '0.1', '9007199254740992', '1e+308']) expect(numbers).toContain(text)
  })

  it('of strings hold the empty one, numbers, dates and odd names', () => {
    const texts = seen({ kind: 'string' })
    for (const text of ['', 'a', '10', '2026-01-01T00:00:00Z', '__proto__']) expect(texts).toContain(text)
  })

  it('may be absent where the type says so', () => {
    expect(seen({ kind: 'boolean' })).toEqual(new Set(['true', 'false']))
    expect(seen({ kind: 'boolean' }, true)).toEqual(new Set(['true', 'false', 'null']))
  })

  it('of recursive types are finite', () => {
    expect(seen({ kind: 'ref', name: 'Tree' })).toContain('{"names":[],"rest":[]}')
    expect(() => seen({ kind: 'ref', name: 'Endless' })).toThrow(/Endless has no finite value/)
  })

  it('of tuples, unions, records and literals are of their types', () => {
    const tuple: Schema = {
      kind: 'tuple',
      items: [{ kind: 'literal', value: 'x' }, { kind: 'null' }],
      required: 1,
      rest: null,
    }
    expect(seen(tuple)).toEqual(new Set(['["x"]', '["x",null]']))
    const union: Schema = {
      kind: 'union',
      members: [{ kind: 'literal', value: 1 }, { kind: 'null' }],
      discriminant: null,
    }
    expect(seen(union)).toEqual(new Set(['1', 'null']))
    expect(seen({ kind: 'record', values: { kind: 'literal', value: 1 } })).toContain('{"a":1}')
  })
})

it('gives the same verdict each time', () => {
  for (const name of ['float sum', 'Welford variance', 'top 2 without a tie-break']) {
    expect(verdictOf(caseOf(name))).toEqual(verdictOf(caseOf(name)))
  }
})
