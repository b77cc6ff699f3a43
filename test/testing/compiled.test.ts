// The test kit over jobs given by path: compiled once, compiled again after a change, diagnostics thrown, agreement
// proved or refused.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import { isLyrebirdError, type LyrebirdError } from '../../core/errors.ts'
import type { Lambdas } from '../../core/plan/plan.ts'
import { agree } from '../../testing/agree.ts'
import { testJob } from '../../testing/index.ts'
import { loadJob } from '../../testing/load-job.ts'
import { TestLog } from '../../testing/test-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'lyrebird-compiled-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const source = (least: string): string => `
import { job, source, tumbling } from 'lyrebird'
const events = source<{ k: string; n: number; t: number }>('events', { time: e => e.t })
const sums = events.filter(e => e.n >= ${least}).keyBy(e => e.k).window(tumbling('10s')).sum(e => e.n)
export default job('sums', { sums, out: sums.closed().to('out') })
`

function write(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

async function failure(run: Promise<unknown>): Promise<LyrebirdError> {
  const error = await run.then(
    () => null,
    (e: unknown) => e,
  )
  if (!isLyrebirdError(error)) throw new Error(`expected a typed error, got ${String(error)}`)
  return error
}

test('a file is compiled once, and again when it has changed', async () => {
  const path = write('changing.ts', source('0'))
  const first = await loadJob(path)
  expect((await loadJob(path)).compiled).toBe(first.compiled)
  expect((await loadJob(pathToFileURL(path))).compiled).toBe(first.compiled)
  write('changing.ts', source('5'))
  const t = await testJob(path)
  t.send('events', { k: 'a', n: 4, t: 1 }).send('events', { k: 'a', n: 6, t: 2 })
  expect(t.view('sums').map(r => r.value)).toEqual([6])
  expect((await loadJob(path)).compiled).not.toBe(first.compiled)
})

test('declared types are validated, and the place of a lambda that throws is reported', async () => {
  const path = write(
    'throws.ts',
    source('0').replace('e.n >= 0', "{ if (e.n === 13) throw new Error('no'); return true }"),
  )
  const t = await testJob(path)
  t.send('events', { k: 'a', n: '1', t: 1 }).send('events', { k: 'a', n: 13, t: 1 })
  expect(t.deadLetters().sort((a, b) => (a.at < b.at ? -1 : 1))).toMatchObject([
    { at: 'events/0:0', kind: 'decode', path: '$.n', reason: 'expected number, got string' },
    { at: 'events/0:1', kind: 'throw', site: 'throws.ts:4:28' },
  ])
  await t.toAgree({ interleavings: 3, seed: 1 })
})

test('errors of the compiler are thrown with their frames', async () => {
  const path = write('wrong.ts', source('0').replace('e => e.n)', 'e => e.k)'))
  const error = await failure(testJob(path))
  expect(error.code).toBe('check-failed')
  expect(error.message).toContain('not-numeric  sum() takes a number or a bigint from each element')
  expect(error.message).toContain('wrong.ts:4:')
  expect((await failure(testJob(join(folder, 'absent.ts')))).message).toContain('absent.ts')
})

async function someRecords(): Promise<{
  compiled: NonNullable<Awaited<ReturnType<typeof loadJob>>['compiled']>
  log: TestLog
}> {
  const { compiled } = await loadJob(write('agrees.ts', source('0')))
  if (compiled === null) throw new Error('not compiled')
  const log = new TestLog(['events'])
  for (let i = 0; i < 40; i++) {
    const value = new TextEncoder().encode(JSON.stringify({ k: `k${i % 3}`, n: i / 10, t: i * 1000 }))
    log.append('events', i % 2, { timestamp: i, key: null, value, headers: [] })
  }
  return { compiled, log }
}

test('agreement reports what was compared; runs are added until there are enough restarts', async () => {
  const { compiled, log } = await someRecords()
  const agreement = await agree(compiled, log, { interleavings: 2, restarts: 6, seed: 7 })
  expect(agreement).toMatchObject({ records: 40, seed: 7 })
  expect(agreement.restarts).toBeGreaterThanOrEqual(6)
  expect(agreement.interleavings).toBeGreaterThan(2)
})

test('a difference is thrown with its first row', async () => {
  const { compiled, log } = await someRecords()
  const { functions } = compiled
  // The reference gets another extractor than the emitted code.
  const altered = Object.entries(functions.lambdas).map(([node, slots]) => [
    node,
    'sum.of' in slots ? { 'sum.of': (e: { n: number }) => e.n + (e.n === 2 ? 1 : 0) } : slots,
  ])
  const wrong = { ...functions, lambdas: Object.fromEntries(altered) as Lambdas }
  const error = await failure(agree({ ...compiled, functions: wrong }, log, { interleavings: 1, seed: 7 }))
  expect(error.code).toBe('not-equivalent')
  expect(error.where).toMatchObject({ job: 'sums', part: 'views/sums' })
  expect(error.message).toContain('NOT EQUAL: first difference in views/sums')
})
