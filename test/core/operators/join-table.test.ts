// joinTable with numbers worked out by hand: which version an element meets, what holds it back, and what is kept.

import { expect, test } from 'vitest'
import { TABLE } from '../../../core/state/row-codec.ts'
import { job, max, sum, table, tumbling } from '../../../dsl/index.ts'
import { PlanBuilder } from '../../support/jobs/graph-plan.ts'
import { rowsOf, writtenOf } from '../../support/read-result.ts'
import { raw, smallLog, tick } from '../../support/small-log.ts'
import { byKey, type Event, e, numbers, run, written } from './support/by-hand.ts'
import { events, feed, rows } from './support/state-size.ts'

const time = (e: Event): number => e.t

const users = table<Event, string>('u', { key: v => v.k, time: v => v.t, disorder: '1s' })
const met = job('j', {
  out: numbers
    .joinTable(users, { type: 'left' })
    .mapValues(v => `${v.left}:${v.right === null ? '-' : v.right.n}`)
    .to('out'),
  inner: numbers
    .joinTable(users)
    .mapValues(v => v.right.n)
    .to('inner'),
  users: users.mapValues(v => v.n),
})

test('a left element meets the newest version up to its time, its own time included; of one time the greatest offset', () => {
  const log = smallLog({
    'a/0': [e(999, 'x', 1), e(1000, 'x', 2), e(2000, 'x', 3), e(2500, 'x', 4), e(3000, 'x', 5), e(3000, 'y', 6)],
    'u/0': [
      e(1000, 'x', 10),
      e(2000, 'x', 11),
      e(2000, 'x', 12),
      raw(null, { key: 'x', timestamp: 2500 }),
      e(9000, 'z', 13),
    ],
  })
  expect(written(met, log, true)).toEqual([
    '999 x "1:-"',
    '1000 x "2:10"',
    '2000 x "3:12"',
    '2500 x "4:-"',
    '3000 x "5:-"',
    '3000 y "6:-"',
  ])
  expect(writtenOf(run(met, log, true), 'inner').flat()).toEqual(['1000 x 10', '2000 x 12'])
  expect(rowsOf(run(met, log), 'users')).toEqual([['z', 13]])
})

test("a version counts from its key's latest time before it on, and one that is late from what was not late there", () => {
  const lefts = [1999, 2000, 3999, 4000, 6999, 7000].map(t => e(t, 'x', t))
  const versions = [
    e(2000, 'x', 1),
    e(1500, 'x', 2), // from 2000 on
    e(5000, 'y', 3),
    e(100, 'x', 4), // from 5000 - 1000 on
    e(8000, 'y', 5),
    raw('{', { key: 'x' }), // from 8000 - 1000 on
  ]
  const log = smallLog({ 'a/0': lefts, 'u/0': versions })
  expect(written(met, log, true)).toEqual([
    '1999 x "1999:-"',
    '2000 x "2000:2"',
    '3999 x "3999:2"',
    '4000 x "4000:4"',
    '6999 x "6999:4"',
    '7000 x "7000:-"',
  ])
})

test('versions of a key in several partitions: at each time the newest row of those that have one', () => {
  const log = smallLog({
    'a/0': [1000, 2000, 3000, 4000, 5000].map(t => e(t, 'x', t)),
    'u/0': [e(1000, 'x', 1), raw(null, { key: 'x', timestamp: 4000 })],
    'u/1': [e(2000, 'x', 2), e(900, 'x', 3)],
    'u/2': [e(3000, 'x', 4), raw(null, { key: 'x', timestamp: 5000 })],
  })
  expect(written(met, log, true)).toEqual([
    '1000 x "1000:1"',
    '2000 x "2000:1"', // partition 1 has 3 from 2000 on, whose own time is 900
    '3000 x "3000:4"',
    '4000 x "4000:4"',
    '5000 x "5000:3"',
  ])
})

test("at: 'before' takes only versions of an earlier time, however they come", () => {
  const users = table<Event, string>('u', { key: v => v.k, time: v => v.t, disorder: '10s' })
  const made = job('j', {
    out: numbers
      .joinTable(users, { type: 'left', at: 'before' })
      .mapValues(v => `${v.left}:${v.right === null ? '-' : v.right.n}`)
      .to('out'),
    same: numbers
      .joinTable(users, { at: 'same' })
      .mapValues(v => v.right.n)
      .to('same'),
  })
  const log = smallLog({
    'a/0': [e(1000, 'x', 1), e(1001, 'x', 2), e(2000, 'x', 3), e(2001, 'x', 4), e(3000, 'x', 5)],
    'u/0': [e(1000, 'x', 10), e(2000, 'x', 12), e(2000, 'x', 11), raw(null, { key: 'x', timestamp: 2500 })],
  })
  expect(written(made, log, true)).toEqual([
    '1000 x "1:-"',
    '1001 x "2:10"',
    '2000 x "3:10"',
    '2001 x "4:11"',
    '3000 x "5:-"',
  ])
  expect(writtenOf(run(made, log, true), 'same').flat()).toEqual(['1000 x 10', '1001 x 10', '2000 x 11', '2001 x 11'])
})

