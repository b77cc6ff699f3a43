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

test('a left element meets the newest version up to its time, its own time included; among equal times the largest identity', () => {
  const users = table<Event, string>('u', { key: v => v.k, time: v => v.t, disorder: '10s' })
  const made = job('j', {
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
  const log = smallLog({
    'a/0': [e(999, 'x', 1), e(1000, 'x', 2), e(2000, 'x', 3), e(2500, 'x', 4), e(3000, 'x', 5), e(3000, 'y', 6)],
    'u/0': [
      e(2000, 'x', 11),
      e(2000, 'x', 12),
      e(1000, 'x', 10),
      raw(null, { key: 'x', timestamp: 2500 }),
      e(9000, 'z', 13),
    ],
  })
  expect(written(made, log, true)).toEqual([
    '999 x "1:-"',
    '1000 x "2:10"',
    '2000 x "3:12"',
    '2500 x "4:-"',
    '3000 x "5:-"',
    '3000 y "6:-"',
  ])
  expect(writtenOf(run(made, log, true), 'inner').flat()).toEqual(['1000 x 10', '2000 x 12'])
  expect(rowsOf(run(made, log), 'users')).toEqual([['z', 13]])
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
    'u/0': [e(2000, 'x', 12), e(1000, 'x', 10), e(2000, 'x', 11), raw(null, { key: 'x', timestamp: 2500 })],
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
