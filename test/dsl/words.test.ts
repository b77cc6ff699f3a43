// Every word of the language by itself: written in the language, planned, and run by the reference.

import { describe, expect, test } from 'vitest'
import type { ReferenceInput } from '../../core/reference/input.ts'
import {
  approxCountDistinct,
  approxFrequency,
  approxMembership,
  approxQuantiles,
  bytes,
  collectSet,
  count,
  countDistinct,
  csv,
  first,
  frequencyOf,
  hopping,
  job,
  type KeyedStream,
  last,
  lines,
  max,
  maxBy,
  mean,
  mightContain,
  min,
  minBy,
  type Output,
  type Stream,
  sample,
  source,
  sum,
  type Table,
  topK,
  tumbling,
} from '../../dsl/index.ts'
import { deadOf, lateOf, rowsOf, writtenOf } from '../support/read-result.ts'
import { runJob } from '../support/run-job.ts'
import { raw, smallLog, tick } from '../support/small-log.ts'

interface Event {
  readonly t: number
  readonly k: string
  readonly n: number
}

const events = source<Event>('a', { time: e => e.t, disorder: '1s' })
const log = smallLog({
  'a/0': [
    { t: 1000, k: 'x', n: 1 },
    { t: 2000, k: 'y', n: 2 },
    { t: 3500, k: 'x', n: 3 },
  ],
  'a/1': [{ t: 2500, k: 'x', n: 3 }, tick(20_000)],
})

/** A stream, keyed or not. */
interface Written {
  to(topic: string): Output<unknown>
}

/** The elements of a stream, as an output writes them. */
function written(stream: Written, input: ReferenceInput = log): string[] {
  const result = runJob(job('test', { out: stream.to('out') }), input, { final: true })
  return (writtenOf(result, 'out')[0] as string[]).map(line => line.replaceAll('"', ''))
}

function rows(table: Table<unknown, unknown>, final = false): unknown[][] {
  return rowsOf(runJob(job('test', { view: table }), log, { final }), 'view')
}

const value = (e: Event): number => e.n
const small = (stream: Stream<Event>): Stream<number> => stream.map(value)
const byKey: KeyedStream<string, Event> = events.keyBy(e => e.k)

describe('steps', () => {
  const cases: Readonly<Record<string, [Written, string[]]>> = {
    map: [events.map(e => e.n * 10), ['1000 null 10', '2000 null 20', '2500 null 30', '3500 null 30']],
    'map with the record': [
      events.map((_, r) => `${r.topic}/${r.partition}:${r.offset} ${r.time} ${r.timestamp} ${r.key}`),
      ['1000 null a/0:0 1000 1000 null', '2000 null a/0:1 2000 2000 null', '2500 null a/1:0 2500 2500 null'].concat(
        '3500 null a/0:2 3500 3500 null',
      ),
    ],
    filter: [small(events.filter(e => e.k === 'y')), ['2000 null 2']],
    flatMap: [
      events.filter(e => e.n < 3).flatMap(e => [e.k, e.n]),
      ['1000 null x', '1000 null 1', '2000 null y', '2000 null 2'],
    ],
    merge: [
      small(
        events
          .filter(e => e.n === 1)
          .merge(
            events.filter(e => e.n === 2),
            events.filter(e => e.n === 1),
          ),
      ),
      ['1000 null 1', '1000 null 1', '2000 null 2'],
    ],
    keyBy: [byKey.map(value), ['1000 x 1', '2000 y 2', '2500 x 3', '3500 x 3']],
    mapValues: [byKey.mapValues((e, r) => `${r.key}${e.n}`), ['1000 x x1', '2000 y y2', '2500 x x3', '3500 x x3']],
    'filter of keyed': [byKey.filter(e => e.n === 1).map(value), ['1000 x 1']],
    'flatMap of keyed': [byKey.filter(e => e.n === 1).flatMap(() => [1, 2]), ['1000 x 1', '1000 x 2']],
    filterKeys: [byKey.filterKeys(k => k === 'y').map(value), ['2000 y 2']],
    flatMapKeys: [
      byKey
        .filter(e => e.n < 3)
        .flatMapKeys(k => [k, 'all'])
        .map(value),
      ['1000 x 1', '1000 all 1', '2000 y 2', '2000 all 2'],
    ],
    'merge of keyed': [
      byKey
        .filter(e => e.n === 1)
        .merge(byKey.filter(e => e.n === 2))
        .map(value),
      ['1000 x 1', '2000 y 2'],
    ],
    'keyBy again': [
      byKey
        .keyBy(e => [e.k, e.n])
        .filter(e => e.n === 1)
        .map((_, r) => r.key[1]),
      ['1000 [x,1] 1'],
    ],
  }
  test.each(Object.entries(cases))('%s', (_, [stream, expected]) => expect(written(stream)).toEqual(expected))

  test('to writes whole values, under another key, to partitions', () => {
    const output = byKey.to('out', { key: e => `n${e.n}`, partitions: 2 })
    const all = writtenOf(runJob(job('test', { output }), log), 'output')
    expect(all.length).toBe(2)
    // The watermark is 2500: only elements before it are due.
    expect(all.flat().sort()).toEqual(['1000 n1 {"k":"x","n":1,"t":1000}', '2000 n2 {"k":"y","n":2,"t":2000}'])
  })
})

