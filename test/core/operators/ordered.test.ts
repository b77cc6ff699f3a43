// scan, distinct, dedupe, upserts and joins with their versions, by numbers worked out by hand.

import { expect, test } from 'vitest'
import { type ReferenceInput, reference } from '../../../core/reference/reference.ts'
import type { JobResult } from '../../../core/result/result.ts'
import { type Job, job, source, table } from '../../../dsl/index.ts'
import { emittedModule } from '../../compiler/7-emit/recording-target.ts'
import { batch, choices, differenceOf, stream } from '../../support/feeding.ts'
import { MemoryState } from '../../support/memory-state.ts'
import { deadOf, lateOf, rowsOf, writtenOf } from '../../support/read-result.ts'
import { programOf } from '../../support/run-job.ts'
import { raw, smallLog, tick } from '../../support/small-log.ts'

interface Event {
  readonly t: number
  readonly k: string
  readonly n: number
}
const events = source<Event>('a', { time: e => e.t, disorder: '1s' })
const byKey = events.keyBy(e => e.k)
const numbers = byKey.mapValues(e => e.n)

/** The result of the reference, which emitted code must give too: by a stream with commits and restarts, and by batch. */
function run(made: Job, log: ReferenceInput, final = false): JobResult {
  const program = programOf(made)
  const expected = reference(program, log, { final })
  for (const feed of [stream, stream, stream, batch]) {
    const state = new MemoryState()
    feed(emittedModule(program), log, state, choices(NUMBERS[feeds++ % NUMBERS.length] as number[]), final)
    expect(differenceOf(program.plan, state, expected)).toBeNull()
  }
  return expected
}

/** What `stream` and `batch` draw from: chunks of one record with a commit each, chunks of several, restarts. */
const NUMBERS = [
  [0, 0, 3, 1, 0, 5],
  [0, 4, 0, 1, 2, 5, 3],
  [0, 1, 0, 4, 5],
]
let feeds = 0

const written = (made: Job, log: ReferenceInput, final = false): string[] =>
  writtenOf(run(made, log, final), 'out').flat()

const e = (t: number, k: string, n: number): Event => ({ t, k, n })

test('scan goes through the elements of each key in the order of time, of equal times in that of identity, once time < W', () => {
  const made = job('j', { out: numbers.scan('', (s, n, r) => `${s}${n}@${r.time}${r.key} `).to('out') })
  const log = smallLog({
    'a/0': [e(2000, 'x', 1), e(1000, 'x', 2), e(2000, 'y', 3), e(3000, 'x', 9)],
    'a/1': [e(2000, 'x', 4), tick(3001)],
  })
  expect(written(made, log)).toEqual(['1000 x "2@1000x "'])
  const more = smallLog({
    'a/0': [e(2000, 'x', 1), e(1000, 'x', 2), e(2000, 'y', 3), e(3000, 'x', 9)],
    'a/1': [e(2000, 'x', 4), tick(9000)],
  })
  expect(written(made, more)).toEqual(['1000 x "2@1000x "'])
  expect(written(made, more, true)).toEqual([
    '1000 x "2@1000x "',
    '2000 x "2@1000x 1@2000x "',
    '2000 y "3@2000y "',
    '2000 x "2@1000x 1@2000x 4@2000x "',
    '3000 x "2@1000x 1@2000x 4@2000x 9@3000x "',
  ])
})

test('a step that throws keeps the state, and one that changes its state changes nothing else', () => {
  const zero = { list: [] as number[] }
  const made = job('j', {
    out: numbers
      .scan(zero, (state, n) => {
        state.list.push(n)
        if (n === 2) throw new Error('two')
        return n === 3 ? { list: [-3] } : state
      })
      .to('out'),
  })
  const log = smallLog({ 'a/0': [1, 2, 3, 4].map(n => e(n, 'x', n)) })
  expect(written(made, log, true)).toEqual(['1 x {"list":[1]}', '3 x {"list":[-3]}', '4 x {"list":[-3,4]}'])
  expect(deadOf(run(made, log, true))).toEqual([expect.stringMatching(/^scan-\w+ throw the lambda threw$/)])
  expect(zero.list).toEqual([])
})

test('distinct hands on the first of each key and value, in the order of time', () => {
  const made = job('j', {
    out: byKey
      .distinct(v => v.n % 2)
      .mapValues(v => v.n)
      .to('out'),
  })
  const log = smallLog({ 'a/0': [e(1500, 'x', 1), e(1000, 'x', 3), e(1600, 'y', 5), e(1700, 'x', 2), e(1800, 'x', 4)] })
  expect(written(made, log, true)).toEqual(['1000 x 3', '1600 y 5', '1700 x 2'])
})

test('dedupe drops what comes within the time, its end included, after the last one handed on', () => {
  const made = job('j', {
    out: byKey
      .dedupe(v => v.n, '1s')
      .mapValues((_, r) => r.time)
      .to('out'),
  })
  const log = smallLog({ 'a/0': [0, 1000, 1001, 1900, 2001, 2002, 2003].map(t => e(t, 'x', 7)) })
  expect(written(made, log, true)).toEqual(['0 x 0', '1001 x 1001', '2002 x 2002'])
})

test('dedupe remembers up to the last moment at which it matters, whatever the watermark has passed', () => {
  const strict = source<Event>('a', { time: v => v.t }).keyBy(v => v.k)
  const made = job('j', {
    out: strict
      .dedupe(v => v.n, '1s')
      .mapValues((_, r) => r.time)
      .to('out'),
  })
  const log = smallLog({
    'a/0': [e(0, 'x', 7), e(1000, 'y', 1), e(1000, 'x', 7), e(1000, 'y', 2), e(1001, 'x', 7), e(1001, 'x', 7)],
  })
  expect(written(made, log, true)).toEqual(['0 x 0', '1000 y 1000', '1000 y 1000', '1001 x 1001'])
})

test('a left element meets the newest version of its time: of the same time too, and of several the largest identity', () => {
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

test('keys of upserts: the record own key, another one, one for deletions; what is none is a dead letter', () => {
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
