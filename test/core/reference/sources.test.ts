// Sources of the reference, on cases written by hand: decode, time, ahead, late; ticks; watermarks.

import { describe, expect, it } from 'vitest'
import { LyrebirdError } from '../../../core/errors.ts'
import { type ReferenceInput, reference } from '../../../core/reference/reference.ts'
import { GLOBAL, PlanBuilder, type SourceOptions } from '../../support/jobs/graph-plan.ts'
import { EVENT_SCHEMA } from '../../support/random-log.ts'
import { deadOf, lateOf, rowsOf } from '../../support/read-result.ts'
import { Raw, raw, smallLog, tick } from '../../support/small-log.ts'

const time = (v: { t: number }): unknown => v.t

/** The offsets that a source lets through, the late records and the dead letters. */
function run(options: SourceOptions, log: ReferenceInput, final = false) {
  const plan = new PlanBuilder()
  const source = plan.source('t', { id: 's', ...options })
  const positions = plan.map(
    source,
    (_: unknown, r: { partition: number; offset: bigint }) => `${r.partition}:${r.offset}`,
  )
  const keyed = plan.keyBy(positions, (v: string) => v)
  plan.view('v', plan.bare(keyed, GLOBAL, { kind: 'count' }))
  const result = reference(plan.program(), log, { final })
  return {
    accepted: rowsOf(result, 'v').map(row => row[0]),
    late: lateOf(result),
    dead: deadOf(result),
    watermark: result.watermarks.get('s'),
  }
}

interface Case {
  readonly name: string
  readonly options: SourceOptions
  readonly log: Readonly<Record<string, readonly unknown[]>>
  readonly final?: boolean
  readonly accepted: readonly string[]
  readonly late?: readonly string[]
  readonly dead?: readonly string[]
  readonly watermark: number
}

function check({ options, log, final, accepted, late = [], dead = [], watermark }: Case): void {
  expect(run(options, smallLog(log), final)).toEqual({ accepted, late, dead, watermark })
}

const at = (...times: readonly unknown[]): unknown[] => times.map(t => ({ t }))

const lateness: Case[] = [
  {
    name: 'at w - 1, w and w + 1',
    options: { time, disorderMs: 10 },
    log: { 't/0': at(100, 89, 90, 91) },
    accepted: ['0:0', '0:2', '0:3'],
    late: ['t/0:1 at 89'],
    watermark: 90,
  },
  {
    name: 'equal times without disorder',
    options: { time },
    log: { 't/0': at(5, 5, 4, 5) },
    accepted: ['0:0', '0:1', '0:3'],
    late: ['t/0:2 at 4'],
    watermark: 5,
  },
  {
    name: 'by the own partition alone',
    options: { time },
    log: { 't/0': at(100, 99), 't/1': at(1, 2) },
    accepted: ['0:0', '1:0', '1:1'],
    late: ['t/0:1 at 99'],
    watermark: 2,
  },
  {
    name: 'negative times',
    options: { time, disorderMs: 1 },
    log: { 't/0': at(-8.64e15, -5, -6, -7, 8.64e15) },
    accepted: ['0:0', '0:1', '0:2', '0:4'],
    late: ['t/0:3 at -7'],
    watermark: 8.64e15 - 1,
  },
]

