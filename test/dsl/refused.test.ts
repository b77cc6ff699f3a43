// What the language refuses when a job is evaluated without type checks: a stable word, the site, a sentence.

import { expect, test } from 'vitest'
import { CALL_MARK } from '../../core/plan/graph.ts'
import { isJobError, JOB_ERROR_WORDS, type JobErrorWord } from '../../core/plan/job-error.ts'
import * as language from '../../dsl/index.ts'

/** Any value of the language, as a job in plain JavaScript sees it. */
type Loose = ((...args: unknown[]) => Loose) & { readonly [W in Word]: Loose }
type Word =
  | ('approxCountDistinct' | 'approxQuantiles' | 'approxMembership' | 'approxFrequency' | 'sample')
  | (
      | 'source'
      | 'job'
      | 'tumbling'
      | 'hopping'
      | 'session'
      | 'calendar'
      | 'sum'
      | 'topK'
      | 'count'
      | 'csv'
      | 'format'
      | 'variance'
      | 'collectList'
      | 'histogram'
      | 'aggregation'
    )
  | ('map' | 'mapValues' | 'keyBy' | 'merge' | 'to' | 'window' | 'aggregate' | 'keep' | 'closed')
  | ('lookup' | 'snapshot' | 'joinWithin' | 'joinTables' | 'changes')
  | ('scan' | 'distinct' | 'dedupe' | 'toTable' | 'joinTable' | 'table')
const {
  source,
  job,
  tumbling,
  hopping,
  session,
  calendar,
  sum,
  topK,
  count,
  csv,
  format,
  table: upserts,
} = language as unknown as Loose

const { variance, collectList, histogram, aggregation } = language as unknown as Loose
const { snapshot } = language as unknown as Loose
const { approxCountDistinct, approxQuantiles, approxMembership, approxFrequency, sample } = language as unknown as Loose

/** The mark that the compiler adds to a call. */
const at = { [CALL_MARK]: 7 }
const fn = (v: unknown): unknown => v
const own = { zero: 0, lift: fn, plus: fn, present: fn }
const views = source('views') as Loose
const keyed = views.keyBy(fn) as Loose
const table = keyed.count() as Loose
const windowed = keyed.window(tumbling('1h')).count() as Loose

const within = { before: '1s', after: '0s' }
const data = snapshot({ a: 1 }) as Loose

