// Results that lambdas must not give: the executor against the reference, case by case.

import { describe, expect, it } from 'vitest'
import { isLyrebirdError, type LyrebirdError } from '../../../core/errors.ts'
import { type Program, reference } from '../../../core/reference/reference.ts'
import { compareValues } from '../../../core/values/canonical.ts'
import {
  type FieldLambdas,
  type FieldOptions,
  GLOBAL,
  PlanBuilder,
  type TestLambda,
  tumbling,
} from '../../support/jobs/graph-plan.ts'
import { smallLog } from '../../support/small-log.ts'
import { agreed, byOne, time, values } from './support/one-partition.ts'

const thrower = {
  get x(): number {
    throw new Error('getter')
  },
}

/** Results that at least one word must refuse. */
const ODD: readonly (readonly [string, () => unknown])[] = [
  [
    'a throw',
    () => {
      throw new Error('no')
    },
  ],
  [
    'a throw of nothing',
    () => {
      throw undefined
    },
  ],
  ['a promise', () => Promise.resolve(1)],
  ['a thenable', () => Object.fromEntries([['then', () => 1]])],
  ['a function', () => () => 1],
  ['a symbol', () => Symbol('s')],
  ['a Date', () => new Date(0)],
  ['a Map inside', () => ({ m: new Map() })],
  ['a getter that throws', () => thrower],
  ['undefined', () => undefined],
  ['null', () => null],
  ['minus zero', () => -0],
  ['NaN', () => Number.NaN],
  ['a fraction', () => 1.5],
  ['a bigint', () => 5n],
  ['a string', () => 'text'],
  ['an array', () => [1, undefined, 'x']],
  ['an array with a function', () => [1, () => 1]],
  ['a set', () => new Set([1, 2])],
  [
    'an iterator that throws half way',
    () => ({
      *[Symbol.iterator]() {
        yield 1
        throw new Error('half')
      },
    }),
  ],
  ['bytes', () => Uint8Array.of(1, 0)],
]

/** Places of a lambda that gives such a result for one record, with the nodes behind it. */
const PLACES: Readonly<Record<string, (p: PlanBuilder, odd: TestLambda) => void>> = {
  time: (p, odd) => ending(p, p.source('a', { time: odd })),
  map: (p, odd) => ending(p, p.map(p.source('a', { time }), odd)),
  filter: (p, odd) => ending(p, p.filter(p.source('a', { time }), odd)),
  flatMap: (p, odd) => ending(p, p.flatMap(p.source('a', { time }), odd)),
  keyBy: (p, odd) => keyed(p, p.keyBy(p.source('a', { time }), odd)),
  mapValues: (p, odd) => keyed(p, p.mapValues(byOne(p), odd)),
  filterKeys: (p, odd) => keyed(p, p.filterKeys(byOne(p), odd)),
  flatMapKeys: (p, odd) => keyed(p, p.flatMapKeys(byOne(p), odd)),
  'output key': (p, odd) => void p.output('o', p.to(p.source('a', { time }), 'o', { key: odd, partitions: 2 })),
  of: (p, odd) => void p.view('v', p.aggregate(byOne(p), GLOBAL, everything(odd, time))),
  lift: (p, odd) => void p.view('v', p.aggregate(byOne(p), GLOBAL, { n: { kind: 'count' }, own: own({ lift: odd }) })),
  present: (p, odd) => onOwn(p, { present: odd }),
  by: (p, odd) => void p.view('v', p.aggregate(byOne(p), GLOBAL, everything(time, odd))),
  mapTable: (p, odd) => onTable(p, t => p.mapTable(t, odd)),
  filterTable: (p, odd) => onTable(p, t => p.filterTable(t, odd)),
}

const ending = (p: PlanBuilder, node: string): void =>
  keyed(
    p,
    p.keyBy(node, () => 'k'),
  )

function keyed(p: PlanBuilder, node: string): void {
  p.view('v', p.aggregate(node, tumbling(5), everything(undefined, undefined)))
  p.output('o', p.to(node, 'o', { keyed: true }))
}

function onTable(p: PlanBuilder, word: (table: string) => string): void {
  const table = word(p.aggregate(byOne(p), tumbling(2), { n: { kind: 'count' } }))
  p.view('v', table).view('kept', p.keep(table, 2))
  p.output('x', p.to(p.closed(table), 'x')).output('y', p.to(p.closed(p.mapTable(table, () => 1)), 'y'))
}

const own = (parts: FieldLambdas): FieldOptions => ({
  kind: 'custom',
  zero: null,
  lift: (v: unknown) => v,
  plus: (a: unknown, b: unknown) => (a === null || (b !== null && compareValues(b, a) < 0) ? b : a),
  present: (s: unknown) => s,
  ...parts,
})

/** As a field of a row, as the row, and behind its closed window. */
function onOwn(p: PlanBuilder, parts: FieldLambdas): void {
  const row = p.aggregate(byOne(p), tumbling(2), { a: own({}), b: own(parts), n: { kind: 'count' } })
  const bare = p.bare(byOne(p), tumbling(2), own(parts))
  p.view('v', row)
    .view('bare', bare)
    .view(
      'mapped',
      p.mapTable(row, () => 1),
    )
    .view('kept', p.keep(bare, 2))
  p.output('x', p.to(p.closed(row), 'x')).output('y', p.to(p.closed(p.mapTable(bare, () => 1)), 'y'))
}

