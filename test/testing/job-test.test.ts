// The test kit over jobs given as values: what is sent, and how the result is shown.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bytes, count, csv, job, lines, source, sum, tumbling } from '../../dsl/index.ts'
import { testJob } from '../../testing/index.ts'

interface View {
  readonly at: string
  readonly country: string
  readonly bytes: number
}
const views = source<View>('views', { time: v => Date.parse(v.at), disorder: '30s' })
const byCountry = views.keyBy(v => v.country)
const hourly = byCountry.window(tumbling('1h')).aggregate({ n: count(), bytes: sum(v => v.bytes) })
const traffic = job('traffic', {
  hourly,
  big: byCountry.sum(v => BigInt(v.bytes) * 2n ** 60n),
  out: hourly
    .closed()
    .map(v => v.n)
    .to('hours', { partitions: 2 }),
  broken: hourly.mapValues(v => {
    if (v.n === 2) throw new Error('two')
    return v.n
  }),
})

const at = (time: string, country = 'KR', bytes = 1): View => ({ at: `2026-01-01T${time}Z`, country, bytes })

test('rows of views as query prints them, typed by the job', async () => {
  const t = await testJob(traffic)
  t.send('views', at('10:00:00', 'KR', 10))
    .send('views', at('10:59:00', 'KR', 5))
    .send('views', at('11:30:30', 'US'))
  const [row] = t.view('hourly')
  const n: number | undefined = row?.value.n
  expect(n).toBe(2)
  expect(t.view('hourly')).toEqual([
    {
      key: 'KR',
      window: { start: '2026-01-01T10:00:00.000Z', end: '2026-01-01T11:00:00.000Z', closed: true },
      value: { bytes: 15, n: 2 },
    },
    {
      key: 'US',
      window: { start: '2026-01-01T11:00:00.000Z', end: '2026-01-01T12:00:00.000Z', closed: false },
      value: { bytes: 1, n: 1 },
    },
  ])
  expect(t.view('hourly', { final: true }).map(r => r.window.closed)).toEqual([true, true])
  expect(t.view('big')[0]).toEqual({ key: 'KR', value: String(15n * 2n ** 60n) })
  expect(t.view('broken')[0]).toMatchObject({ key: 'KR', error: { reason: 'the lambda threw' } })
})

test('outputs, late records, dead letters', async () => {
  const t = await testJob(traffic)
  t.send('views', at('10:00:00')).send('views', at('11:30:00')).send('views', at('11:29:29'))
  t.sendRaw('views', '{"at"').sendRaw('views', null, { partition: 1 })
  expect(t.late()).toEqual([
    {
      source: expect.stringMatching(/^source-/),
      topic: 'views',
      partition: 0,
      offset: 2,
      time: '2026-01-01T11:29:29.000Z',
    },
  ])
  expect(t.deadLetters().map(d => [d.at, d.kind, d.path, d.reason])).toEqual([
    ['views/0:3', 'decode', '$', 'not JSON'],
    ['views/1:0', 'decode', '$', 'null value'],
  ])
  // Partition 1 has no time yet, so nothing can close.
  expect(t.output('out')).toEqual([])
  t.tick('views', '2026-01-01T12:00:00Z', { partition: 1 })
  expect(t.output('out')).toEqual([
    { partition: expect.any(Number), time: '2026-01-01T10:59:59.999Z', key: 'KR', value: 1 },
  ])
  expect(t.output('out', { final: true }).length).toBe(2)
})

test('a tick without a partition goes to all', async () => {
  const t = await testJob(traffic)
  t.send('views', at('10:00:00')).send('views', at('10:30:00'), { partition: 2 })
  t.tick('views', Date.parse('2026-01-01T11:00:30Z'))
  expect(t.view('hourly').map(r => r.window.closed)).toEqual([true])
})

test('keys, timestamps, headers and formats', async () => {
  interface Sale {
    readonly item: string
    readonly price: number
  }
  const seen = (r: { key: string | null; timestamp: number; headers: readonly { key: string }[] }): unknown => [
    r.key,
    r.timestamp,
    r.headers.map(h => h.key),
  ]
  const made = job('formats', {
    lines: source('text', { format: lines() })
      .map((l, r) => [l, seen(r)])
      .to('a'),
    sales: source('sales', { format: csv<Sale>({ columns: ['item', 'price'] }) })
      .map(s => s.item)
      .to('b'),
    sizes: source('blobs', { format: bytes() })
      .map(b => b.length)
      .to('c'),
  })
  const t = await testJob(made)
  t.send('text', 'hello', { key: 'k', timestamp: '1970-01-01T00:00:01Z', headers: { h: 'x' } })
  t.send('text', 'again', { key: { a: 1 } })
  t.send('sales', { item: 'a "b", c', price: 3 }).send('sales', 'plain,4').send('blobs', new Uint8Array(3))
  const values = (name: 'lines' | 'sales' | 'sizes'): unknown[] => t.output(name, { final: true }).map(r => r.value)
  expect(values('lines')).toEqual([
    ['hello', ['k', 1000, ['h']]],
    ['again', ['{"a":1}', 1000, []]],
  ])
  expect(values('sales')).toEqual(['a "b", c', 'plain'])
  expect(values('sizes')).toEqual([3])
})

test('mistakes are named', async () => {
  const t = await testJob(traffic)
  expect(() => t.send('vews', {})).toThrow('the job reads no topic "vews"')
  expect(() => t.view('hurly' as 'hourly')).toThrow('the job has no view "hurly"')
  expect(() => t.output('hourly' as 'out')).toThrow('the job has no output "hourly"')
  expect(() => t.tick('views', '2026-01-01 10:00')).toThrow('is no time')
  expect(() => t.send('views', {}, { partition: -1 })).toThrow('-1 is no number of a partition')
  await expect(t.toAgree()).rejects.toThrow('cannot be compiled')
  await expect(testJob({} as typeof traffic)).rejects.toThrow('this is no job')
})

test('a log directory as the start', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'lyrebird-kit-'))
  try {
    const partition = join(directory, 'views', 'partition=0')
    mkdirSync(partition, { recursive: true })
    writeFileSync(join(partition, 'views+0+0000000000.json'), `${JSON.stringify(at('10:00:00'))}\n{\n`)
    const t = await testJob(traffic, { log: directory })
    expect(t.deadLetters().map(d => d.at)).toEqual(['views/0:1'])
    expect(t.send('views', at('10:00:01')).view('hourly')[0]?.value.n).toBe(2)
    const keyed = await testJob(job('k', { out: views.map((_, r) => r.key).to('o') }), { log: directory })
    expect(() => keyed.deadLetters()).toThrow('carries no key')
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
})