const watermarks: Case[] = [
  {
    name: 'an empty partition holds it back',
    options: { time },
    log: { 't/0': at(100), 't/1': [] },
    accepted: ['0:0'],
    watermark: Number.NEGATIVE_INFINITY,
  },
  {
    name: 'no partition at all',
    options: { time },
    log: { 'other/0': at(1) },
    accepted: [],
    watermark: Number.NEGATIVE_INFINITY,
  },
  {
    name: 'final',
    options: { time },
    log: { 't/0': at(100, 99), 't/1': [] },
    final: true,
    accepted: ['0:0'],
    late: ['t/0:1 at 99'],
    watermark: Number.POSITIVE_INFINITY,
  },
  {
    name: 'a tick moves it, and makes what follows late',
    options: { time, disorderMs: 10 },
    log: { 't/0': [tick(100), { t: 89 }, { t: 90 }, tick(50), { t: 90 }] },
    accepted: ['0:2', '0:4'],
    late: ['t/0:1 at 89'],
    watermark: 90,
  },
  {
    name: 'a tick that comes late is never late',
    options: { time },
    log: { 't/0': [{ t: 100 }, tick(1), tick(100)] },
    accepted: ['0:0'],
    watermark: 100,
  },
  {
    name: 'a tick with an impossible time moves nothing',
    options: { time },
    log: { 't/0': [tick(9e15), { t: 1 }] },
    accepted: ['0:1'],
    watermark: 1,
  },
  {
    name: 'a tick header on a record with a value is no tick',
    options: { time },
    log: { 't/0': [raw('{"t":1}', { timestamp: 100, headers: [{ key: 'lyrebird-tick', value: null }] })] },
    accepted: ['0:0'],
    watermark: 1,
  },
  {
    name: 'a late record leaves it alone, an undecodable one too',
    options: { time },
    log: { 't/0': [{ t: 10 }, { t: 3 }, raw('{"t":99', { timestamp: 99 })] },
    accepted: ['0:0'],
    late: ['t/0:1 at 3'],
    dead: ['s decode $: not JSON'],
    watermark: 10,
  },
]

const dead: Case[] = [
  {
    name: 'a null value without the tick header',
    options: {},
    log: { 't/0': [raw(null)] },
    accepted: [],
    dead: ['s decode $: null value'],
    watermark: Number.NEGATIVE_INFINITY,
  },
  {
    name: 'not of the type, before any lambda',
    options: { schema: EVENT_SCHEMA, time: () => Math.sqrt(Number.NaN) },
    log: { 't/0': [{ t: 1, n: 'x', k: 'a' }] },
    accepted: [],
    dead: ['s decode $.n: expected number, got string'],
    watermark: Number.NEGATIVE_INFINITY,
  },
  {
    name: 'a time lambda that throws',
    options: {
      time: () => {
        throw new TypeError('x')
      },
    },
    log: { 't/0': at(1) },
    accepted: [],
    dead: ['s throw the lambda threw'],
    watermark: Number.NEGATIVE_INFINITY,
  },
  ...(
    [
      [1.5, 'the time is no integer'],
      ['1', 'the time is no number'],
      [null, 'the time is no number'],
      [8.64e15 + 1, 'the time is out of range'],
      [-8.64e15 - 1, 'the time is out of range'],
    ] as const
  ).map(
    ([t, reason]): Case => ({
      name: `time ${t}`,
      options: { time },
      log: { 't/0': [raw(JSON.stringify({ t }), { timestamp: 5 }), { t: 7 }] },
      accepted: ['0:1'],
      dead: [`s time ${reason}`],
      watermark: 7,
    }),
  ),
  {
    name: 'times that JSON cannot hold',
    options: { time: (v: { t: number }) => (v.t === 1 ? Number.NaN : v.t === 2 ? 5n : Promise.resolve(1)) },
    log: { 't/0': at(1, 2, 3) },
    accepted: [],
    dead: ['s time the time is no number', 's time the time is no number', 's time the lambda returned a promise'],
    watermark: Number.NEGATIVE_INFINITY,
  },
  {
    name: 'ahead of the log, by one ms too much, and moving no watermark',
    options: { time, aheadMs: 10 },
    log: { 't/0': [raw('{"t":110}', { timestamp: 100 }), raw('{"t":111}', { timestamp: 100 }), raw('{"t":109}')] },
    accepted: ['0:0'],
    dead: [
      's ahead the time is too far ahead of the timestamp of the log',
      's ahead the time is too far ahead of the timestamp of the log',
    ],
    watermark: 110,
  },
  {
    name: 'ahead is asked before late',
    options: { time, aheadMs: 10 },
    log: { 't/0': [raw('{"t":110}', { timestamp: 100 }), raw('{"t":50}', { timestamp: 1 })] },
    accepted: ['0:0'],
    dead: ['s ahead the time is too far ahead of the timestamp of the log'],
    watermark: 110,
  },
  {
    name: 'no timestamp (-1) where the time is that of the log; the times around it are times',
    options: { disorderMs: 10 },
    log: { 't/0': [-2, -1, 0, 7, -1].map(timestamp => raw('{}', { timestamp })) },
    accepted: ['0:0', '0:2', '0:3'],
    dead: ['s time the record has no timestamp', 's time the record has no timestamp'],
    watermark: -3,
  },
  {
    name: 'no timestamp with `ahead`, which has nothing to compare with',
    options: { time, aheadMs: 10 },
    log: { 't/0': [raw('{"t":-5}', { timestamp: -1 }), raw('{"t":5}', { timestamp: -1 }), raw('{"t":-5}')] },
    accepted: ['0:2'],
    dead: ['s time the record has no timestamp', 's time the record has no timestamp'],
    watermark: -5,
  },
  {
    name: 'a lambda that reads a timestamp which is not there',
    options: { time: (_: unknown, r: { timestamp: number }) => r.timestamp + 1 },
    log: { 't/0': [raw('{}', { timestamp: -1 }), raw('{}', { timestamp: 4 })] },
    accepted: ['0:1'],
    dead: ['s throw the lambda threw'],
    watermark: 5,
  },
  {
    name: 'no timestamp does not matter where nothing asks for it; a tick without one moves nothing',
    options: { time },
    log: { 't/0': [raw('{"t":-9}', { timestamp: -1 }), tick(-1), raw('{"t":-8}', { timestamp: -1 })] },
    accepted: ['0:0', '0:2'],
    watermark: -8,
  },
]

