// Tables of upserts, on cases written by hand: topics whose records are rows (`table`), and the newest values of a
// stream (`toTable`).

import { expect, test } from 'vitest'
import { job, table } from '../../../dsl/index.ts'
import { deadOf, lateOf, rowsOf } from '../../support/read-result.ts'
import { raw, smallLog } from '../../support/small-log.ts'
import { byKey, type Event, e, run } from '../operators/support/by-hand.ts'

test('a late upsert is late and changes nothing', () => {
  const users = table<Event, string>('u', { key: v => v.k, time: v => v.t, disorder: '1s' })
  const made = job('j', { users: users.mapValues(v => v.n) })
  const log = smallLog({
    'u/0': [e(5000, 'x', 1), e(4000, 'y', 2), e(3999, 'z', 3), raw(null, { key: 'y', timestamp: 3998 })],
  })
  const result = run(made, log)
  expect(rowsOf(result, 'users')).toEqual([
    ['x', 1],
    ['y', 2],
  ])
  expect(lateOf(result)).toEqual(['u/0:2 at 3999', 'u/0:3 at 3998'])
})

test("keys of upserts: the record's own key, another one, one for deletions; what is no key is a dead letter", () => {
  const log = smallLog({
    'u/0': [
      raw('{"t":1,"k":"a","n":1}', { key: 'one' }),
      raw('{"t":2,"k":"b","n":2}'),
      raw(null, { key: 'one', timestamp: 3 }),
      raw('{"t":4,"k":"c","n":4}', { key: new Uint8Array([0xff]) }),
      raw('{"t":5,"k":"d","n":5}', { key: 'two' }),
      raw(null, { key: 'two', timestamp: 8.64e15 + 2 }),
    ],
  })
  const own = run(job('j', { v: table<Event>('u', { time: v => v.t }).mapValues(v => v.n) }), log)
  expect(rowsOf(own, 'v')).toEqual([
    [null, 2],
    ['two', 5],
  ])
  expect(deadOf(own).map(d => d.replace(/^\S+ /, ''))).toEqual([
    'throw the lambda threw',
    'time the time is out of range',
  ])
  const mapped = table<Event, number>('u', {
    key: v => v.n,
    time: v => v.t,
    deletedKey: r => (r.key === 'one' ? 1 : 5),
  })
  expect(rowsOf(run(job('j', { v: mapped.mapValues(v => v.k) }), log), 'v')).toEqual([
    [2, 'b'],
    [4, 'c'],
    [5, 'd'],
  ])
})

test('toTable holds the newest value of each key, without keys whose newest value is null', () => {
  const made = job('j', { v: byKey.mapValues(v => (v.n < 0 ? null : v.n)).toTable() })
  const log = smallLog({
    'a/0': [e(1000, 'x', 1), e(900, 'x', -1), e(1000, 'y', 2), e(1001, 'y', -1), e(1000, 'z', -1), e(1000, 'z', 3)],
  })
  expect(rowsOf(run(made, log), 'v')).toEqual([
    ['x', 1],
    ['z', 3],
  ])
})