function everything(of: TestLambda | undefined, by: TestLambda | undefined): Parameters<PlanBuilder['aggregate']>[2] {
  const ofs = of === undefined ? {} : { of }
  const both = by === undefined ? ofs : { ...ofs, by }
  return {
    z: { kind: 'count' },
    b: { kind: 'first', ...ofs },
    a: { kind: 'maxBy', ...both },
    c: { kind: 'topK', k: 2, ...both },
    f: { kind: 'collectList', ...ofs },
    g: { kind: 'histogram', ...ofs },
    h: own(ofs),
    d: { kind: 'collectSet', ...ofs },
    e: { kind: 'max', ...ofs },
  }
}

describe.each(Object.keys(PLACES))('a lambda of %s', place => {
  it.each(ODD)('that gives %s', (_name, give) => {
    const p = new PlanBuilder()
    const usual = place === 'flatMap' || place === 'flatMapKeys' ? [7, 8] : 7
    // For one of four records; for words on tables, for every window.
    const odd = (v: { t?: number }): unknown => (v.t === 2 || v.t === undefined ? give() : usual)
    PLACES[place]?.(p, odd as TestLambda)
    agreed(p.program())
  })
})

const NUMERIC: readonly FieldOptions[] = [
  { kind: 'sum' },
  { kind: 'mean' },
  { kind: 'variance' },
  { kind: 'stddev' },
  { kind: 'histogram', bounds: [0, 2.5] },
]
describe.each(NUMERIC)('$kind', field => {
  it.each(ODD)('of %s', (_name, give) => {
    const p = new PlanBuilder()
    p.view(
      'v',
      p.bare(byOne(p), GLOBAL, { ...field, of: ((v: { t: number }) => (v.t === 2 ? give() : v.t)) as TestLambda }),
    )
    agreed(p.program())
  })
})

it('names the alphabetically first failing field of an aggregation', () => {
  const no = (): never => {
    throw new Error('no')
  }
  const p = new PlanBuilder()
  p.view(
    'v',
    p.aggregate(byOne(p), GLOBAL, { z: { kind: 'sum', of: no }, b: { kind: 'max', of: no }, c: { kind: 'count' } }),
  )
  const { dead, views } = agreed(p.program())
  expect(dead.map(d => d.reason)).toEqual(Array(4).fill('b: the lambda threw'))
  expect(views.get('v')).toEqual([])
})

describe('a plus', () => {
  const failing = (plus: TestLambda): Program => {
    const p = new PlanBuilder()
    p.view('v', p.aggregate(byOne(p), GLOBAL, { x: own({ plus }) }))
    return p.program()
  }
  const ended = (program: Program, run: (program: Program) => unknown): LyrebirdError => {
    try {
      run(program)
    } catch (error) {
      if (isLyrebirdError(error)) return error
      throw error
    }
    throw new Error('it went on')
  }

  it.each(ODD.filter(([name]) => /^a throw|promise|thenable|function|symbol|Date|Map|a set/.test(name)))(
    'that gives %s ends the run in executor and reference',
    (_name, give) => {
      const program = failing(give)
      for (const run of [agreed, (p: Program) => reference(p, smallLog({ 'a/0': values }))]) {
        const { code, where, message } = ended(program, run)
        expect(code).toBe('job-failed')
        expect(where).toMatchObject({ field: 'x' })
        expect(message).toContain('plus of the aggregation in field x')
      }
    },
  )

  it('cannot change the states that it gets, bytes included', () => {
    const p = new PlanBuilder()
    const present = (s: { bytes: Uint8Array }): unknown => {
      const shown = s.bytes.slice()
      s.bytes.fill(0)
      return shown
    }
    const seen = (v: { t: number }): unknown => ({ times: [v.t], bytes: Uint8Array.of(v.t) })
    const plus = (a: { times: number[]; bytes: Uint8Array }, b: { times: number[]; bytes: Uint8Array }): unknown => {
      const times = [...a.times, ...b.times].sort((x, y) => x - y)
      const bytes = Uint8Array.from([...a.bytes, ...b.bytes].sort((x, y) => x - y))
      a.bytes.fill(0)
      b.bytes.fill(0)
      return { times, bytes }
    }
    p.view(
      'v',
      p.aggregate(byOne(p), GLOBAL, {
        x: own({ zero: { times: [], bytes: new Uint8Array() }, lift: seen, plus, present }),
      }),
    )
    const { views } = agreed(p.program(), values, [1, 2, 3])
    expect(views.get('v')).toHaveLength(1)
    const push = (a: { times: number[] }): unknown => a.times.push(1)
    expect(ended(failing(push), agreed).message).toContain('threw')
  })
})

it('ends the run where a lambda runs out of stack', () => {
  const deep = (n: number): number => deep(n + 1) + 1
  for (const place of ['map', 'time', 'of', 'mapTable', 'lift', 'present']) {
    const p = new PlanBuilder()
    PLACES[place]?.(p, () => deep(0))
    expect(() => agreed(p.program())).toThrow(expect.toSatisfy(isLyrebirdError))
  }
})