describe('lateness', () => {
  for (const c of lateness) it(c.name, () => check(c))
})
describe('watermark', () => {
  for (const c of watermarks) it(c.name, () => check(c))
})
describe('dead letters', () => {
  for (const c of dead) it(c.name, () => check(c))
})

describe('what the log holds', () => {
  const bare = new Raw({ timestamp: null, key: null, value: new TextEncoder().encode('{"t":1}'), headers: [] })

  it('without time lambda the timestamp is the time', () => {
    const log = { 't/0': [raw('{}', { timestamp: 7 }), raw('{}', { timestamp: 6 })] }
    check({ name: '', options: {}, log, accepted: ['0:0'], late: ['t/0:1 at 6'], watermark: 7 })
  })

  it.each<[string, SourceOptions]>([
    ['the default time', {}],
    ['ahead', { time, aheadMs: 1 }],
    ['record.timestamp', { time: (_: unknown, r: { timestamp: number }) => r.timestamp }],
    ['record.key', { time: (_: unknown, r: { key: unknown }) => (r.key === null ? 1 : 2) }],
    ['record.headers', { time: (_: unknown, r: { headers: unknown[] }) => r.headers.length }],
  ])('%s ends the run on a log without it', (_, options) => {
    expect(() => run(options, smallLog({ 't/0': [bare] }))).toThrow(LyrebirdError)
  })

  it('a key that is no UTF-8 makes the lambda throw', () => {
    const byKey = (_: unknown, r: { key: string }): number => r.key.length
    const log = { 't/0': [raw('{}', { key: Uint8Array.of(0xff) }), raw('{}', { key: 'abc' })] }
    check({
      name: '',
      options: { time: byKey },
      log,
      accepted: ['0:1'],
      dead: ['s throw the lambda threw'],
      watermark: 3,
    })
  })
})

describe('several sources', () => {
  it('each has its own times, and a node waits only for those that feed it', () => {
    const plan = new PlanBuilder()
    const a = plan.source('t', { id: 'a', time })
    const b = plan.source('t', { id: 'b', time: (v: { t: number }) => v.t - 50 })
    const c = plan.source('u', { id: 'c', time })
    plan
      .output('ab', plan.to(plan.merge([a, b]), 'ab', { id: 'ab' }))
      .output('ac', plan.to(plan.merge([a, c]), 'ac', { id: 'ac' }))
    const result = reference(plan.program(), smallLog({ 't/0': at(100, 120), 'u/0': [] }))
    expect([...result.watermarks]).toEqual([
      ['a', 120],
      ['b', 70],
      ['c', Number.NEGATIVE_INFINITY],
    ])
    expect(result.outputs.get('ab')?.[0]?.map(r => r.timestamp)).toEqual([50])
    expect(result.outputs.get('ac')?.[0]).toEqual([])
  })
})
