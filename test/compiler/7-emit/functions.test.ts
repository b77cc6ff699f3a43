// Emitted functions against the interpreted module: the same calls of tables and outputs, the same late records and
// dead letters, in the same order, for random logs in chunks of every size.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { closedRealm } from '../../../core/realm/closed-realm.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { hopping, PlanBuilder, type TestLambda, tumbling } from '../../support/jobs/graph-plan.ts'
import { JOBS } from '../../support/jobs/jobs.ts'
import { EVENT_SCHEMA, logArbitrary } from '../../support/random-log.ts'
import { raw, smallLog, tick } from '../../support/small-log.ts'
import { emittedModule, type TestProgram, traceOf } from './recording-target.ts'

describe.each(Object.entries(JOBS))('job %s', (_, { shape, build }) => {
  it('does what the interpreted module does', () => {
    const program = build()
    fc.assert(
      fc.property(logArbitrary(shape), fc.constantFrom(1, 3, 1000), (log, chunkSize) => {
        expect(traceOf(emittedModule(program), log, chunkSize)).toEqual(
          traceOf(interpretedModule(program), log, chunkSize),
        )
      }),
      { numRuns: 40 },
    )
  })
})

const agree = (program: TestProgram, log = LOG): string[] => {
  const trace = traceOf(emittedModule(program), log, 4)
  expect(trace).toEqual(traceOf(interpretedModule(program), log, 4))
  return trace
}

const LOG = smallLog({
  't/0': [
    { t: 1000, k: 'a', n: 1 },
    { t: 2000, k: 'b', n: -1, tags: ['x', 'y'] },
    raw('{'),
    raw(null),
    tick(2500),
    { t: 500, k: 'c', n: 0 },
    { t: -1, k: 'd', n: 2 },
  ],
})

const source = (plan: PlanBuilder): string =>
  plan.source('t', { time: (e: { t: number }) => e.t, schema: EVENT_SCHEMA, disorderMs: 10_000 })

/** Results of a lambda that are no plain value. */
const ODD: Readonly<Record<string, TestLambda>> = {
  throws: () => {
    throw new Error('no')
  },
  'throws no error': () => {
    throw 'text'
  },
  promise: () => Promise.resolve(1),
  thenable: () => Object.fromEntries([['then', () => {}]]),
  undefined: () => undefined,
  null: () => null,
  'minus zero': () => -0,
  NaN: () => Number.NaN,
  date: () => new Date(0),
  function: () => () => 1,
  symbol: () => Symbol('s'),
  text: () => 'text',
  list: () => [1, 'a', null],
  generator: function* () {
    yield 1
    throw new Error('half way')
  },
  object: () => ({ b: 1, a: [undefined] }),
}

describe.each(Object.entries(ODD))('a lambda that gives %s', (_, odd) => {
  it.each(['map', 'filter', 'flatMap', 'keyBy', 'mapValues'] as const)('in %s', word => {
    const plan = new PlanBuilder()
    const keyed = plan.keyBy(plan[word](source(plan), odd), () => 'k')
    plan.view('v', plan.aggregate(keyed, tumbling(1000), { n: { kind: 'count' }, z: { kind: 'last' } }))
    agree(plan.program())
  })

  it.each(['filterKeys', 'flatMapKeys'] as const)('in %s', word => {
    const plan = new PlanBuilder()
    const keyed = plan[word](
      plan.keyBy(source(plan), (e: { k: string }) => e.k),
      odd,
    )
    plan.output('o', plan.to(keyed, 'out', { keyed: true }))
    agree(plan.program())
  })

  it('as time, as key of an output, in every extractor', () => {
    const timed = new PlanBuilder()
    timed.output('o', timed.to(timed.source('t', { time: odd, schema: EVENT_SCHEMA }), 'out'))
    agree(timed.program())
    const plan = new PlanBuilder()
    plan.output('o', plan.to(source(plan), 'out', { key: odd }))
    const keyed = plan.keyBy(source(plan), (e: { k: string }) => e.k)
    for (const kind of ['sum', 'min', 'first', 'collectSet'] as const) {
      plan.view(kind, plan.aggregate(keyed, hopping(3000, 1000, 7), { b: { kind: 'count' }, a: { kind, of: odd } }))
    }
    plan.view(
      'top',
      plan.aggregate(keyed, tumbling(1000), { a: { kind: 'topK', k: 2, by: odd }, b: { kind: 'sum', of: odd } }),
    )
    agree(plan.program())
  })
})

