// Inferred types: what each word makes of the types before it, and which types can be read from a job.

import { expect, test } from 'vitest'
import { checkSnippets } from '../support/type-cases.ts'
import { PRELUDE } from './prelude.ts'

/** Each snippet must pass the checker; `same<A, B>(true)` fails unless the two types are one. */
const RIGHT: Readonly<Record<string, string>> = {
  'an unkeyed stream has the words of a keyed one, if only to say what they need':
    'same<Exclude<keyof KeyedStream<string, number>, keyof Stream<number>>, never>(true)',
  map: 'const s = views.map(v => v.bytes); same<typeof s, Stream<number>>(true)',
  'map with the record': 'const s = views.map((v, r) => r.offset); same<typeof s, Stream<bigint>>(true)',
  filter: 'const s = views.filter(v => v.bytes > 0); same<typeof s, Stream<PageView>>(true)',
  'filter by anything true': 'const s = views.filter(v => v.ref); same<typeof s, Stream<PageView>>(true)',
  'filter that narrows':
    'const s = views.map(v => v.ref).filter(r => r !== undefined); same<typeof s, Stream<string>>(true)',
  flatMap: 'const s = views.flatMap(v => [v.page, v.bytes]); same<typeof s, Stream<string | number>>(true)',
  'flatMap by a generator':
    'const s = views.flatMap(function* (v) { yield v.page }); same<typeof s, Stream<string>>(true)',
  merge: 'const s = views.merge(views.map(v => v.bytes)); same<typeof s, Stream<PageView | number>>(true)',
  'merge of keyed ones':
    'const s = byUser.merge(views.keyBy(v => v.bytes)); same<typeof s, KeyedStream<string | number, PageView>>(true)',
  'merge of both lineages':
    "const s = byUser.merge(hourly.closed()).map((_, r) => r.time); same<typeof s, KeyedStream<string, number, 'log' | 'derived'>>(true)",
  'keyBy a field': "const s = views.keyBy(v => v.country); same<typeof s, KeyedStream<'KR' | 'US', PageView>>(true)",
  'keyBy a pair':
    "const s = views.keyBy(v => [v.country, v.page]); same<typeof s, KeyedStream<readonly ['KR' | 'US', string], PageView>>(true)",
  'keyBy an object':
    'const s = views.keyBy(v => ({ page: v.page })); same<typeof s, KeyedStream<{ readonly page: string }, PageView>>(true)',
  'keyBy what may be missing':
    'const s = views.keyBy(v => v.ref); same<typeof s, KeyedStream<string | null, PageView>>(true)',
  mapValues: 'const s = byUser.mapValues(v => v.bytes); same<typeof s, KeyedStream<string, number>>(true)',
  'map keeps the key': 'const s = byUser.map(v => v.bytes); same<typeof s, KeyedStream<string, number>>(true)',
  'the key in the record': 'byUser.map((_, r) => { same<typeof r.key, string>(true); return r.key })',
  'the key of the log': 'views.map((_, r) => { same<typeof r.key, string | null>(true); return r.key })',
  filterKeys: "const s = byUser.filterKeys(k => k !== ''); same<typeof s, KeyedStream<string, PageView>>(true)",
  flatMapKeys:
    'const s = byUser.flatMapKeys(k => [k, 1]); same<typeof s, KeyedStream<string | number, PageView>>(true)',
  'lookup by a key of its own':
    'const s = views.lookup(countries, { key: v => v.country }); same<typeof s, Stream<{ readonly left: PageView; readonly right: { name: string } }>>(true)',
  'lookup by the key':
    "const s = views.keyBy(v => v.bytes).lookup(sizes, { type: 'left' }); same<typeof s, KeyedStream<number, { readonly left: PageView; readonly right: { size: number; name: string } | null }>>(true)",
  'lookup of a keyed stream by a key of another type':
    "const s = views.keyBy(v => v.bytes).lookup(countries, { key: v => v.country, type: 'left' }).map(v => v.right?.name); same<typeof s, KeyedStream<number, string | undefined>>(true)",
  'lookup of a keyed stream by another key':
    'const s = byUser.lookup(countries, { key: v => v.country }).map(v => v.right.name); same<typeof s, KeyedStream<string, string>>(true)',
  snapshot:
    'same<typeof countries, Snapshot<string, { name: string }>>(true); same<typeof sizes, Snapshot<number, { size: number; name: string }>>(true)',
  joinWithin:
    "const s = byUser.joinWithin(byUser.map(v => v.bytes), within); same<typeof s, KeyedStream<string, { readonly left: PageView; readonly right: number }, 'derived'>>(true)",
  'joinWithin full':
    "const s = byUser.joinWithin(byUser.map(v => v.bytes), { before: '0s', after: '1h', type: 'full' }).map(v => v.left?.page ?? v.right); same<typeof s, KeyedStream<string, string | number | null, 'derived'>>(true)",
  'joinWithin of what may be missing':
    "const s = byUser.map(v => v.ref).joinWithin(byUser, within).map(v => v.left); same<typeof s, KeyedStream<string, string | null, 'derived'>>(true)",
  joinTables:
    "const t = hourly.joinTables(hourly.mapValues(v => v.n), { type: 'left' }); same<typeof t, Table<string, { readonly left: { readonly n: number; readonly bytes: number }; readonly right: number | null }, 'time'>>(true)",
  'joinTables of upserts':
    "const t = users.joinTables(byUser.count()).mapValues(v => v.left.name.length + v.right); same<typeof t, Table<string, number, 'global'>>(true)",
  'closed rows of joined tables':
    "const s = hourly.joinTables(hourly).closed().map(v => v.left.n); same<typeof s, KeyedStream<string, number, 'derived'>>(true)",
  changes:
    "const o = byUser.count().changes().to('counts', { partitions: 2 }); same<typeof o, Output<number | null>>(true)",
  count: "const t = byUser.count(); same<typeof t, Table<string, number, 'global'>>(true)",
  'sum of numbers': "const t = byUser.sum(v => v.bytes); same<typeof t, Table<string, number, 'global'>>(true)",
  'sum of bigints': "const t = byUser.sum(v => v.big); same<typeof t, Table<string, bigint, 'global'>>(true)",
  min: "const t = byUser.min(v => v.ref); same<typeof t, Table<string, string | null, 'global'>>(true)",
  mean: "const t = byUser.window(tumbling('1d')).mean(v => v.bytes); same<typeof t, Table<string, number, 'time'>>(true)",
  session: "const t = byUser.window(session('30m')).count(); same<typeof t, Table<string, number, 'time'>>(true)",
  calendar:
    "const t = byUser.window(calendar('week', { tz: 'Asia/Kolkata' })).max(v => v.page); same<typeof t, Table<string, string, 'time'>>(true)",
  'the unit of a calendar may be a variable':
    "const t = byUser.window(calendar(view.bytes > 1 ? 'day' : 'month', { tz: view.country })).count().keep('1d').closed(); same<typeof t, KeyedStream<string, number, 'derived'>>(true)",
  aggregate: `
    const t = byUser.window(hopping('1h', '5m', { offset: '1m' })).aggregate({
      a: count(), b: sum(v => v.big), c: mean(v => v.bytes), d: min(v => v.page), e: max((v, r) => r.timestamp),
      f: first(), g: last(v => v.ref), h: minBy(v => v.bytes), i: maxBy(v => v.bytes, v => v.page),
      j: topK(3, v => v.bytes, v => v.page), k: collectSet(v => v.country), l: countDistinct(v => v.user), m: countDistinct(),
      n: topK(2, v => [v.bytes, v.page]), o: collectSet(),
    })
    same<ViewValue<typeof x, 't'>, {
      readonly a: number; readonly b: bigint; readonly c: number; readonly d: string; readonly e: number
      readonly f: PageView; readonly g: string | null; readonly h: PageView; readonly i: string
      readonly j: readonly string[]; readonly k: readonly ('KR' | 'US')[]; readonly l: number; readonly m: number
      readonly n: readonly PageView[]; readonly o: readonly PageView[]
    }>(true)
    const x = job('x', { t })`,
  sketches: `
    const n: number = view.bytes
    const t = byUser.aggregate({
      a: approxCountDistinct(), b: approxCountDistinct(v => v.user, { precision: 12 }), c: approxCountDistinct(v => v.user, { precision: n }),
      d: approxQuantiles(v => v.bytes, { quantiles: [0.5, 0.99, 0, 1], accuracy: 1e-3 }), e: approxQuantiles(v => v.big, { quantiles: [n], accuracy: n }),
      f: approxMembership((v, r) => r.timestamp, { items: 1000, falsePositives: 1e-9 }), g: approxFrequency(v => v.page, { error: 0.5, confidence: n }),
      h: sample(3), i: sample(n, v => v.country), j: approxFrequency(v => v, { error: n, confidence: 0.99 }),
    })
    const asked = t.mapValues(v => [mightContain(v.f, 3), frequencyOf(v.g, 'a')] as const)
    same<ViewValue<typeof x, 't'>, {
      readonly a: number; readonly b: number; readonly c: number
      readonly d: readonly [number, number, number, number]; readonly e: readonly [number]
      readonly f: MembershipFilter; readonly g: FrequencySketch
      readonly h: readonly PageView[]; readonly i: readonly ('KR' | 'US')[]; readonly j: FrequencySketch
    }>(true)
    same<ViewValue<typeof x, 'asked'>, readonly [boolean, number]>(true)
    const x = job('x', { t, asked })`,
  spreads: `
    const t = byUser.aggregate({
      a: variance(v => v.bytes), b: stddev(v => v.big), c: collectList(v => v.ref), d: collectList(), e: histogram(v => v.country),
      f: histogram(), g: histogram(v => v.bytes, { bounds: [1, 10, 100] }), h: histogram(v => v.big, { bounds: [-1.5, 0, 2e3] }),
    })
    type Range = { readonly from: number | null; readonly to: number | null; readonly count: number }
    const x = job('x', { t })
    type V = ViewValue<typeof x, 't'>
    same<V['a'], number>(true); same<V['b'], number>(true); same<V['c'], readonly (string | null)[]>(true)
    same<V['d'], readonly PageView[]>(true); same<V['e'][number]['value'], 'KR' | 'US'>(true); same<V['e'][number]['count'], number>(true)
    same<V['f'][number]['value'], PageView>(true); same<V['g'][number]['from'], Range['from']>(true); same<V['h'], V['g']>(true)`,
  'bounds that are no literals': `
    const bounds: number[] = [3, 2]; const t = byUser.aggregate({ h: histogram(v => v.bytes, { bounds }) })`,
  'an own aggregation': `
    const t = byUser.aggregate({ a: span(v => v.bytes), b: span((v, r) => r.offset === 1n ? v.bytes : 1) })
    same<ViewValue<typeof x, 't'>, { readonly a: number; readonly b: number }>(true); const x = job('x', { t })`,
  'an own aggregation, inferred': `
    const pages = aggregation({ zero: [] as string[], lift: (v: PageView) => [v.page], plus: (a, b) => [...a, ...b], present: s => s.length > 1 ? s : undefined })
    const t = byUser.aggregate({ a: pages(), b: pages(v => v) })
    same<ViewValue<typeof x, 't'>, { readonly a: string[] | null; readonly b: string[] | null }>(true); const x = job('x', { t })`,
  'table mapValues': "const t = hourly.mapValues(v => v.n); same<typeof t, Table<string, number, 'time'>>(true)",
  'table filter': 'const t = hourly.filter((v, r) => v.n > 1 && r.window.end > 0); same<typeof t, typeof hourly>(true)',
  keep: "const t = hourly.keep('7d'); same<typeof t, typeof hourly>(true)",
  closed: "const s = hourly.mapValues(v => v.n).closed(); same<typeof s, KeyedStream<string, number, 'derived'>>(true)",
  'two stages': `
    const t = hourly.closed().keyBy(v => v.n).window(tumbling('1d')).aggregate({ worst: maxBy(v => v.bytes, (v, r) => r.time) })
    same<typeof t extends Table<infer K, infer V, infer W> ? [K, V, W] : never, [number, { readonly worst: number }, 'time']>(true)`,
  to: "const o = byUser.to('t', { partitions: 3, key: (v, r) => [v.page, r.key] }); same<typeof o, Output<PageView>>(true)",
  lines: "const s = source('t', { format: lines(), time: line => line.length }); same<typeof s, Stream<string>>(true)",
  bytes: "const s = source('t', { format: bytes() }); same<typeof s, Stream<Uint8Array>>(true)",
  csv: "const s = source('t', { format: csv<Sale>({ columns: ['item', 'price', 'more'] }) }); same<typeof s, Stream<Sale>>(true)",
  custom:
    "const s = source('t', { format: format({ decode: b => ({ n: b.length }) }) }); same<typeof s, Stream<{ n: number }>>(true)",
  written:
    "const o = views.to('t', { value: format<PageView>({ decode: () => ({}) as PageView, encode: v => new Uint8Array(v.bytes) }) }); same<typeof o, Output<PageView>>(true)",
  'written wider':
    "const o = views.map(v => v.page).to('t', { value: json<string | null>() }); same<typeof o, Output<string>>(true)",
  'written as it is inferred': "const o = views.to('t', { value: json() }); same<typeof o, Output<PageView>>(true)",
  'written as rows':
    "const o = views.map((v): Sale => ({ item: v.page, price: 1 })).to('t', { value: csv<Sale>({ columns: ['item', 'price'] }) }); same<typeof o, Output<Sale>>(true)",
  json: "const s = source('t', { format: json<Sale>() }); same<typeof s, Stream<Sale>>(true)",
  'a table by its lambda':
    "const t = table('u', { key: (u: User) => u.id }); same<typeof t, UpsertTable<string, User>>(true)",
  'a table by its types': 'same<typeof users, UpsertTable<string, User>>(true)',
  'a table by the keys of its records':
    "const t = table<User>('u', { time: (_, r) => r.timestamp }); same<typeof t, UpsertTable<string | null, User>>(true)",
  'a table as a view': `
    const x = job('x', { users }); same<ViewKey<typeof x, 'users'>, string>(true); same<ViewValue<typeof x, 'users'>, User>(true)`,
  toTable: 'const t = byUser.mapValues(v => v.ref).toTable(); same<typeof t, UpsertTable<string, string>>(true)',
  'words on a table of upserts':
    "const t = users.filter(u => u.age).mapValues(u => u.name); same<typeof t, Table<string, string, 'global'>>(true)",
  joinTable:
    "const s = byUser.joinTable(users); same<typeof s, KeyedStream<string, { readonly left: PageView; readonly right: User }, 'derived'>>(true)",
  'joinTable left':
    "const s = byUser.joinTable(users, { type: 'left' }).map(v => v.right); same<typeof s, KeyedStream<string, User | null, 'derived'>>(true)",
  'joinTable to the own table':
    "const s = byUser.joinTable(byUser.mapValues(v => v.bytes).toTable()).map(v => v.right); same<typeof s, KeyedStream<string, number, 'derived'>>(true)",
  scan: "const s = byUser.scan(0, (n, v) => n + v.bytes); same<typeof s, KeyedStream<string, number, 'derived'>>(true)",
  'scan with a record of its own':
    "const s = byUser.scan({ n: 0, at: 0 }, (s, v, r) => ({ n: s.n + v.bytes, at: r.time })); same<typeof s, KeyedStream<string, { n: number; at: number }, 'derived'>>(true)",
  'scan from nothing':
    "const s = byUser.scan(null as string | null, (s, v) => s ?? v.page); same<typeof s, KeyedStream<string, string | null, 'derived'>>(true)",
  distinct: "const s = byUser.distinct(); same<typeof s, KeyedStream<string, PageView, 'derived'>>(true)",
  dedupe:
    "const s = byUser.dedupe((v, r) => [v.page, r.partition], '1h'); same<typeof s, KeyedStream<string, PageView, 'derived'>>(true)",
  'the names of a job': `
    same<ViewName<typeof report>, 'hourly' | 'totals'>(true); same<OutputName<typeof report>, 'out'>(true)`,
  'a row of a windowed view': `
    type Row = ViewRow<typeof report, 'hourly'>
    same<Row['key'], string>(true); same<Row['window']['closed'], boolean>(true); same<Row['value']['bytes'], number>(true)`,
  'a row of a global view': `
    type Row = ViewRow<typeof report, 'totals'>
    same<keyof Row, 'key' | 'value'>(true); same<Row['value'], string>(true)`,
  'key and value of a view': `
    same<ViewKey<typeof report, 'totals'>, string>(true); same<ViewValue<typeof report, 'totals'>, bigint>(true)`,
  'the value of an output': "same<OutputValue<typeof report, 'out'>, number>(true)",
  'a helper over any stream': `
    const big = (s: Stream<PageView>) => s.filter(v => v.bytes > 1000)
    const counted = <K>(s: KeyedStream<K, PageView>) => s.window(tumbling('1d')).count()
    const t = counted(big(views).keyBy(v => v.page)); same<typeof t, Table<string, number, 'time'>>(true)`,
  'an aggregation kept in a variable': `
    const bytes = sum((v: { bytes: number }) => v.bytes)
    const t = byUser.aggregate({ bytes }); same<ViewValue<typeof x, 't'>, { readonly bytes: number }>(true); const x = job('x', { t })`,
  'results by name from a loop': "const all: Record<string, typeof hourly> = { hourly }; job('x', all)",
  'hops by other units':
    "byUser.window(hopping('1h', '90s')); byUser.window(hopping('10m', '10m')); byUser.window(hopping('100s', '99s'))",
}

test('types are inferred as they should be', () => {
  const found = checkSnippets(PRELUDE, RIGHT)
  const wrong = [...found].filter(([, messages]) => messages.length > 0)
  expect(wrong.map(([name, messages]) => `${name}: ${messages.join('\n')}`)).toEqual([])
}, 30_000)
