// The declarations that the snippets of the type tests may use.

export const PRELUDE = `
import {
  approxCountDistinct, approxFrequency, approxMembership, approxQuantiles, frequencyOf, mightContain, sample, snapshot,
  type Snapshot,
  type FrequencySketch, type MembershipFilter,
  aggregation, bytes, calendar, collectList, collectSet, count, countDistinct, csv, defineConfig, first, format, histogram, hopping, job, json,
  last, lines, max, maxBy, mean, min, minBy, session, source, stddev, sum, table, topK, tumbling, variance,
  type KeyedStream, type Output, type OutputName, type OutputValue, type Stream, type Table, type UpsertTable, type ViewKey, type ViewName,
  type ViewRow, type ViewValue,
} from '../../dsl/index.ts'

const span = aggregation<number, { low: number; high: number } | null, number>({
  zero: null, lift: n => ({ low: n, high: n }), plus: (a, b) => a ?? b, present: s => (s === null ? 0 : s.high - s.low),
})
interface PageView { at: string; user: string; page: string; country: 'KR' | 'US'; bytes: number; big: bigint; ref?: string; size?: number }
interface Sale { item: string; price: number }
declare const view: PageView
const views = source<PageView>('views', { time: v => Date.parse(v.at) })
const byUser = views.keyBy(v => v.user)
const hourly = byUser.window(tumbling('1h')).aggregate({ n: count(), bytes: sum(v => v.bytes) })
interface User { id: string; name: string; age?: number }
const users = table<User, string>('users', { key: u => u.id })
const countries = snapshot({ KR: { name: 'Korea' } } as Record<string, { name: string }>)
const sizes = snapshot([{ size: 1, name: 'one' }], { key: r => r.size })
const within = { before: '1s', after: '5m' } as const
const report = job('report', { hourly, totals: byUser.sum(v => v.big), out: hourly.closed().map(v => v.n).to('out') })

type Same<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false
declare function same<A, B>(yes: Same<A, B>): void;
`
