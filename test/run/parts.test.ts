// Small parts of the executors: packed rows, division of work, places in stack traces, the text of a summary.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LyrebirdError } from '../../core/errors.ts'
import type { RowChange } from '../../core/state/rows.ts'
import { bytesToHex } from '../../core/values/bytes.ts'
import { readUntil } from '../../run/command-line/option-values.ts'
import { summaryLines } from '../../run/command-line/summary-text.ts'
import { prefetch } from '../../run/prefetch.ts'
import { siteFinder } from '../../run/site-of.ts'
import { divide } from '../../runtime-batch/divide.ts'
import { decodeFailure, encodeFailure } from '../../runtime-batch/workers/messages.ts'
import { RowQueue } from '../../store/spill/row-queue.ts'
import { testFolder } from './support/folder.ts'

describe('RowQueue', () => {
  const row = fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.option(fc.uint8Array({ maxLength: 60 })))
  const shown = (rows: Iterable<RowChange>): string[] =>
    [...rows].map(([k, v]) => `${bytesToHex(k)}=${v === null ? 'deleted' : bytesToHex(v)}`)

  it('gives back the rows in order, as often as asked, also through another queue', () => {
    const folder = testFolder()
    fc.assert(
      fc.property(fc.array(row), rows => {
        const queue = new RowQueue(folder, 1 << 20)
        for (const [key, value] of rows) queue.add(key, value)
        const other = new RowQueue(folder, 1 << 20)
        for (const piece of queue.pieces()) other.addPiece(piece.slice())
        expect(shown(queue.changes())).toEqual(shown(rows))
        expect(shown(queue.changes())).toEqual(shown(rows))
        expect(shown(other.changes())).toEqual(shown(rows))
      }),
    )
  })

  it('waits in a file that nobody sees where memory is short', () => {
    const folder = testFolder()
    const queue = new RowQueue(join(folder, 'new'), 1 << 20)
    const value = new Uint8Array(300_000).fill(7)
    for (let i = 0; i < 40; i++) queue.add(Uint8Array.of(i), i % 3 === 0 ? null : value)
    expect(readdirSync(join(folder, 'new'))).toEqual([])
    const rows = [...queue.changes()].map(([k, v]) => [k[0], v?.length ?? null])
    expect(rows).toEqual(Array.from({ length: 40 }, (_, i) => [i, i % 3 === 0 ? null : 300_000]))
    queue.dispose()
    expect([...queue.changes()]).toEqual([])
  })
})

it('divides partitions into groups of about equal size, all of them once', () => {
  const sizes = fc.array(fc.nat(1000), { maxLength: 12 })
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 5 }), (list, workers) => {
      const tasks = list.map((size, i) => ({ name: `t/${i}`, from: 5n, to: 5n + BigInt(size) }))
      const groups = divide(tasks, workers)
      expect(groups.length).toBeLessThanOrEqual(workers)
      expect(groups.flat().sort((a, b) => a.name.localeCompare(b.name))).toEqual(
        [...tasks].sort((a, b) => a.name.localeCompare(b.name)),
      )
    }),
  )
})

it('carries typed failures between threads', () => {
  const error = new LyrebirdError('bad-crc', 'no', { where: { topic: 't', from: '3' }, hint: 'restore it' })
  expect(decodeFailure(structuredClone(encodeFailure(error)))).toMatchObject({
    code: 'bad-crc',
    message: 'no',
    where: error.where,
    hint: 'restore it',
  })
  expect(decodeFailure(encodeFailure(new Error('bug')))).not.toHaveProperty('code')
})

describe('prefetch', () => {
  it('keeps the order and closes a source that is left early', async () => {
    let closed = false
    async function* numbers() {
      try {
        for (let i = 0; ; i++) yield i
      } finally {
        closed = true
      }
    }
    const seen: number[] = []
    for await (const n of prefetch(numbers())) {
      seen.push(n)
      if (n === 3) break
    }
    expect(seen).toEqual([0, 1, 2, 3])
    expect(closed).toBe(true)
  })

  it('hands on what came before a failure, then the failure', async () => {
    async function* failing() {
      yield 1
      throw new Error('broken')
    }
    const seen: number[] = []
    await expect(
      (async () => {
        for await (const n of prefetch(failing())) seen.push(n)
      })(),
    ).rejects.toThrow('broken')
    expect(seen).toEqual([1])
  })
})

it('finds the place of the author in a stack, through the map of the emitted module', () => {
  const folder = testFolder()
  const module = join(folder, 'functions.mjs')
  // Line 2, column 5 of the module is line 7, column 3 of jobs/views.ts (source map revision 3).
  writeFileSync(
    `${module}.map`,
    JSON.stringify({ version: 3, sources: ['../src/jobs/views.ts'], names: [], mappings: ';IAME' }),
  )
  const siteOf = siteFinder(pathToFileURL(module).href, ['jobs/views.ts'])
  const error = new Error('x')
  error.stack = `Error: x\n    at normalise (/elsewhere/core.js:1:1)\n    at Object.fn (${pathToFileURL(module).href}:2:5)`
  expect(siteOf(error)).toBe('jobs/views.ts:7:3')
  expect(siteOf('no error')).toBeUndefined()
  expect(siteFinder(undefined, [])(error)).toBeUndefined()
})

it('reads a cut from text or from a file', () => {
  const folder = testFolder()
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'text'), 'a/0:1,a/1:2\n')
  writeFileSync(join(folder, 'json'), '{"a/0":"1","a/1":"2"}')
  const expected = new Map([
    ['a/0', 1n],
    ['a/1', 2n],
  ])
  expect(readUntil('end')).toBe('end')
  expect(readUntil('a/0:1,a/1:2')).toEqual(expected)
  expect(readUntil(join(folder, 'text'))).toEqual(expected)
  expect(readUntil(join(folder, 'json'))).toEqual(expected)
  expect(() => readUntil('nonsense')).toThrow('is not a position of a cut')
})

it('shows a summary', () => {
  const lines = summaryLines({
    job: 'page-views',
    target: 'batch',
    records: 1234567,
    sources: [{ source: 's', topic: 'views', watermark: 0, heldBy: 'views/1' }],
    late: 2,
    dead: 0,
    views: [{ name: 'traffic', rows: 12, digest: 'ab' }],
    outputs: [{ name: 'copy', rows: 3, digest: 'cd', topic: 'copies', positions: ['3'] }],
    cut: { 'views/0': '7', 'views/1': '9' },
    sealed: false,
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
    'warning: careful',
  ])
})
