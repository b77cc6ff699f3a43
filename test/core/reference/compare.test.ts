// Comparing results: every part of a result counts, and the first difference is readable.

import { describe, expect, it } from 'vitest'
import { compareResults, type Difference } from '../../../core/result/compare-results.ts'
import type { JobResult } from '../../../core/result/result.ts'
import { viewRowKey } from '../../../core/result/result.ts'
import { canonicalBytes } from '../../../core/values/canonical.ts'

const identity = Uint8Array.of(1, 2)
const base: JobResult = {
  views: new Map([['v', [{ key: viewRowKey(10, 'k'), value: canonicalBytes({ n: 1 }), error: null }]]]),
  outputs: new Map([
    [
      'o',
      [
        [{ timestamp: 1, key: null, value: new TextEncoder().encode('1'), headers: [{ key: 'h', value: identity }] }],
        [],
      ],
    ],
  ]),
  late: [{ source: 's', topic: 't', partition: 0, offset: 5n, time: 3 }],
  dead: [{ node: 'n', identity, kind: 'decode', path: '$.a', reason: 'missing field', display: { message: 'x' } }],
  emitted: new Map([['late', { count: 1, digest: 'ab' }]]),
  watermarks: new Map([['s', Number.NEGATIVE_INFINITY]]),
}

function check(change: Partial<JobResult>, expected: Difference | null): void {
  expect(compareResults(base, { ...base, ...change })).toEqual(expected)
  const back = compareResults({ ...base, ...change }, base)
  expect(back).toEqual(expected === null ? null : { ...expected, left: expected.right, right: expected.left })
}

describe('compareResults', () => {
  it('equal', () => check({}, null))

  it('the displayed parts of dead letters do not count', () => {
    check({ dead: base.dead.map(d => ({ ...d, display: { site: 'y' } })) }, null)
  })

  it.each<[string, Partial<JobResult>, Difference]>([
    [
      'a value',
      { views: new Map([['v', [{ key: viewRowKey(10, 'k'), value: canonicalBytes({ n: 2 }), error: null }]]]) },
      { part: 'views/v', key: '10 "k"', left: '{"n":1}', right: '{"n":2}' },
    ],
    [
      'an error row',
      {
        views: new Map([
          ['v', [{ key: viewRowKey(10, 'k'), value: null, error: { node: 'm', reason: 'the lambda threw' } }]],
        ]),
      },
      { part: 'views/v', key: '10 "k"', left: '{"n":1}', right: 'error of m: the lambda threw' },
    ],
    [
      'a missing row',
      { views: new Map([['v', []]]) },
      { part: 'views/v', key: '10 "k"', left: '{"n":1}', right: 'absent' },
    ],
    ['a missing view', { views: new Map() }, { part: 'results', key: 'view v', left: 'present', right: 'absent' }],
    [
      'a missing output record',
      { outputs: new Map([['o', [[], []]]]) },
      { part: 'outputs/o/0', key: 'record 0', left: 'timestamp 1 key null value 1 headers "h"=0102', right: 'absent' },
    ],
    ['a late row', { late: [] }, { part: 'late', key: 's t/0:5', left: 'time 3', right: 'absent' }],
    [
      'a dead letter',
      { dead: base.dead.map(d => ({ ...d, reason: 'other' })) },
      { part: 'dead-letters', key: 'n 0102', left: 'decode: $.a: missing field', right: 'decode: $.a: other' },
    ],
    [
      'a watermark',
      { watermarks: new Map([['s', 4]]) },
      { part: 'watermarks', key: 's', left: '-Infinity', right: '4' },
    ],
    [
      'a digest',
      { emitted: new Map([['late', { count: 1, digest: 'ac' }]]) },
      { part: 'emitted', key: 'late', left: '1 rows, digest ab', right: '1 rows, digest ac' },
    ],
  ])('%s', (_, change, expected) => check(change, expected))
})
