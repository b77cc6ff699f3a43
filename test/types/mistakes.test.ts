// Mistakes that types show: each snippet must be refused, with its sentence; each correct counterpart must pass.

import { expect, test } from 'vitest'
import { checkSnippets } from '../support/type-cases.ts'
import { PRELUDE } from './prelude.ts'

const PROMISE = 'A lambda must return its result itself: no async, no promise.'
const LIST = 'take an array or another iterable of results, and no promise'
const KEY = 'A key must be plain data'
const KEEPS = 'An aggregation keeps plain data only'
const NUMBERS = 'sum(), mean(), variance() and stddev() take a number or a bigint from each element.'
const NULLS =
  'sum(), mean(), variance() and stddev() take a number or a bigint from each element, never null or undefined'
const OWN = 'must return a state itself: plain data, no promise.'
const ASCEND = 'The bounds of histogram() must ascend.'
const N = 'zero: 0, plus: (a: number, b: number) => a + b, present: (s: number) => s'
const VERSIONS = 'joinTable() takes a table(...) or the table that toTable() makes'
const STATE = 'scan() needs the next state, of the type of its zero, and no promise.'
const ALIKE = 'merge() takes streams alike'
const TIME = 'time() gives milliseconds since 1970 as a number'
const NAME = 'is no name for a view or an output'
const TOP = 'topK() gives the k greatest: k is a whole number from 1.'
const PRECISION = 'The precision of approxCountDistinct() is a whole number from 4 to 18.'
const ACCURACY = 'The accuracy of approxQuantiles() is a number from 0.0001 to 0.5.'
const SAMPLE = 'sample() keeps k elements: k is a whole number from 1.'
const HOP = 'A window must not hop further than it is long'
const LENGTH = 'A window must have a length'
const GAP = 'A session needs a gap'
const UNIT = 'The windows of calendar() are day, week or month.'
const keyed = (word: string): string => `${word}() needs a keyed stream: call keyBy(...) first.`
const windowed = (word: string): string => `${word}() needs a table with windows: call window(...) before`