describe('windows', () => {
  it('start where the exact formula says, over the whole range of times', () => {
    const times = fc.oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.constantFrom(-8.64e15, 8.64e15, 0, -1, 1))
    const sizes = fc.oneof(fc.integer({ min: 1, max: 2 ** 41 }), fc.constantFrom(1, 2, 3, 1000, 3_600_000, 86_400_000))
    fc.assert(
      fc.property(times, sizes, fc.nat(), (time, size, offset) => {
        const plan = new PlanBuilder()
        const one = plan.keyBy(plan.source('t', { time: () => time }), () => 'k')
        plan.view('v', plan.aggregate(one, tumbling(size, offset % size), { n: { kind: 'count' } }))
        agree(plan.program(), smallLog({ 't/0': [1] }))
      }),
      { numRuns: 400 },
    )
  })
})

describe('a long job', () => {
  it('is split into functions and means the same', () => {
    const plan = new PlanBuilder()
    let at = source(plan)
    for (let i = 0; i < 60; i++) {
      at =
        i % 7 === 3
          ? plan.merge([at, plan.filter(at, (e: { n: number }) => e.n > 0)])
          : plan.map(at, (e: object) => ({ ...e }))
      if (i % 20 === 19) plan.output(`o${i}`, plan.to(at, `out-${i}`))
    }
    expect(agree(plan.program(), smallLog({ 't/0': [{ t: 1, k: 'a', n: 1 }] })).length).toBeGreaterThan(100)
  })
})

describe('what must end the run', () => {
  it.each(['map', 'filter', 'flatMap', 'keyBy'] as const)('is no dead letter in %s', word => {
    const plan = new PlanBuilder()
    const realm = closedRealm()
    realm.close()
    const closed = realm.names.Date as DateConstructor
    plan.output(
      'o',
      plan.to(
        plan[word](source(plan), () => closed.now()),
        'out',
      ),
    )
    expect(() => traceOf(emittedModule(plan.program()), LOG, 4)).toThrow(/clock-in-lambda/)
  })
})

describe('a job of thousands of steps', () => {
  it('is emitted and runs', () => {
    const plan = new PlanBuilder()
    let at = source(plan)
    for (let i = 0; i < 5000; i++) at = plan.map(at, (e: unknown) => e)
    plan.output('o', plan.to(at, 'out'))
    const program = plan.program()
    const trace = traceOf(emittedModule(program), smallLog({ 't/0': [{ t: 1, k: 'a', n: 1 }] }), 1)
    expect(trace.filter(line => line.startsWith('output'))).toHaveLength(1)
  })
})

describe('a second argument', () => {
  it('has the record before an aggregation, and time and key past it', () => {
    const plan = new PlanBuilder()
    const see = (_: unknown, r: { time: number; key: unknown; partition?: number }): unknown[] => [
      r.time,
      r.partition ?? null,
    ]
    const keyed = plan.keyBy(plan.map(source(plan), see), (v: unknown[]) => v.length)
    const again = plan.mapValues(keyed, (_: unknown, r: { time: number; key: unknown }) => [r.time, r.key])
    const table = plan.aggregate(again, tumbling(1000), { n: { kind: 'count' } })
    plan.output(
      'o',
      plan.to(
        plan.map(plan.closed(table), (_: unknown, r: { time: number; key: unknown }) => [r.time, r.key]),
        'out',
      ),
    )
    plan.output('p', plan.to(again, 'out-2', { keyed: true }))
    agree(plan.program())
  })
})
