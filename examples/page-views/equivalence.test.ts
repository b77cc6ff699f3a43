// Batch, stream and reference give the same page views, over the example's log and over what a test sends.

import { fileURLToPath } from 'node:url'
import { testJob } from 'lyrebird/testing'
import { expect, test } from 'vitest'
import type job from './job.ts'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const pageViews = here('job.ts')

test('the log of the example', async () => {
  const t = await testJob<typeof job>(pageViews, { log: here('log') })
  const rows = t.view('traffic')
  expect(rows.length).toBe(20)
  expect(rows[0]).toEqual({
    key: 'BR',
    window: { start: '2026-01-01T10:00:00.000Z', end: '2026-01-01T11:00:00.000Z', closed: true },
    value: { bytes: 102108, views: 10, visitors: 5 },
  })
  expect(rows.filter(r => !r.window.closed).map(r => r.window.start)).toEqual(Array(5).fill('2026-01-01T13:00:00.000Z'))
  expect([t.late().length, t.deadLetters().length]).toEqual([12, 11])
  await t.toAgree({ interleavings: 10, restarts: 5 })
  await t.toAgree({ interleavings: 5, final: true })
})

test('health checks do not count, and visitors count once', async () => {
  const t = await testJob<typeof job>(pageViews)
  const view = (minute: number, user: string, page = '/'): object => ({
    at: `2026-01-01T10:${minute}:00Z`,
    user,
    page,
    country: 'KR',
    bytes: 0.1,
  })
  t.send('page-views', view(10, 'ada')).send('page-views', view(11, 'ada')).send('page-views', view(12, 'zoë'))
  t.send('page-views', view(13, 'probe', '/health/ready'))
  expect(t.view('traffic').map(r => r.value)).toEqual([{ bytes: 0.30000000000000004, views: 3, visitors: 2 }])
  await t.toAgree()
})

test('a record that is no page view is a dead letter with its place and its reason', async () => {
  const t = await testJob<typeof job>(pageViews)
  t.send('page-views', { at: '2026-01-01T10:00:00Z', user: 'ada', page: '/', country: 'KR', bytes: '12' })
  t.send('page-views', { at: '2026-01-01', user: 'ada', page: '/', country: 'KR' })
  expect(t.deadLetters().map(d => `${d.at} ${d.path}: ${d.reason}`)).toEqual([
    'page-views/0:0 $.bytes: expected number, got string',
    'page-views/0:1 $.bytes: missing field',
  ])
  await t.toAgree()
})