/** Snippets by the sentence that refuses them. */
const MISTAKES: Readonly<Record<string, string>> = {
  "views.window(tumbling('1h'))": keyed('window'),
  'views.aggregate({ n: count() })': keyed('aggregate'),
  'views.count()': keyed('count'),
  'views.sum(v => v.bytes)': keyed('sum'),
  'views.min(v => v.bytes)': keyed('min'),
  'views.max(v => v.bytes)': keyed('max'),
  'views.mean(v => v.bytes)': keyed('mean'),
  'views.scan(0, n => n + 1)': keyed('scan'),
  'views.distinct()': keyed('distinct'),
  "views.dedupe(v => v.page, '1h')": keyed('dedupe'),
  'views.toTable()': keyed('toTable'),
  'views.joinTable(users)': keyed('joinTable'),
  'views.lookup(countries)': 'lookup() on an unkeyed stream needs a key: lookup(data, { key: v => v.country }).',
  'views.keyBy(v => v.bytes).lookup(countries)': 'The two sides have keys of different types',
  'byUser.lookup(users)': 'is not assignable to',
  "byUser.lookup(countries, { type: 'full' })": '"full"',
  'byUser.lookup(sizes, { key: v => v.page })': 'The two sides have keys of different types',
  "byUser.lookup(countries, { type: 'left' }).map(v => v.right.name)": "'v.right' is possibly 'null'",
  'byUser.lookup(countries).map(v => v.right.code)': "Property 'code' does not exist",
  'snapshot([{ a: 1 }])': 'A snapshot of an array needs a key',
  'snapshot([{ a: 1 }], { key: r => r.b })': "Property 'b' does not exist",
  'snapshot([{ a: new Date(0) }], { key: r => r.a })': KEY,
  'snapshot(3)': 'is not assignable to',
  'views.joinWithin(byUser, within)': keyed('joinWithin'),
  'byUser.joinWithin(views, within)': 'joinWithin() takes another keyed stream: call keyBy(...) on it first.',
  'byUser.joinWithin(byUser)': 'Expected 2 arguments',
  "byUser.joinWithin(byUser, { before: '1s' })": "Property 'after' is missing",
  "byUser.joinWithin(byUser, { after: '1s' })": "Property 'before' is missing",
  "byUser.joinWithin(byUser, { before: '-1s', after: '1s' })": 'A bound of a join must not be negative',
  "byUser.joinWithin(byUser, { before: '1s', after: '-5m' })": 'A bound of a join must not be negative',
  "byUser.joinWithin(byUser, { before: '1 s', after: '5m' })": 'is not assignable to type',
  "byUser.joinWithin(byUser, { ...within, type: 'outer' })": '"outer"',
  'byUser.joinWithin(views.keyBy(v => v.bytes), within)': 'The two sides have keys of different types',
  'byUser.joinWithin(byUser, within).map((v, r) => r.offset)': "Property 'offset' does not exist",
  "byUser.joinWithin(byUser, { ...within, type: 'right' }).map(v => v.left.page)": "'v.left' is possibly 'null'",
  'hourly.joinTables(byUser.count())': 'joinTables() takes tables with the same windows, or both without.',
  'byUser.count().joinTables(hourly)': 'joinTables() takes tables with the same windows, or both without.',
  'hourly.joinTables(byUser)': 'is not assignable to',
  'users.joinTables(views.keyBy(v => v.bytes).count())': 'The two sides have keys of different types',
  "users.joinTables(users, { type: 'right' })": '"right"',
  "users.joinTables(users, { type: 'left' }).mapValues(v => v.right.name)": "'v.right' is possibly 'null'",
  'users.joinTables(users).closed()': windowed('closed'),
  "hourly.changes().to('h', { key: v => v.n })": "'key' does not exist",
  "job('j', { c: hourly.changes() })": 'A result is a table (a view) or an output',
  "byUser.joinTable(users, { at: 'after' })": '"after"',
  'byUser.joinTable(byUser.count())': VERSIONS,
  'byUser.joinTable(hourly)': VERSIONS,
  'byUser.joinTable(users.mapValues(u => u.name))': VERSIONS,
  'byUser.joinTable(users.filter(u => u.name))': VERSIONS,
  'byUser.joinTable(byUser)': 'is not assignable to',
  'byUser.keyBy(v => v.bytes).joinTable(users)': 'The two sides have keys of different types',
  "byUser.joinTable(users, { type: 'right' })": '"right"',
  'byUser.joinTable(users).mapValues((v, r) => r.offset)': "Property 'offset' does not exist",
  "byUser.joinTable(users, { type: 'left' }).mapValues(v => v.right.name)": "'v.right' is possibly 'null'",
  'byUser.scan(0, (n, v) => v.page)': STATE,
  'byUser.scan(0, async n => n)': STATE,
  'byUser.scan(new Map<string, number>(), m => m)': KEEPS,
  'byUser.scan(0, (n, v, r) => n + r.offset)': "Property 'offset' does not exist",
  'byUser.distinct(async v => v.page)': PROMISE,
  'byUser.distinct(v => new Date(v.at))': KEEPS,
  'byUser.dedupe(v => v.page)': 'Expected 2 arguments',
  "byUser.dedupe(v => v.page, '1 hour')": '"1 hour"',
  "table<User>('users', { key: u => u.id })": 'needs its own',
  "table<User, string>('users', {})": "Property 'key' is missing",
  "table<User, string>('users', { key: u => u.id, deletedKey: r => 3 })": "'number' is not assignable to type 'string'",
  "table<User, string>('users', { key: u => u.id, disorders: '1s' })": "'disorders' does not exist",
  "table('users', { key: async (u: User) => u.id })": PROMISE,
  'users.closed()': windowed('closed'),
  "users.keep('1d')": windowed('keep'),
  'views.mapValues(v => v.bytes)': keyed('mapValues'),
  'views.filterKeys(k => k)': keyed('filterKeys'),
  'views.flatMapKeys(k => [k])': keyed('flatMapKeys'),
  'byUser.count().closed()': windowed('closed'),
  'byUser.count().mapValues(n => n + 1).closed()': windowed('closed'),
  "byUser.count().keep('1d')": windowed('keep'),
  'views.map(async v => v.bytes)': PROMISE,
  'views.map(v => Promise.resolve(v))': PROMISE,
  'views.filter(async v => v.bytes > 0)': PROMISE,
  'byUser.mapValues(async v => v.bytes)': PROMISE,
  'byUser.filterKeys(async k => k.length > 0)': PROMISE,
  'views.keyBy(async v => v.user)': PROMISE,
  'hourly.mapValues(async v => v.n)': PROMISE,
  'hourly.filter(async v => v.n > 1)': PROMISE,
  'byUser.aggregate({ bytes: sum(async v => v.bytes) })': PROMISE,
  'byUser.max(async v => v.bytes)': PROMISE,
  'views.flatMap(async v => [v])': LIST,
  'views.flatMap(v => v.bytes)': LIST,
  'views.flatMap(v => v.page)': LIST,
  'byUser.flatMapKeys(k => k)': LIST,
  'views.keyBy(v => new Date(v.at))': KEY,
  'views.keyBy(v => new Map([[v.page, 1]]))': KEY,
  'views.keyBy(v => () => v.page)': KEY,
  'byUser.flatMapKeys(k => [new Set([k])])': KEY,
  'byUser.aggregate({ at: first(v => new Date(v.at)) })': KEEPS,
  'byUser.aggregate({ at: collectSet(v => new Map([[v.at, 1]])) })': KEEPS,
  'byUser.max(v => new Date(v.at))': KEEPS,
  'hourly.mapValues(() => new Set([1]))': KEEPS,
  'byUser.sum(v => v.page)': NUMBERS,
  'byUser.aggregate({ bytes: sum(v => v.page) })': NUMBERS,
  'byUser.aggregate({ bytes: mean(v => v.ref) })': NULLS,
  'byUser.sum(v => (v.page ? v.bytes : null))': NULLS,
  'byUser.mean(v => (v.page ? v.bytes : undefined))': NULLS,
  "byUser.sum(v => (v.page ? v.bytes : 'none'))": NUMBERS,
  'byUser.aggregate({ b: sum(v => v.size) })': NULLS,
  'byUser.aggregate({ b: mean(v => (v.page ? v.big : null)) })': NULLS,
  'byUser.aggregate({ b: variance(v => (v.page ? v.bytes : v.page)) })': NUMBERS,
  'byUser.aggregate({ b: stddev(v => (v.page ? v.bytes : null)) })': NULLS,
  'byUser.aggregate({ b: histogram(v => (v.page ? v.bytes : null), { bounds: [1, 2] }) })':
    'histogram() with bounds takes a number or a bigint from each element, never null or undefined',
  'byUser.aggregate({ b: approxQuantiles(v => v.size, { quantiles: [0.5] }) })':
    'approxQuantiles() takes a number or a bigint from each element, never null or undefined',
  'byUser.aggregate({ b: approxQuantiles(v => (v.page ? v.bytes : v.page), { quantiles: [0.5] }) })':
    'approxQuantiles() takes a number or a bigint from each element.',
  'byUser.map(v => (v.page ? v.page : Promise.resolve(v.page)))': PROMISE,
  'views.keyBy(v => (v.page ? v.page : new Date(0)))': KEY,
  'byUser.max(v => (v.page ? v.page : new Date(0)))': KEEPS,
  'byUser.aggregate({ s: span(v => (v.page ? v.bytes : null)) })':
    'The lambda must return what lift() of this aggregation takes.',
  'byUser.aggregate({ s: variance(v => v.page) })': NUMBERS,
  'byUser.aggregate({ s: stddev(v => v.ref) })': NULLS,
  'byUser.aggregate({ s: stddev(async v => v.bytes) })': PROMISE,
  'byUser.aggregate({ s: collectList(v => new Set([v.page])) })': KEEPS,
  'byUser.aggregate({ s: collectList(async v => v.page) })': PROMISE,
  'byUser.aggregate({ s: histogram(v => new Date(v.at)) })': KEEPS,
  'byUser.aggregate({ s: histogram(v => v.page, { bounds: [1, 2] }) })':
    'histogram() with bounds takes a number or a bigint from each element.',
  'byUser.aggregate({ s: histogram(async v => v.bytes, { bounds: [1, 2] }) })': PROMISE,
  'byUser.aggregate({ s: histogram(v => v.bytes, { bounds: [10, 9] }) })': ASCEND,
  'byUser.aggregate({ s: histogram(v => v.bytes, { bounds: [1, 2, 2] }) })': ASCEND,
  'byUser.aggregate({ s: histogram(v => v.bytes, { bounds: [1, -1] }) })': ASCEND,
  'byUser.aggregate({ s: histogram(v => v.bytes, { bounds: [-1, -2] }) })': ASCEND,
  'byUser.aggregate({ s: histogram(v => v.bytes, { bounds: [] }) })': 'histogram() needs one bound at least.',
  "byUser.aggregate({ s: histogram(v => v.bytes, { bounds: ['1'] }) })":
    "Type 'string' is not assignable to type 'number'",
  [`aggregation<number, number, number>({ lift: async n => n, ${N} })`]: OWN,
  [`aggregation({ lift: (s: string) => s, ${N} })`]: OWN,
  'aggregation<number, number, number>({ zero: 0, lift: n => n, plus: async (a, b) => a + b, present: s => s })': OWN,
  'aggregation<number, string, string>({ zero: 0, lift: n => `${n}`, plus: (a, b) => a + b, present: s => s })':
    "Type 'number' is not assignable to type 'string'",
  'aggregation({ zero: 0, lift: (n: number) => n, plus: (a, b) => a + b, present: async s => s })': PROMISE,
  'aggregation({ zero: 0, lift: (n: number) => n, plus: (a, b) => a + b, present: s => new Map([[s, 1]]) })': KEEPS,
  'aggregation({ zero: new Date(0), lift: (n: number) => new Date(n), plus: (a, b) => a, present: s => 1 })': KEEPS,
  'aggregation({ zero: 0, lift: (n: number) => n, present: (s: number) => s })': "Property 'plus' is missing",
  'byUser.aggregate({ s: span(v => v.page) })': 'The lambda must return what lift() of this aggregation takes.',
  'byUser.aggregate({ s: span(async v => v.bytes) })': PROMISE,
  'byUser.aggregate({ s: span() })': "is not assignable to type 'number'",
  'byUser.aggregate({ top: topK(0, v => v.bytes) })': TOP,
  'byUser.aggregate({ top: topK(-3, v => v.bytes) })': TOP,
  'byUser.aggregate({ top: topK(1.5, v => v.bytes, v => v.page) })': TOP,
  'byUser.aggregate({ n: approxCountDistinct(v => v.user, { precision: 3 }) })': PRECISION,
  'byUser.aggregate({ n: approxCountDistinct(v => v.user, { precision: 19 }) })': PRECISION,
  'byUser.aggregate({ n: approxCountDistinct(v => v.user, { precision: 10.5 }) })': PRECISION,
  'byUser.aggregate({ n: approxCountDistinct(async v => v.user) })': PROMISE,
  'byUser.aggregate({ n: approxQuantiles(v => v.bytes, { quantiles: [0.5], accuracy: 0 }) })': ACCURACY,
  'byUser.aggregate({ n: approxQuantiles(v => v.bytes, { quantiles: [0.5], accuracy: 1 }) })': ACCURACY,
  'byUser.aggregate({ n: approxQuantiles(v => v.bytes, { quantiles: [0.5], accuracy: 0.7 }) })': ACCURACY,
  'byUser.aggregate({ n: approxQuantiles(v => v.bytes, { quantiles: [0.5, 1.5] }) })':
    'A quantile is a number from 0 to 1.',
  'byUser.aggregate({ n: approxQuantiles(v => v.bytes, { quantiles: [-0.5] }) })':
    'A quantile is a number from 0 to 1.',
  'byUser.aggregate({ n: approxQuantiles(v => v.bytes, { quantiles: [] }) })':
    'approxQuantiles() needs one quantile at least.',
  'byUser.aggregate({ n: approxQuantiles(v => v.page, { quantiles: [0.5] }) })':
    'approxQuantiles() takes a number or a bigint from each element.',
  'byUser.aggregate({ n: approxMembership(v => v.user, { items: 0, falsePositives: 0.01 }) })':
    'items of approxMembership() is a whole number from 1.',
  'byUser.aggregate({ n: approxMembership(v => v.user, { items: 10, falsePositives: 1 }) })':
    'falsePositives of approxMembership() is a share between 0 and 1.',
  'byUser.aggregate({ n: approxMembership(v => v.user, { items: 10 }) })': "Property 'falsePositives' is missing",
  'byUser.aggregate({ n: approxFrequency(v => v.user, { error: 0, confidence: 0.9 }) })':
    'error of approxFrequency() is a share between 0 and 1.',
  'byUser.aggregate({ n: approxFrequency(v => v.user, { error: 0.1, confidence: 1 }) })':
    'confidence of approxFrequency() is a probability between 0 and 1.',
  'byUser.aggregate({ n: sample(0) })': SAMPLE,
  'byUser.aggregate({ n: sample(2.5, v => v.page) })': SAMPLE,
  'byUser.aggregate({ n: 3 })': "Type 'number' is not assignable to type 'AggregationOver<",
  'byUser.aggregate({ n: sum((v: { other: number }) => v.other) })': "Property 'other' is missing",
  "byUser.window(hopping('5m', '10m'))": HOP,
  "byUser.window(hopping('9m', '10m'))": HOP,
  "byUser.window(hopping('99s', '100s'))": HOP,
  "byUser.window(hopping('999ms', '1001ms'))": HOP,
  "byUser.window(tumbling('0m'))": LENGTH,
  "byUser.window(tumbling('-5m'))": LENGTH,
  "byUser.window(hopping('1h', '0s'))": LENGTH,
  "byUser.window(session('0s'))": GAP,
  "byUser.window(session('-30m'))": GAP,
  "byUser.window(session('30 min'))": '"30 min"',
  'byUser.window(session())': 'Expected 1 arguments',
  "byUser.window(calendar('days', { tz: 'UTC' }))": UNIT,
  "byUser.window(calendar('year', { tz: 'UTC' }))": UNIT,
  "byUser.window(calendar('day'))": 'Expected 2 arguments',
  "byUser.window(calendar('day', {}))": "Property 'tz' is missing",
  "byUser.window(calendar('day', { tz: 'UTC', offset: '1h' }))": "'offset' does not exist",
  "byUser.window(tumbling('5 min'))": '"5 min"',
  "byUser.window(tumbling('1.5h'))": '"1.5h"',
  "hourly.keep('7 days')": '"7 days"',
  "source<PageView>('views', { disorder: '30sec' })": '"30sec"',
  "byUser.window('1h')": "not assignable to parameter of type 'Window'",
  'views.merge(byUser)': ALIKE,
  'byUser.merge(views)': ALIKE,
  'hourly.closed().merge(byUser, views)': ALIKE,
  "source<PageView>('views', { time: v => new Date(v.at) })": TIME,
  "source<PageView>('views', { time: v => v.at })": TIME,
  "source<PageView>('views', { time: async () => 3 })": TIME,
  "source<PageView>('views', { time: (_, r) => r.time })": "Property 'time' does not exist",
  "source<PageView>('views', { format: lines() })": "'Format<string>' is not assignable to type 'Decodes<PageView>'",
  "source<PageView>('views', { validate: 'some' })": '"some"',
  "source('views', { format: format<PageView>({}) })": "Property 'decode' is missing",
  "source('views', { format: format({ decode: async b => b.length }) })": PROMISE,
  "source('views', { format: format<PageView>({ decode: b => b.length }) })":
    "'number' is not assignable to type 'PageView'",
  "source('views', { format: format<PageView>({ decode: b => ({}) as PageView, encode: v => v.page }) })":
    "'string' is not assignable to type 'Uint8Array",
  "views.to('copies', { value: lines() })": "'Format<string>' is not assignable to type 'Encodes<PageView>'",
  "views.map(v => v.page).to('copies', { value: bytes() })": "'Format<Uint8Array",
  "views.to('copies', { value: csv<{ page: number }>({ columns: ['page'] }) })":
    "is not assignable to type 'Encodes<PageView>'",
  "views.to('copies', { format: json() })": "'format' does not exist",
  "source<PageView>('views', { disorders: '30s' })": "'disorders' does not exist",
  "source('sales', { format: csv<Sale>({}) })": "Property 'columns' is missing",
  "job('j', { 'top pages': hourly })": NAME,
  "job('j', { '9lives': hourly })": NAME,
  "job('j', { '../x': hourly })": NAME,
  "job('j', { views })": 'A stream is no result',
  "job('j', { n: 3 })": 'A result is a table (a view) or an output',
  'hourly.closed().map((v, r) => [v, r.offset])': "Property 'offset' does not exist on type 'DerivedRecord<string>'",
  'byUser.merge(hourly.closed().mapValues(() => view)).map((_, r) => r.partition)':
    "Property 'partition' does not exist",
  'byUser.count().mapValues((n, r) => n + r.window.start)': "'r.window' is possibly 'undefined'|undefined",
  'byUser.map((_, r) => r.key.toFixed())': "Property 'toFixed' does not exist on type 'string'",
  "type X = ViewRow<typeof report, 'nothing'>": 'does not satisfy the constraint',
  "const row: ViewRow<typeof report, 'hourly'> = view": "Type 'PageView' is missing the following properties",
  "defineConfig({ commitInterval: 'often' })": '"often"',
}

test('every mistake is refused with its sentence', () => {
  const codes = Object.keys(MISTAKES)
  expect(codes.length).toBeGreaterThan(40)
  const found = checkSnippets(PRELUDE, Object.fromEntries(codes.map(code => [code, code])))
  const wrong = codes.filter(code => {
    const messages = (found.get(code) ?? []).join('\n')
    return !(MISTAKES[code] as string).split('|').some(sentence => messages.includes(sentence))
  })
  expect(wrong.map(code => `${code}\n  ${(found.get(code) ?? []).join('\n  ')}`)).toEqual([])
  expect(found.has('outside')).toBe(false)
}, 30_000)
