// Hostile event times, ticks and partitions: what is late, what is dead, what moves the watermark.

import { expect, test } from 'vitest'
import { TICK_HEADER } from '../../core/log/chunk.ts'
import { deadBy, hostileJob } from './support/hostile.ts'

const MAX = 8.64e15

test('times at and beyond the ends of the range, and invalid times', async () => {
  const RANGE = 'the time is out of range'
  const WHOLE = 'the time is no integer'
  const NUMBER = 'the time is no number'
  const cases: readonly (readonly [time: string, becomes: string | null])[] = [
    [`-${MAX}`, null],
    ['-8640000000000000', null],
    ['-8640000000000001', RANGE],
    ['8640000000000001', RANGE],
    ['8640000000000000.1', null], // the nearest double is whole
    ['1e999', RANGE],
    ['-1e999', RANGE],
    ['0.5', WHOLE],
    ['1e-300', WHOLE],
    ['-0', null],
    ['"1"', NUMBER],
    ['"NaN"', NUMBER],
    ['null', NUMBER],
    ['{"valueOf":1}', NUMBER],
    ['[1]', NUMBER],
    ['true', NUMBER],
    ['{"then":1}', NUMBER],
    ['8640000000000000', null],
    ['8639999999990000', null],
    ['8639999999989999', 'late'],
    ['0', 'late'],
  ]
  const t = await hostileJob('times')
  for (const [i, [time]] of cases.entries()) t.sendRaw('free', `{"t":${time},"name":"${i}"}`)
  const dead = deadBy(t)
  const late = new Set(t.late().map(l => `${l.topic}/${l.partition}:${l.offset}`))
  // After the newest time of all, every time that is more than ten seconds earlier is late.
  const seen = cases.map((_, i) => dead.get(`free/0:${i}`) ?? (late.has(`free/0:${i}`) ? 'late' : null))
  let newest = Number.NEGATIVE_INFINITY
  const expected = cases.map(([time, becomes]) => {
    if (becomes !== null && becomes !== 'late') return becomes
    const ms = Number(time)
    const isLate = ms < newest - 10_000
    newest = Math.max(newest, ms)
    return isLate ? 'late' : null
  })
  expect(seen).toEqual(expected)
  expect(expected.filter(e => e === 'late').length).toBeGreaterThan(1)
  await t.toAgree({ interleavings: 5, seed: 1 })
  await t.toAgree({ interleavings: 2, seed: 2, final: true })
})

test('windows at the ends of the range close and are emitted', async () => {
  const t = await hostileJob('times')
  t.sendRaw('free', `{"t":-${MAX},"name":"a"}`).sendRaw('free', `{"t":-${MAX},"name":"b"}`)
  t.sendRaw('free', '{"t":-1,"name":"c"}').sendRaw('free', '{"t":0,"name":"d"}')
  t.sendRaw('free', `{"t":${MAX},"name":"e"}`).sendRaw('free', `{"t":${MAX},"name":"f"}`)
  const rows = t.view('windows')
  expect(rows.map(r => (r.value as { events: number }).events)).toEqual([2, 1, 1, 2])
  expect(t.output('closed').length).toBe(3)
  expect(t.output('closed', { final: true }).length).toBe(4)
  await t.toAgree({ interleavings: 5, seed: 1 })
  await t.toAgree({ interleavings: 5, seed: 2, final: true })
})

test('ticks move event time, whatever they carry; a null value without their header is dead', async () => {
  const tick = { [TICK_HEADER]: '' }
  const t = await hostileJob('times')
  t.sendRaw('free', '{"t":5000,"name":"a"}')
  t.tick('free', 50_000)
  t.sendRaw('free', '{"t":39999,"name":"late"}')
  t.sendRaw('free', '{"t":40000,"name":"in time"}')
  t.sendRaw('free', null, { timestamp: 900_000 })
  t.sendRaw('free', '{"t":40000,"name":"no tick"}', { timestamp: 900_000, headers: tick })
  t.sendRaw('free', null, { timestamp: -MAX, headers: tick })
  t.sendRaw('free', null, { timestamp: MAX, headers: tick })
  t.sendRaw('free', '{"t":900000,"name":"late"}')
  expect(t.late().map(l => l.offset)).toEqual([2, 8])
  expect(deadBy(t)).toEqual(new Map([['free/0:4', '$: null value']]))
  await t.toAgree({ interleavings: 8, seed: 1 })
})

test('a record too far ahead of the log is dead and moves nothing', async () => {
  const t = await hostileJob('times')
  const send = (time: string, timestamp: number): void => {
    t.sendRaw('guarded', `{"t":${time},"name":"x"}`, { timestamp })
  }
  send('6001', 1000)
  send('6000', 1000)
  send('0', 1000)
  send(String(MAX), 1000)
  send(String(MAX), MAX)
  send('1', -MAX)
  const AHEAD = 'the time is too far ahead of the timestamp of the log'
  expect(deadBy(t)).toEqual(new Map([0, 3, 5].map(i => [`guarded/0:${i}`, AHEAD])))
  expect(t.late().map(l => l.offset)).toEqual([2])
  await t.toAgree({ interleavings: 5, seed: 1 })
})

test('equal times, duplicates, partitions that are all late, idle or empty', async () => {
  const t = await hostileJob('times')
  for (let i = 0; i < 40; i++) t.sendRaw('free', `{"t":1000,"name":"${i % 3}"}`, { partition: i % 2 })
  t.sendRaw('free', '{"t":100000,"name":"first"}', { partition: 2 })
  for (let i = 0; i < 10; i++) t.sendRaw('free', `{"t":${i},"name":"late"}`, { partition: 2 })
  t.sendRaw('guarded', '{"t":1000,"name":"0"}', { partition: 3 })
  expect(t.late().length).toBe(10)
  const [both] = t.view('both')
  expect(both?.value).toEqual({ events: 42, first: '0', last: 'first' })
  // Nothing is closed while one partition has no record at all.
  t.sendRaw('free', null, { partition: 3, timestamp: 90_000, headers: { [TICK_HEADER]: '' } })
  t.tick('free', 90_000, { partition: 0 })
  expect(t.output('closed').length).toBe(0)
  await t.toAgree({ interleavings: 5, seed: 1 })
  t.tick('free', 90_000, { partition: 1 })
  expect(t.output('closed').length).toBe(1)
  await t.toAgree({ interleavings: 5, seed: 2 })
})

test('topics without any record', async () => {
  const t = await hostileJob('times')
  expect([t.view('windows'), t.view('both'), t.late(), t.deadLetters()]).toEqual([[], [], [], []])
  await t.toAgree({ interleavings: 2, seed: 1 })
  await t.toAgree({ interleavings: 2, seed: 2, final: true })
})
