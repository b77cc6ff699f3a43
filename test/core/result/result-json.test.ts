// Rows as they are printed: every value that JSON lacks, windows, identities, hostile names.

import { expect, test } from 'vitest'
import type { Plan } from '../../../core/plan/plan.ts'
import { viewRowKey } from '../../../core/result/result.ts'
import {
  deadLetterJson,
  lateJson,
  printed,
  printedIdentity,
  recordJson,
  rowJson,
} from '../../../core/result/result-json.ts'
import { canonicalBytes } from '../../../core/values/canonical.ts'
import { childIdentity, recordIdentity, windowIdentity } from '../../../core/values/identity.ts'

const value = canonicalBytes({ n: 1 })

test('a windowed row has key, window and value; closed once the watermark reaches its end', () => {
  const row = { key: viewRowKey(0, 'KR'), value, error: null }
  const window = { kind: 'tumbling', sizeMs: 3_600_000, offsetMs: 0 } as const
  const expected = { start: '1970-01-01T00:00:00.000Z', end: '1970-01-01T01:00:00.000Z' }
  expect(rowJson(row, window, 3_600_000)).toEqual({
    key: 'KR',
    window: { ...expected, closed: true },
    value: { n: 1 },
  })
  expect(rowJson(row, window, 3_599_999).window?.closed).toBe(false)
})

test('a session is closed once the watermark is past its end, a calendar window has the end that its zone gives', () => {
  const session = { kind: 'session', gapMs: 1000 } as const
  const visit = { key: viewRowKey(0, 'KR', 61_000), value, error: null }
  const expected = { start: '1970-01-01T00:00:00.000Z', end: '1970-01-01T00:01:01.000Z' }
  expect(rowJson(visit, session, 61_000)).toEqual({
    key: 'KR',
    window: { ...expected, closed: false },
    value: { n: 1 },
  })
  expect(rowJson(visit, session, 61_001).window?.closed).toBe(true)
  const day = { kind: 'calendar', unit: 'day', tz: 'Europe/Berlin' } as const
  const start = Date.parse('2024-03-30T23:00Z')
  expect(rowJson({ key: viewRowKey(start, 'KR'), value, error: null }, day, start).window).toEqual({
    start: '2024-03-30T23:00:00.000Z',
    end: '2024-03-31T22:00:00.000Z',
    closed: false,
  })
})

test('a global row has no window, an error row no value', () => {
  const global = { kind: 'global' } as const
  expect(rowJson({ key: viewRowKey(undefined, ['a', 1]), value, error: null }, global, 0)).toEqual({
    key: ['a', 1],
    value: { n: 1 },
  })
  const error = { node: 'mapTable-1', reason: 'the lambda threw' }
  expect(rowJson({ key: viewRowKey(undefined, null), value: null, error }, global, 0)).toEqual({ key: null, error })
})

test('what JSON lacks is a string', () => {
  expect(printed([1n, NaN, -Infinity, new Uint8Array([255]), null, { a: 2n ** 70n }])).toEqual([
    '1',
    'NaN',
    '-Infinity',
    '/w==',
    null,
    { a: '1180591620717411303424' },
  ])
  const hostile = printed(JSON.parse('{"__proto__": 1, "constructor": 2}'))
  expect(JSON.stringify(hostile)).toBe('{"__proto__":1,"constructor":2}')
})

test('identities can be read', () => {
  const record = recordIdentity('views', 2, 17n)
  expect(printedIdentity(record)).toBe('views/2:17')
  expect(printedIdentity(childIdentity(childIdentity(record, 3), 0))).toBe('views/2:17#3#0')
  expect(printedIdentity(windowIdentity(canonicalBytes('KR'), 0, 60_000))).toBe('["KR",0,60000]')
  expect(printedIdentity(new Uint8Array([1, 2, 255]))).toBe('0102ff')
})

test('late records, dead letters and output records', () => {
  const late = { source: 's', topic: 't', partition: 1, offset: 5n, time: 1000 }
  expect(lateJson(late)).toEqual({ ...late, offset: 5, time: '1970-01-01T00:00:01.000Z' })
  expect(lateJson({ ...late, offset: 2n ** 60n }).offset).toBe('1152921504606846976')
  const letter = {
    node: 'n',
    identity: recordIdentity('t', 0, 1n),
    kind: 'decode',
    reason: 'not JSON',
    path: '$',
  } as const
  const plan: Plan = { format: 1, job: 'j', nodes: [], results: [] }
  expect(deadLetterJson({ ...letter, display: { message: 'm', site: 'job.ts:1:2' } }, plan)).toEqual({
    node: 'n',
    at: 't/0:1',
    kind: 'decode',
    reason: 'not JSON',
    path: '$',
    message: 'm',
    site: 'job.ts:1:2',
  })
  const bytes = new TextEncoder().encode('{"big":9007199254740993,"n":1,"x":0.5}')
  expect(recordJson({ timestamp: 8.64e15, key: null, value: bytes, headers: [] }, 3)).toEqual({
    partition: 3,
    time: '+275760-09-13T00:00:00.000Z',
    key: null,
    value: { big: '9007199254740993', n: 1, x: 0.5 },
  })
})
