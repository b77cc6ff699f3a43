// Joins of closed windows that can close at one instant: which pairs are warned of, at which instant, and how it is
// said that one of the two is meant.

import { expect, it } from 'vitest'
import { sameInstants } from '../../../compiler/5-plan/same-instant.ts'
import { commonEnd } from '../../../compiler/5-plan/window-ends.ts'
import type { WindowSpec } from '../../../core/plan/plan.ts'
import { calendar, count, hopping, job, session, source, tumbling, type Window } from '../../../dsl/index.ts'
import { graph } from '../../support/run-job.ts'

const keyed = source<{ k: string; n: number }>('s', { time: v => v.n }).keyBy(v => v.k)
const closed = (window: Window) => keyed.window(window).aggregate({ n: count() }).closed()
const warnings = (made: unknown): string[] => sameInstants(graph(made), new Map()).map(d => d.label)
const of = (left: Window, right: Window): string[] =>
  warnings(job('j', { o: closed(left).joinTable(closed(right).toTable()).to('o') }))

const BERLIN = { tz: 'Europe/Berlin' }
const PAIRS: readonly (readonly [name: string, left: Window, right: Window, label: string | null])[] = [
  [
    'an hour and its day',
    tumbling('1h'),
    tumbling('1d'),
    'windows of 1h and windows of 1d both close at 2026-01-01T23:59:59.999Z',
  ],
  [
    'equal windows',
    tumbling('90s'),
    tumbling('90s'),
    'windows of 90s and windows of 90s both close at 2026-01-01T00:01:29.999Z',
  ],
  [
    'lengths that meet rarely',
    tumbling('7h'),
    tumbling('5h'),
    'windows of 7h and windows of 5h both close at 2026-01-01T13:59:59.999Z',
  ],
  ['windows that never meet', tumbling('1h'), tumbling('1d', { offset: '30m' }), null],
  [
    'hops',
    hopping('1h', '10m'),
    tumbling('1d'),
    'windows of 1h and windows of 1d both close at 2026-01-01T23:59:59.999Z',
  ],
  ['hops that never meet', hopping('65m', '10m'), tumbling('1h'), null],
  [
    'a day of a zone',
    tumbling('1h'),
    calendar('day', BERLIN),
    'windows of 1h and each day of Europe/Berlin both close at 2026-01-01T22:59:59.999Z',
  ],
  ['days of UTC and of a zone', calendar('day', { tz: 'UTC' }), calendar('day', BERLIN), null],
  ['days of India against hours', calendar('day', { tz: 'Asia/Kolkata' }), tumbling('1h'), null],
  [
    'a week and its month',
    calendar('week', { tz: 'UTC' }),
    calendar('month', { tz: 'UTC' }),
    'each week of UTC and each month of UTC both close at 2026-05-31T23:59:59.999Z',
  ],
  [
    'sessions',
    session('5m'),
    tumbling('1d'),
    'sessions with a gap of 5m and windows of 1d can close in one millisecond',
  ],
]

it.each(PAIRS)('%s', (_, left, right, label) => {
  expect(of(left, right)).toEqual(label === null ? [] : [label])
})

it('follows steps, merges and stages, and stops where the author says what is meant', () => {
  const hours = closed(tumbling('1h'))
  const days = hours.window(tumbling('1d')).aggregate({ n: count() }).closed()
  const steps = hours
    .filter(h => h.n > 0)
    .mapValues(h => h.n)
    .merge(keyed.mapValues(v => v.n))
  const table = days.mapValues(d => d.n).toTable()
  expect(warnings(job('j', { o: steps.distinct().joinTable(table).to('o') }))).toHaveLength(1)
  expect(warnings(job('j', { o: steps.joinTable(table, { at: 'before' }).to('o') }))).toEqual([])
  expect(warnings(job('j', { o: steps.joinTable(table, { at: 'same' }).to('o') }))).toEqual([])
  expect(warnings(job('j', { o: keyed.joinTable(table).to('o') }))).toEqual([])
})

it('finds for random windows the first common end that counting finds', () => {
  const from = Date.UTC(2026, 0, 1)
  for (let seed = 1; seed < 300; seed++) {
    const [p, q] = [1 + ((seed * 7919) % 97), 1 + ((seed * 104_729) % 89)]
    const left: WindowSpec = { kind: 'tumbling', sizeMs: p, offsetMs: seed % p }
    const right: WindowSpec = { kind: 'hopping', sizeMs: q * 3, everyMs: q, offsetMs: (seed * 31) % q }
    let expected: string | null = null
    for (let end = from + 1; end <= from + p * q && expected === null; end++) {
      if ((end - (seed % p)) % p === 0 && (end - ((seed * 31) % q)) % q === 0)
        expected = new Date(end - 1).toISOString()
    }
    expect(commonEnd(left, right), `seed ${seed}`).toBe(expected)
  }
})
