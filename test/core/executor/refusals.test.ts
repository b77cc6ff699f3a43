// What lambdas must not give, and where windows end: the executor against the reference, case by case.

import { describe, expect, it } from 'vitest'
import { isLyrebirdError, type LyrebirdError } from '../../../core/errors.ts'
import { JobExecutor } from '../../../core/executor/job-executor.ts'
import { IDENTITY_HEADER } from '../../../core/log/chunk.ts'
import { type Program, reference } from '../../../core/reference/reference.ts'
import { compareResults } from '../../../core/result/compare-results.ts'
import type { JobResult } from '../../../core/result/result.ts'
import { compareValues } from '../../../core/values/canonical.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import {
  type FieldLambdas,
  type FieldOptions,
  GLOBAL,
  hopping,
  PlanBuilder,
  type TestLambda,
  tumbling,
} from '../../support/jobs/graph-plan.ts'
import { chunkOf } from '../../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../../support/memory-state.ts'
import { readResult } from '../../support/read-state.ts'
import { raw, smallLog } from '../../support/small-log.ts'

const time = (v: { t: number }): number => v.t
const values = [{ t: 1 }, { t: 2 }, { t: 3 }, { t: 9 }]

/** Runs a program on one partition in the executor, checks the result against the reference, and returns it. */
function agreed(program: Program, events: readonly unknown[] = values, cuts: readonly number[] = []): JobResult {
  const log = smallLog({ 'a/0': events })
  const state = new MemoryState()
  const executor = new JobExecutor(interpretedModule(program), memoryEnvironment(state))
  const [partition] = log
  let from = 0
  for (const to of [...cuts, events.length]) {
    executor.feed(chunkOf({ topic: 'a', partition: 0 }, partition?.records.slice(from, to) ?? [], BigInt(to)))
    state.commit(executor)
    const prefix = [{ topic: 'a', partition: 0, records: partition?.records.slice(0, to) ?? [] }]
    const expected = reference(program, prefix)
    expect(compareResults({ ...readResult(state, program.plan), outputs: expected.outputs }, expected)).toBeNull()
    from = to
  }
  return readResult(state, program.plan)
}

const thrower = {
  get x(): number {
    throw new Error('getter')
  },
}

/** Results that some word or other must refuse. */
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

/** Places of a lambda that gives such a thing for one record, with whatever stands behind. */
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

const byOne = (p: PlanBuilder): string => p.keyBy(p.source('a', { time }), () => 'one')
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

/** In a row, as a row, and behind its window. */
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

describe('dead letters', () => {
  const [refused, other] = [(): unknown => Symbol('x'), (): unknown => () => 1]

  it('of records with identities that no output wrote, whatever bytes they begin with', () => {
    const p = new PlanBuilder()
    p.output('o', p.to(p.map(p.source('a', { time }), refused), 'o'))
    const identities = [[], [0], [0xff], [0xff, 0], [0, 0xff]].map(bytes => Uint8Array.from(bytes))
    const events = identities.map((value, i) =>
      raw(`{"t":${i}}`, { timestamp: i, headers: [{ key: IDENTITY_HEADER, value }] }),
    )
    const { dead } = agreed(p.program(), events, [1, 2, 3])
    expect(dead.map(d => [...d.identity])).toEqual([[], [0], [0, 0xff], [0xff], [0xff, 0]])
  })

  it('of an element of which two parts have no canonical bytes: the first one is told', () => {
    for (const [value, by] of [
      [refused, other],
      [other, refused],
    ] as const) {
      const p = new PlanBuilder()
      const stream = p.mapValues(
        p.keyBy(p.source('a', { time }), () => 1),
        value,
      )
      p.output('o', p.to(p.distinct(stream, { by: () => by() as never }), 'o'))
      expect(agreed(p.program()).dead).toHaveLength(values.length)
    }
  })

  it('of one record by both sides of a join, in two flushes: one', () => {
    for (const [left, right] of [
      [refused, other],
      [other, refused],
    ] as const) {
      const p = new PlanBuilder()
      const stream = p.keyBy(p.source('a', { time }), () => 1)
      const scanned = p.scan(stream, 0, (n: number) => n + 1)
      p.output('o', p.to(p.joinTable(p.mapValues(scanned, left), p.mapValues(stream, right)), 'o'))
      expect(agreed(p.program(), values, [1, 2, 3]).dead).toHaveLength(values.length)
    }
  })
})

describe('windows close', () => {
  const closing = (window: ReturnType<typeof tumbling>): Program => {
    const p = new PlanBuilder()
    const table = p.aggregate(byOne(p), window, { n: { kind: 'count' } })
    p.view('v', table)
      .view('kept', p.keep(table, 10))
      .output('o', p.to(p.closed(table), 'o'))
    return p.program()
  }
  const at = (...times: number[]): unknown[] => times.map(t => ({ t }))

  it.each([
    ['one before the end', at(1, 9), 0],
    ['at the end', at(1, 10), 1],
    ['one past the end', at(1, 11), 1],
    ['at the end of the next', at(1, 12, 20), 2],
    ['before 1970', at(-25, -11, -10), 2],
    ['far out', at(8.64e15 - 20, 8.64e15), 1],
  ])('%s', (_name, events, count) => {
    const program = closing(tumbling(10))
    const everyCut = events.map((_, i) => i + 1).slice(0, -1)
    agreed(program, events)
    const { handed } = agreed(program, events, everyCut)
    expect([...handed].find(([node]) => node.startsWith('closed'))?.[1].count).toBe(count)
  })

  it('one after the other, for hopping windows, at every cut', () => {
    const events = at(0, 3, 4, 5, 9, 10, 14, 15, 30, 31)
    agreed(closing(hopping(10, 5)), events, [1, 2, 3, 4, 5, 6, 7, 8, 9])
    agreed(closing(hopping(10, 3, 1)), events, [1, 2, 3, 4, 5, 6, 7, 8, 9])
  })
})