describe('aggregations', () => {
  const cases: Readonly<Record<string, [Table<unknown, unknown>, unknown]>> = {
    count: [byKey.aggregate({ v: count() }), 3],
    sum: [byKey.aggregate({ v: sum(value) }), 7],
    'sum of bigints': [byKey.aggregate({ v: sum(e => BigInt(e.n)) }), 7n],
    mean: [byKey.aggregate({ v: mean(value) }), 7 / 3],
    min: [byKey.aggregate({ v: min(value) }), 1],
    max: [byKey.aggregate({ v: max((e, r) => [e.n, r.time]) }), [3, 3500]],
    first: [byKey.aggregate({ v: first() }), { k: 'x', n: 1, t: 1000 }],
    'first of': [byKey.aggregate({ v: first(value) }), 1],
    last: [byKey.aggregate({ v: last(e => e.t) }), 3500],
    minBy: [byKey.aggregate({ v: minBy(value, e => e.t) }), 1000],
    'maxBy, the first of equals': [byKey.aggregate({ v: maxBy(value) }), { k: 'x', n: 3, t: 2500 }],
    topK: [byKey.aggregate({ v: topK(2, value, e => e.t) }), [2500, 3500]],
    'topK of whole values': [byKey.aggregate({ v: topK(1, e => -e.n) }), [{ k: 'x', n: 1, t: 1000 }]],
    collectSet: [byKey.aggregate({ v: collectSet(value) }), [1, 3]],
    countDistinct: [byKey.aggregate({ v: countDistinct(value) }), 2],
    approxCountDistinct: [byKey.aggregate({ v: approxCountDistinct(value) }), 2],
    'approxCountDistinct of whole values': [byKey.aggregate({ v: approxCountDistinct() }), 3],
    approxQuantiles: [byKey.aggregate({ v: approxQuantiles(e => e.n - 3, { quantiles: [1, 0.5] }) }), [0, 0]],
    'approxMembership, asked': [
      byKey
        .aggregate({ f: approxMembership(value, { items: 100, falsePositives: 1e-6 }) })
        .mapValues(({ f }) => ({ v: [1, 2, 3].map(n => mightContain(f, n)) })),
      [true, false, true],
    ],
    'approxFrequency, asked': [
      byKey
        .aggregate({ f: approxFrequency(value, { error: 0.001, confidence: 0.999 }) })
        .mapValues(({ f }) => ({ v: [f.total, ...[1, 2, 3].map(n => frequencyOf(f, n))] })),
      [3, 1, 0, 2],
    ],
    'sample of all': [byKey.aggregate({ v: sample(9, () => 1) }), [1, 1, 1]],
    'countDistinct of whole values': [byKey.aggregate({ v: countDistinct() }), 3],
  }
  test.each(Object.entries(cases))('%s', (_, [table, expected]) => {
    expect(rows(table)[0]).toEqual(['x', { v: expected }])
  })

  test('several at once, fields in any order', () => {
    const table = byKey.aggregate({ sum: sum(value), count: count() })
    expect(rows(table)).toEqual([
      ['x', { count: 3, sum: 7 }],
      ['y', { count: 1, sum: 2 }],
    ])
  })

  test('short forms give the single result itself', () => {
    const short = [byKey.count(), byKey.sum(value), byKey.min(value), byKey.max(value), byKey.mean(value)]
    expect(short.map(table => rows(table)[0])).toEqual([3, 7, 1, 3, 7 / 3].map(v => ['x', v]))
  })
})