test('an hour is compared with the day before it, also the hour that ends a day', () => {
  const HOUR = 3_600_000
  const hours = numbers
    .window(tumbling('1h'))
    .aggregate({ n: sum(n => n) })
    .closed()
  const days = hours
    .window(tumbling('1d'))
    .aggregate({ n: max(h => h.n) })
    .closed()
  const made = job('j', {
    out: hours
      .joinTable(days.toTable(), { type: 'left', at: 'before' })
      .mapValues(v => [v.left.n, v.right === null ? null : v.right.n])
      .to('out'),
  })
  const log = smallLog({
    'a/0': [e(0, 'x', 1), e(23 * HOUR, 'x', 2), e(24 * HOUR, 'x', 3), e(47 * HOUR, 'x', 4), e(48 * HOUR, 'x', 5)],
  })
  expect(
    writtenOf(run(made, log, true), 'out')
      .flat()
      .map(line => line.slice(line.indexOf('['))),
  ).toEqual(['[1,null]', '[2,null]', '[3,2]', '[4,2]', '[5,4]'])
})

test('a stream joined to its own newest values, and a record that is a dead letter by both sides', () => {
  const made = job('j', {
    out: numbers
      .joinTable(numbers.toTable())
      .mapValues(v => [v.left, v.right])
      .to('out'),
  })
  const log = smallLog({ 'a/0': [e(1000, 'x', 1), e(1000, 'x', 2), e(2000, 'x', 3)] })
  expect(written(made, log, true)).toEqual(['1000 x [1,2]', '1000 x [2,2]', '2000 x [3,3]'])
  const odd = byKey.mapValues(v => ({ n: v.n, odd: v.n === 2 ? Symbol('two') : v.n === 3 ? () => 3 : 0 }) as unknown)
  const versions = byKey.mapValues(v => (v.n === 2 ? () => 2 : v.n) as unknown)
  const broken = run(job('j', { out: odd.joinTable(versions.toTable()).to('out') }), log, true)
  expect(writtenOf(broken, 'out').flat()).toEqual(['1000 x {"left":{"n":1,"odd":0},"right":1}'])
  expect(broken.dead.map(d => d.reason)).toEqual([
    expect.stringContaining('value: '),
    expect.stringContaining('value: '),
  ])
})

test('a join with a topic keeps one row of each key and what is not due, and nothing of deleted keys', () => {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('a'), (e: Event | null) => (e === null ? 'none' : e.k))
  const key = (_: unknown, { timestamp }: { timestamp: number }): number => timestamp % 300
  const table = plan.source('a', { upserts: true, key })
  plan.output('o', plan.to(plan.joinTable(keyed, table, 'left', 'j'), 'o'))
  const log = smallLog({
    'a/0': Array.from({ length: 1000 }, (_, i) =>
      (i * 100) % 300 === 0 ? raw('null', { timestamp: i * 100 }) : e(i * 100, 'k', i),
    ),
  })
  const sizes = feed(plan, log, s => rows(s, TABLE.state('j')) + rows(s, TABLE.held('j')))
  expect(Math.max(...sizes)).toBeLessThanOrEqual(3 + 2)
})

test('an idle partition of the table holds the join back until a tick', () => {
  const users = table<Event, string>('u', { key: v => v.k, time: v => v.t })
  const made = job('j', { out: numbers.joinTable(users, { type: 'left' }).to('out') })
  const left = [e(1000, 'x', 1), e(9000, 'x', 2)]
  expect(written(made, smallLog({ 'a/0': left, 'u/0': [e(500, 'x', 3)], 'u/1': [] }))).toEqual([])
  const ticked = smallLog({ 'a/0': left, 'u/0': [e(500, 'x', 3), tick(1001)], 'u/1': [tick(1001)] })
  expect(written(made, ticked)).toEqual(['1000 x {"left":1,"right":{"k":"x","n":3,"t":500}}'])
})

test('a join keeps one version of each key and what is not due, and nothing of deleted keys', () => {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('a', { time }), (e: Event) => e.t % 300)
  const versions = plan.mapValues(keyed, (e: Event) => (e.t % 300 === 0 ? null : e))
  plan.output('o', plan.to(plan.joinTable(keyed, versions, 'left', 'j'), 'o'))
  const sizes = feed(plan, events(1000, 100), s => rows(s, TABLE.state('j')) + rows(s, TABLE.held('j')))
  expect(Math.max(...sizes)).toBeLessThanOrEqual(2 + 2)
})