type Case = readonly [JobErrorWord, string, () => unknown]
const CASES: readonly Case[] = [
  ['bad-name', '"../x" is no name for a job', () => job('../x', { table }, at)],
  ['bad-name', 'is no name for a job', () => job('x'.repeat(101), { table }, at)],
  ['bad-name', '"" is no name for a job', () => job('', { table }, at)],
  ['bad-name', 'nothing is no name for a job', () => job(undefined, { table }, at)],
  ['bad-name', '"top pages" is no name for a view', () => job('j', { 'top pages': table }, at)],
  ['bad-name', '"__proto__" is no name for a view', () => job('j', { ['__proto__']: table }, at)],
  ['bad-name', 'is no name for a view', () => job('j', { 'a\u0000': table }, at)],
  ['bad-name', '"a b" is no name for a field', () => keyed.aggregate({ 'a b': count() }, at)],
  ['bad-name', '"__proto__" is no name for a field', () => keyed.aggregate({ ['__proto__']: count() }, at)],
  ['not-keyed', 'scan() needs a keyed stream', () => views.scan(0, fn, at)],
  ['not-keyed', 'distinct() needs a keyed stream', () => views.distinct(at)],
  ['not-keyed', 'dedupe() needs a keyed stream', () => views.dedupe(fn, '1s', at)],
  ['not-keyed', 'toTable() needs a keyed stream', () => views.toTable(at)],
  ['not-keyed', 'joinTable() needs a keyed stream', () => views.joinTable(keyed.toTable(), at)],
  ['bad-argument', 'the zero of scan() is plain data', () => keyed.scan(new Map(), fn, at)],
  ['bad-argument', 'scan() needs a function, got nothing', () => keyed.scan(0, at)],
  ['bad-argument', 'distinct() needs a function, got 3', () => keyed.distinct(3, at)],
  ['bad-duration', 'the time of dedupe() is "1 hour"', () => keyed.dedupe(fn, '1 hour', at)],
  ['bad-argument', 'got one that does not keep its versions', () => keyed.joinTable(keyed.count(), at)],
  ['bad-argument', 'got one that does not keep its versions', () => keyed.joinTable(keyed, at)],
  ['bad-argument', 'got 3', () => keyed.joinTable(3, at)],
  [
    'bad-option',
    'at of joinTable() is same or before; got "after"',
    () => keyed.joinTable(keyed.toTable(), { at: 'after' }, at),
  ],
  [
    'bad-option',
    'the type of joinTable() is inner, left; got "full"',
    () => keyed.joinTable(keyed.toTable(), { type: 'full' }, at),
  ],
  ['not-keyed', 'lookup() on an unkeyed stream needs a key', () => views.lookup(data, at)],
  ['bad-argument', 'lookup() takes a snapshot(...), got an object', () => keyed.lookup({ a: 1 }, at)],
  ['bad-option', 'lookup() has no option "keys"', () => keyed.lookup(data, { keys: fn }, at)],
  ['bad-argument', 'the key of lookup() needs a function', () => keyed.lookup(data, { key: 'a' }, at)],
  ['bad-option', 'the type of lookup() is inner, left; got "full"', () => keyed.lookup(data, { type: 'full' }, at)],
  ['bad-argument', 'snapshot() takes an object or an array of rows, got 3', () => snapshot(3, at)],
  ['bad-option', 'snapshot() of an array needs a key', () => snapshot([1], at)],
  ['bad-option', 'snapshot() of an object has no option "key"', () => snapshot({ a: 1 }, { key: fn }, at)],
  ['bad-argument', 'two rows of snapshot() have the key 0', () => snapshot([0, -0], { key: fn }, at)],
  ['bad-argument', 'snapshot() holds plain data only', () => snapshot({ a: new Map() }, at)],
  ['not-keyed', 'joinWithin() needs a keyed stream', () => views.joinWithin(keyed, within, at)],
  ['not-keyed', 'joinWithin() takes another keyed stream', () => keyed.joinWithin(views, within, at)],
  ['bad-argument', 'joinWithin() takes another keyed stream, got an object', () => keyed.joinWithin(table, within, at)],
  ['bad-option', 'joinWithin() needs the bound before', () => keyed.joinWithin(keyed, { after: '1s' }, at)],
  ['bad-option', 'joinWithin() needs the bound after', () => keyed.joinWithin(keyed, { before: '1s' }, at)],
  ['bad-option', 'joinWithin() needs the bound before', () => keyed.joinWithin(keyed, at)],
  [
    'bad-duration',
    'the bound before of joinWithin() is "-1s"',
    () => keyed.joinWithin(keyed, { before: '-1s', after: '0s' }, at),
  ],
  [
    'bad-option',
    'the type of joinWithin() is inner, left, right, full; got "outer"',
    () => keyed.joinWithin(keyed, { ...within, type: 'outer' }, at),
  ],
  ['bad-argument', 'joinTables() takes another table, got an object', () => table.joinTables(keyed, at)],
  ['bad-window', 'takes tables with the same windows', () => table.joinTables(windowed, at)],
  [
    'bad-window',
    'takes tables with the same windows',
    () => windowed.joinTables(keyed.window(tumbling('1h', { offset: '1m' })).count(), at),
  ],
  [
    'bad-window',
    'joinTables() joins no tables over sessions',
    () => {
      const sessions = keyed.window(session('1m')).count() as Loose
      return sessions.joinTables(sessions, at)
    },
  ],
  [
    'bad-option',
    'the type of joinTables() is inner, left, full; got "right"',
    () => table.joinTables(table, { type: 'right' }, at),
  ],
  ['not-windowed', 'closed() needs a table with windows', () => table.joinTables(table).closed(at)],
  ['bad-argument', 'changes() takes nothing', () => table.changes('counts', at)],
  ['bad-topic', '".." is no name for a topic', () => table.changes().to('..', at)],
  ['bad-option', 'changes().to() has no option "key"', () => table.changes().to('t', { key: fn }, at)],
  ['bad-option', 'the partitions of to() are', () => table.changes().to('t', { partitions: 0 }, at)],
  [
    'duplicate-output',
    'outputs a and b both write to topic t',
    () => job('j', { a: table.changes().to('t'), b: views.to('t') }, at),
  ],
  ['bad-topic', 'writes to topic views, which the job reads', () => job('j', { a: table.changes().to('views') }, at)],
  ['bad-argument', 'result a is no table and no output', () => job('j', { a: table.changes() }, at)],
  ['bad-option', 'table() has no option "keys"', () => upserts('users', { keys: fn }, at)],
  ['bad-argument', 'the key of table() needs a function', () => upserts('users', { key: 'id' }, at)],
  ['bad-topic', '".." is no name for a topic', () => upserts('..', at)],
  ['not-windowed', 'closed() needs a table with windows', () => keyed.toTable().closed(at)],
  ['bad-topic', '".." is no name for a topic', () => source('..', at)],
  ['bad-topic', '"a/b" is no name for a topic', () => source('a/b', {}, at)],
  ['bad-topic', 'is no name for a topic', () => views.to('x'.repeat(250), at)],
  ['bad-topic', '"a\\u0000" is no name for a topic', () => views.to('a\u0000', at)],
  ['bad-topic', 'writes to topic views, which the job reads', () => job('j', { out: views.to('views') }, at)],
  ['bad-duration', 'the size of tumbling() is "1 hour"', () => tumbling('1 hour', at)],
  ['bad-duration', 'the size of tumbling() is "1.5h"', () => tumbling('1.5h', at)],
  ['bad-duration', 'the disorder of source() is "-5s"', () => source('a', { disorder: '-5s' }, at)],
  ['bad-duration', 'the duration of keep() is "-1d"', () => windowed.keep('-1d', at)],
  ['bad-duration', 'ahead of source() is 5', () => source('a', { ahead: 5 }, at)],
  ['bad-duration', 'longer than 100 million days', () => windowed.keep('100000001d', at)],
  ['bad-window', 'the size of tumbling() is 0', () => tumbling('0s', at)],
  ['bad-window', 'the step of hopping() is 0', () => hopping('1h', '0h', at)],
  ['bad-window', "hopping('1h', '90m') hops further than its windows are long", () => hopping('1h', '90m', at)],
  ['bad-window', 'the gap of session() is 0', () => session('0ms', at)],
  ['bad-duration', 'the gap of session() is "30 min"', () => session('30 min', at)],
  ['bad-duration', 'the gap of session() is "-1m"', () => session('-1m', at)],
  ['bad-duration', 'the gap of session() is undefined', () => session(at)],
  ['bad-window', `are 'day', 'week' or 'month', got "year"`, () => calendar('year', { tz: 'UTC' }, at)],
  ['bad-window', `are 'day', 'week' or 'month', got nothing`, () => calendar(at)],
  ['bad-window', "calendar() needs a time zone: calendar('day', { tz: 'Europe/Berlin' })", () => calendar('day', at)],
  ['bad-window', 'calendar() needs a time zone', () => calendar('day', { tz: 1 }, at)],
  [
    'bad-window',
    '"Europe/Berln" is no time zone that this engine knows. Is it "Europe/Berlin"?',
    () => calendar('day', { tz: 'Europe/Berln' }, at),
  ],
  ['bad-window', '"+01:00" is no time zone', () => calendar('week', { tz: '+01:00' }, at)],
  ['bad-window', '"" is no time zone', () => calendar('week', { tz: '' }, at)],
  [
    'bad-option',
    'calendar() has no option "offset"; it has tz.',
    () => calendar('day', { tz: 'UTC', offset: '1h' }, at),
  ],
  ['bad-window', 'not less than its step', () => hopping('1h', '5m', { offset: '5m' }, at)],
  [
    'bad-option',
    'source() has no option "disorders"; it has time, disorder, ahead, format, validate',
    () => source('a', { disorders: '1s' }, at),
  ],
  ['bad-option', 'the format of source()', () => source('a', { format: 'json' }, at)],
  [
    'bad-option',
    'the partitions of to() are a whole number from 1 to 10000, got 0',
    () => views.to('a', { partitions: 0 }, at),
  ],
  ['bad-option', 'the maxBytes of to() are a whole number of bytes, got 0', () => views.to('a', { maxBytes: 0 }, at)],
  ['bad-option', "validate of source() is 'full' or 'used'", () => source('a', { validate: true }, at)],
  ['bad-option', 'csv() needs its column names', () => csv({}, at)],
  ['bad-argument', 'the decode of format() needs a function', () => format({}, at)],
  ['bad-argument', 'the encode of format() needs a function', () => format({ decode: fn, encode: 1 }, at)],
  ['bad-option', 'the name of format() is a short text', () => format({ decode: fn, name: '' }, at)],
  ['bad-option', 'format() has no option "read"', () => format({ read: fn }, at)],
  ['bad-option', 'the value of to() is a format', () => source('a').to('b', { value: 'lines' }, at)],
  [
    'bad-option',
    'the format own cannot write',
    () => source('a').to('b', { value: format({ decode: fn, name: 'own' }) }, at),
  ],
  ['bad-option', 'two columns called "a"', () => csv({ columns: ['a', 'b', 'a'] }, at)],
  ['bad-argument', 'variance() needs a function', () => variance(at)],
  ['bad-argument', 'collectList() needs a function, got 3', () => collectList(3, at)],
  ['bad-argument', 'the bounds of histogram() are 1 to 1000 finite numbers', () => histogram(fn, { bounds: [] }, at)],
  ['bad-argument', 'finite numbers, got nothing', () => histogram(fn, {}, at)],
  ['bad-argument', 'finite numbers', () => histogram(fn, { bounds: [1, Number.NaN] }, at)],
  ['bad-argument', 'finite numbers', () => histogram(fn, { bounds: Array(1001).fill(0) }, at)],
  ['bad-argument', 'ascend, but 2 comes after 2.5', () => histogram(fn, { bounds: [0, 2.5, 2] }, at)],
  ['bad-argument', 'ascend, but 0 comes after 0', () => histogram(fn, { bounds: [-0, 0] }, at)],
  ['bad-option', 'histogram() has no option "bound"; it has bounds.', () => histogram(fn, { bound: [1] }, at)],
  ['bad-argument', 'aggregation() needs a zero', () => aggregation({ ...own, zero: undefined }, at)],
  ['bad-argument', 'must be plain data; it holds a Map', () => aggregation({ ...own, zero: [new Map()] }, at)],
  ['bad-argument', 'aggregation(): its lift needs a function', () => aggregation({ ...own, lift: 1 }, at)],
  [
    'bad-argument',
    'aggregation(): its plus needs a function, got nothing',
    () => aggregation({ ...own, plus: undefined }, at),
  ],
  ['bad-argument', 'aggregation(): its present needs a function', () => aggregation({ ...own, present: null }, at)],
  ['bad-option', 'aggregation() has no option "empty"', () => aggregation({ ...own, empty: 0 }, at)],
  ['bad-option', 'the reason as a sentence, got " "', () => aggregation({ ...own, unsafeMonoid: ' ' }, at)],
  ['bad-argument', 'an aggregation needs a function, got "n"', () => aggregation(own)('n', at)],
  ['bad-argument', 'map() needs a function, got nothing', () => views.map(at)],
  ['bad-argument', 'the time of source() needs a function, got "t"', () => source('a', { time: 't' }, at)],
  ['bad-argument', 'sum() needs a function', () => sum(at)],
  ['bad-argument', 'k is a whole number from 1 to 100000, got 0', () => topK(0, fn, at)],
  ['bad-argument', 'topK() needs a function', () => topK(3, at)],
  ['bad-argument', 'is a whole number from 4 to 18, got 3', () => approxCountDistinct(fn, { precision: 3 }, at)],
  ['bad-argument', 'is a whole number from 4 to 18, got "14"', () => approxCountDistinct(fn, { precision: '14' }, at)],
  ['bad-option', 'it has precision', () => approxCountDistinct(fn, { error: 1 }, at)],
  ['bad-argument', 'numbers from 0 to 1, got an array', () => approxQuantiles(fn, { quantiles: [1.5] }, at)],
  ['bad-argument', 'numbers from 0 to 1, got nothing', () => approxQuantiles(fn, at)],
  ['bad-argument', 'from 0.0001 to 0.5, got 0', () => approxQuantiles(fn, { quantiles: [0.5], accuracy: 0 }, at)],
  ['bad-argument', 'from 0.0001 to 0.5, got NaN', () => approxQuantiles(fn, { quantiles: [1], accuracy: NaN }, at)],
  ['bad-argument', 'needs a function', () => approxQuantiles(undefined, { quantiles: [1] }, at)],
  ['bad-argument', 'items of', () => approxMembership(fn, { items: 0, falsePositives: 0.1 }, at)],
  ['bad-argument', 'falsePositives of', () => approxMembership(fn, { items: 1, falsePositives: 1 }, at)],
  ['bad-argument', 'more than 2^30 bits', () => approxMembership(fn, { items: 2 ** 30, falsePositives: 0.01 }, at)],
  ['bad-argument', 'error of', () => approxFrequency(fn, { error: 0, confidence: 0.9 }, at)],
  ['bad-argument', 'confidence of', () => approxFrequency(fn, { error: 0.1, confidence: 1 }, at)],
  ['bad-argument', 'more than 2^24 cells', () => approxFrequency(fn, { error: 1e-9, confidence: 0.9 }, at)],
  ['bad-argument', 'whole number from 1 to 100000, got 0', () => sample(0, at)],
  ['bad-argument', 'sample() needs a function', () => sample(1, 'v', at)],
  [
    'bad-argument',
    'window() takes tumbling(...), hopping(...), session(...) or calendar(...), got "1h"',
    () => keyed.window('1h', at),
  ],
  ['bad-argument', 'aggregate() takes its fields as an object', () => keyed.aggregate({}, at)],
  ['bad-argument', 'field n is 3', () => keyed.aggregate({ n: 3 }, at)],
  ['bad-argument', 'merge() needs at least one other stream', () => views.merge(at)],
  ['bad-argument', 'merge() takes streams, got an object', () => views.merge(table, at)],
  ['bad-argument', 'result n is no table and no output, but 3', () => job('j', { n: 3 }, at)],
  ['bad-argument', 'result s is a stream', () => job('j', { s: views }, at)],
  ['bad-argument', 'takes its results as an object', () => job('j', [table], at)],
  ['not-keyed', 'window() needs a keyed stream: call keyBy(...) first.', () => views.window(tumbling('1h'), at)],
  ['not-keyed', 'sum() needs a keyed stream', () => views.sum(fn, at)],
  ['not-keyed', 'mapValues() needs a keyed stream', () => views.mapValues(fn, at)],
  ['not-keyed', 'merge() takes streams alike', () => views.merge(keyed, at)],
  ['not-windowed', 'closed() needs a table with windows', () => table.mapValues(fn).closed(at)],
  ['not-windowed', 'keep() needs a table with windows', () => table.keep('1d', at)],
  ['no-results', 'job j has no results', () => job('j', {}, at)],
  [
    'duplicate-output',
    'outputs a and b both write to topic t',
    () => job('j', { b: keyed.to('t'), a: views.to('t') }, at),
  ],
]

test.each(CASES)('%s: %s', (word, sentence, run) => {
  let thrown: unknown
  try {
    run()
  } catch (error) {
    thrown = error
  }
  if (!isJobError(thrown)) throw new Error(`expected a JobError, got ${String(thrown)}`)
  expect({ word: thrown.word, site: thrown.callId }).toEqual({ word, site: 7 })
  expect(thrown.message).toContain(sentence)
})

test('every word of a job error has a case', () => {
  expect([...new Set(CASES.map(c => c[0]))].sort()).toEqual(Object.keys(JOB_ERROR_WORDS).sort())
})