describe('windows and tables', () => {
  const windowed = byKey.window(tumbling('2s')).count()

  test('tumbling', () => {
    expect(rows(windowed)).toEqual([
      [0, 'x', 1],
      [2000, 'x', 2],
      [2000, 'y', 1],
    ])
  })

  test('tumbling with an offset', () => {
    const table = byKey.window(tumbling('2s', { offset: '500ms' })).count()
    expect(rows(table).map(r => r[0])).toEqual([500, 500, 2500])
  })

  test('hopping', () => {
    const table = byKey
      .filterKeys(k => k === 'y')
      .window(hopping('2s', '1s'))
      .sum(value)
    expect(rows(table)).toEqual([
      [1000, 'y', 2],
      [2000, 'y', 2],
    ])
  })

  test('mapValues sees the row', () => {
    const table = windowed.mapValues((n, row) => ({ n, span: row.window.end - row.window.start, key: row.key }))
    expect(rows(table)[0]).toEqual([0, 'x', { key: 'x', n: 1, span: 2000 }])
  })

  test('filter', () => expect(rows(windowed.filter(n => n > 1))).toEqual([[2000, 'x', 2]]))

  test('keep drops rows that long after their end', () => {
    expect(rows(windowed.keep('500ms')).map(r => r[0])).toEqual([2000, 2000])
    expect(rows(windowed.keep('501ms')).length).toBe(3)
  })

  test('closed emits each closed window once, one ms before its end', () => {
    const result = runJob(job('test', { out: windowed.closed().to('out') }), log)
    expect(writtenOf(result, 'out')).toEqual([['1999 x 1']])
  })
})

describe('sources', () => {
  test('lines', () => {
    const words = source('text', { format: lines() }).flatMap(line => line.split(' '))
    const table = words.keyBy(w => w).count()
    const input = smallLog({ 'text/0': [raw('to be or not'), raw('to be\r')] })
    expect(rowsOf(runJob(job('test', { table }), input), 'table')).toEqual([
      ['be', 2],
      ['not', 1],
      ['or', 1],
      ['to', 2],
    ])
  })

  test('csv keeps columns by name', () => {
    const items = source('sales', { format: csv<{ item: string; n: string }>({ columns: ['n', 'item'] }) })
    expect(
      written(
        items.map(s => `${s.item} ${s.n}`),
        smallLog({ 'sales/0': [raw('3,"a,b"')] }),
      ),
    ).toEqual(['0 null a,b 3'])
  })

  test('bytes', () => {
    const sizes = source('blobs', { format: bytes() }).map(b => b.length)
    expect(written(sizes, smallLog({ 'blobs/0': [raw(new Uint8Array(3))] }))).toEqual(['0 null 3'])
  })

  test('disorder and ahead', () => {
    const strict = source<Event>('a', { time: e => e.t, disorder: '500ms', ahead: '10s' })
    const input = smallLog({
      'a/0': [
        { t: 1000 },
        { t: 3000 },
        { t: 2500 },
        { t: 2499 },
        raw(JSON.stringify({ t: 90_000 }), { timestamp: 79_999 }),
        raw('{'),
      ],
    })
    const result = runJob(job('test', { n: strict.keyBy(() => null).count() }), input)
    expect(rowsOf(result, 'n')).toEqual([[null, 3]])
    expect(lateOf(result)).toEqual(['a/0:3 at 2499'])
    expect(deadOf(result).map(d => d.replace(/^\S+ /, ''))).toEqual([
      'ahead the time is too far ahead of the timestamp of the log',
      'decode $: not JSON',
    ])
  })
})

test('several stages: hourly counts, then the busiest hour of each day and a count of hours', () => {
  const perSecond = byKey.window(tumbling('1s')).aggregate({ n: count(), total: sum(value) })
  const perKey = perSecond
    .closed()
    .window(tumbling('4s'))
    .aggregate({
      busiest: maxBy(
        v => v.total,
        (_, r) => r.time,
      ),
      seconds: count(),
    })
  const overall = perKey
    .closed()
    .keyBy(v => v.seconds)
    .window(tumbling('8s'))
    .aggregate({ keys: collectSet((_, r) => r.key), t: max((_, r) => r.time) })
  const result = runJob(job('test', { perSecond, perKey, overall, done: overall.closed().to('done') }), log, {
    final: true,
  })
  expect(rowsOf(result, 'perKey')).toEqual([
    [0, 'x', { busiest: 2999, seconds: 3 }],
    [0, 'y', { busiest: 2999, seconds: 1 }],
  ])
  expect(rowsOf(result, 'overall')).toEqual([
    [0, 1, { keys: [1], t: 3999 }],
    [0, 3, { keys: [3], t: 3999 }],
  ])
  expect(writtenOf(result, 'done')[0]?.length).toBe(2)
})
