// The summary of a run as text.

import { expect, it } from 'vitest'
import { summaryLines } from '../../../run/command-line/summary-text.ts'

it('shows a summary', () => {
  const lines = summaryLines({
    job: 'page-views',
    target: 'batch',
    records: 1234567,
    sources: [{ source: 's', topic: 'views', watermark: 0, heldBy: 'views/1' }],
    late: 2,
    dead: 0,
    unlisted: 0,
    views: [{ name: 'traffic', rows: 12, digest: 'ab' }],
    outputs: [{ name: 'copy', rows: 3, digest: 'cd', topic: 'copies', positions: ['3'] }],
    cut: { 'views/0': '7', 'views/1': '9' },
    sealed: false,
    waiting: [
      {
        node: 'n',
        word: 'joinTable',
        at: 'jobs/a.ts:3:9',
        elements: 2,
        heldBy: 'u/1',
        watermark: 100,
        remedy: 'type this',
      },
    ],
    warnings: ['careful'],
  })
  expect(lines).toEqual([
    'page-views batch: 1,234,567 records read',
    '  view traffic     12 rows  digest ab',
    '  output copy      3 records to copies  digest cd',
    '  watermark views  1970-01-01T00:00:00.000Z (held back by views/1)',
    '  late             2',
    '  dead letters     0',
    '  cut              views/0:7,views/1:9',
    '  2 elements wait in joinTable (jobs/a.ts:3:9) until u/1 passes 1970-01-01T00:00:00.100Z',
    '    type this',
    'warning: careful',
  ])
})
