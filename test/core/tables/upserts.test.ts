// Tables of upserts, on cases written by hand: topics whose records are rows (`table`), and the newest values of a
// stream (`toTable`).

import { expect, test } from 'vitest'
import type { ReferenceInput } from '../../../core/reference/input.ts'
import { job, table } from '../../../dsl/index.ts'
import { deadOf, lateOf, rowsOf } from '../../support/read-result.ts'
import { type Raw, raw, smallLog } from '../../support/small-log.ts'
import { byKey, type Event, e, run } from '../operators/support/by-hand.ts'

const users = table<Event, string>('u', { key: v => v.k, time: v => v.t, disorder: '1s' })
const counts = job('j', { users: users.mapValues(v => v.n) })
const gone = (key: string, timestamp = 0): Raw => raw(null, { key, timestamp })

test('the greatest offset of a key is its row, however old its time is; none is late', () => {
  const log = smallLog({
    'u/0': [e(5000, 'x', 1), e(4000, 'x', 2), e(10, 'y', 3), gone('y', 5), e(7, 'z', 4), e(6, 'z', 5), gone('w', 6000)],
  })
  const result = run(counts, log)
  expect(rowsOf(result, 'users')).toEqual([
    ['x', 2],
    ['z', 5],
  ])
  expect(lateOf(result)).toEqual([])
  expect([...result.watermarks.values()]).toEqual([5000])
})

test('of the rows of several partitions the newest by (time, partition) counts; a partition that deleted has none', () => {
  const x = (log: ReferenceInput): unknown => rowsOf(run(counts, log), 'users').find(([key]) => key === 'x')?.[1]
  const first = [e(5000, 'x', 1), e(3000, 'x', 2)]
  expect(x(smallLog({ 'u/0': first, 'u/1': [e(4000, 'x', 3)] }))).toBe(3)
  expect(x(smallLog({ 'u/0': first, 'u/1': [e(3000, 'x', 3)] }))).toBe(3)
  expect(x(smallLog({ 'u/0': first, 'u/1': [e(2999, 'x', 3)] }))).toBe(2)
  expect(x(smallLog({ 'u/0': first, 'u/1': [e(4000, 'x', 3), gone('x', 9000)] }))).toBe(2)
  expect(x(smallLog({ 'u/0': [...first, gone('x', 9000)], 'u/1': [e(4, 'x', 3)], 'u/2': [e(3, 'x', 4)] }))).toBe(3)
  expect(x(smallLog({ 'u/0': [...first, gone('x')], 'u/1': [e(4, 'x', 3), gone('x')] }))).toBeUndefined()
})

test('a record that is a dead letter deletes its key, as what stands before it may be compacted away', () => {
  const keyed = (value: string, key: string, timestamp = 0): Raw => raw(value, { key, timestamp })
  const log = smallLog({
    'u/0': [
      ...['a', 'b', 'c', 'd', 'e', 'f'].map(key => keyed(`{"t":100,"k":"${key}","n":1}`, key)),
      keyed('{', 'a'),
      keyed('{"t":0.5,"k":"b","n":2}', 'b'),
      keyed('{"t":100,"n":2}', 'c'),
      keyed('{"t":90000,"k":"d","n":2}', 'd'),
      gone('e', 8.64e15 + 2),
      raw('{', { key: Uint8Array.of(0xff) }),
    ],
  })
  const guarded = table<Event, string>('u', { key: v => v.k.slice(), time: v => v.t, ahead: '1m' })
  const result = run(job('j', { users: guarded.mapValues(v => v.n) }), log)
  expect(rowsOf(result, 'users')).toEqual([['f', 1]])
  expect(result.dead.map(d => d.kind)).toEqual(['decode', 'time', 'throw', 'ahead', 'time', 'decode'])
  expect([...result.watermarks.values()]).toEqual([100])
})

test('a dead letter whose key cannot be told deletes nothing and makes no second letter', () => {
  const log = smallLog({ 'u/0': [raw('{"t":1,"k":"a","n":1}', { key: 'a' }), raw('{', { key: 'a' })] })
  for (const deletedKey of [() => 'b', () => Promise.resolve('a'), () => Symbol('a'), throws] as (() => string)[]) {
    const odd = table<Event, string>('u', { key: v => v.k, time: v => v.t, deletedKey })
    const result = run(job('j', { v: odd.mapValues(v => v.n) }), log)
    expect(rowsOf(result, 'v')).toEqual([['a', 1]])
    expect(result.dead.map(d => d.kind)).toEqual(['decode'])
  }
  const plain = { offset: 0n, timestamp: null, key: null, headers: [] }
  const value = (text: string) => ({ ...plain, value: new TextEncoder().encode(text) })
  const keyless = [
    { topic: 'u', partition: 0, records: [value('{"t":1,"k":"a","n":1}'), { ...value('{'), offset: 1n }] },
  ]
  const own = table<Event, string>('u', { key: v => v.k, time: v => v.t, deletedKey: r => String(r.key) })
  expect(rowsOf(run(job('j', { v: own.mapValues(v => v.n) }), keyless), 'v')).toEqual([['a', 1]])
})

function throws(): never {
  throw new Error('no key')
}

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
  expect(rowsOf(own, 'v')).toEqual([[null, 2]])
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
