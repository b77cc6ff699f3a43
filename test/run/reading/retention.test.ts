// Logs that lose their beginning: a state goes on wherever it has read what is gone, in every kind of log; and logs
// that were cut back and written again are noticed.
//
// Promises: each case goes on to the same rows as a run over all records, or stops with the range.

import { cpSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LyrebirdError } from '../../../core/errors.ts'
import { PROGRESS, Progress } from '../../../core/executor/progress.ts'
import { OutputTopic } from '../../../logs/embedded/output-topic.ts'
import type { Log } from '../../../logs/log.ts'
import { MemoryLog } from '../../../logs/memory.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { runStream } from '../../../runtime-stream/index.ts'
import { openStateWriter } from '../../../store/index.ts'
import { encodeBatch } from '../../logs/support/batches.ts'
import { temporaryDirectory, writeFiles } from '../../logs/support/directories.ts'
import { record } from '../../logs/support/records.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../../support/jobs/graph-plan.ts'

/** The sum of `n` by `k` of topic `sales`, with `t` as time. */
function sales() {
  const plan = new PlanBuilder()
  const source = plan.source('sales', { time: (v: { t: number }) => v.t, disorderMs: 1000 })
  const keyed = plan.keyBy(source, (v: { k: string }) => v.k)
  plan.view('sums', plan.bare(keyed, GLOBAL, { kind: 'sum', of: (v: { n: number }) => v.n }))
  return interpretedModule(plan.program('sales'))
}

const functions = sales()
const text = (i: number, n = i): string => JSON.stringify({ t: 1000 * i, k: `k${i % 3}`, n })
const sale = (i: number, n = i) => record(text(i, n), { timestamp: 1000 * i })
const sold = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => sale(from + i))

function memoryOf(count: number): MemoryLog {
  const log = new MemoryLog()
  log.createTopic('sales', 1)
  log.append('sales', 0, sold(0, count))
  return log
}

/** The same topic by its id, with other records. */
function sameTopic(log: MemoryLog, other: MemoryLog): MemoryLog {
  other.topicId = topic => log.topicId(topic)
  return other
}

async function digestOfAll(count: number) {
  const { views } = await runBatch({ functions, log: memoryOf(count), state: join(temporaryDirectory(), 'whole') })
  return views
}

async function failure(run: Promise<unknown>): Promise<LyrebirdError> {
  const error = await run.then(
    () => null,
    (e: unknown) => e,
  )
  expect(error).toBeInstanceOf(LyrebirdError)
  return error as LyrebirdError
}

describe('a state whose records are gone from the log', () => {
  it.each([
    ['some of those that it has read', 10n],
    ['all of those that it has read', 20n],
  ])('goes on: %s', async (_, start) => {
    const state = join(temporaryDirectory(), 'state')
    const log = memoryOf(20)
    await runStream({ functions, log, state, until: 'end' })
    log.trim('sales', 0, start)
    log.append('sales', 0, sold(20, 25))
    const streamed = await runStream({ functions, log, state, until: 'end' })
    expect(streamed).toMatchObject({ records: 5, cut: { 'sales/0': '25' }, warnings: [] })
    log.append('sales', 0, sold(25, 30))
    log.trim('sales', 0, 25n)
    const extended = await runBatch({ functions, log, state })
    expect(extended.records).toBe(5)
    expect(extended.views).toEqual(await digestOfAll(30))
  })

  it('stops where one was not read, and names the range', async () => {
    const state = join(temporaryDirectory(), 'state')
    const log = memoryOf(20)
    await runBatch({ functions, log, state })
    log.append('sales', 0, sold(20, 30))
    log.trim('sales', 0, 21n)
    for (const run of [runBatch, runStream]) {
      const error = await failure(run({ functions, log, state, until: 'end' }))
      expect(error).toMatchObject({ code: 'range-lost', exitCode: 5, where: { from: '20', to: '21' } })
      expect(error.message).toContain('offsets 20 to 20 of sales/0 are gone before the state has read them')
    }
  })

  it('says so where the log has got records back that the state is not computed from', async () => {
    const state = join(temporaryDirectory(), 'state')
    const log = memoryOf(20)
    log.trim('sales', 0, 5n)
    await runBatch({ functions, log, state })
    const whole = sameTopic(log, memoryOf(22))
    const { records, warnings } = await runBatch({ functions, log: whole, state })
    expect(records).toBe(2)
    expect(warnings).toEqual(['sales/0 begins at offset 0 now; the state is computed from 5 on, without those before'])
  })

  it('goes on over an archive whose old files are gone, and over one that is empty', async () => {
    const [log, state] = [temporaryDirectory(), join(temporaryDirectory(), 'state')]
    const file = (start: number, to: number) => ({
      [`sales/partition=0/sales+0+${String(start).padStart(10, '0')}.json`]: sold(start, to)
        .map((_, i) => `${text(start + i)}\n`)
        .join(''),
    })
    writeFiles(log, { ...file(0, 10), ...file(10, 20) })
    await runBatch({ functions, log, state })
    const folder = join(log, 'sales', 'partition=0')
    rmSync(join(folder, 'sales+0+0000000000.json'))
    expect(await runBatch({ functions, log, state })).toMatchObject({ records: 0, warnings: [] })
    for (const name of readdirSync(folder)) rmSync(join(folder, name))
    const empty = await runBatch({ functions, log, state })
    expect(empty).toMatchObject({ records: 0, cut: { 'sales/0': '20' } })
    expect(empty.warnings).toEqual(['sales/0 holds no file: nothing to read after offset 20'])
    writeFiles(log, file(21, 30))
    expect(await failure(runBatch({ functions, log, state }))).toMatchObject({ code: 'range-lost' })
    rmSync(join(folder, 'sales+0+0000000021.json'))
    writeFiles(log, file(20, 30))
    expect((await runBatch({ functions, log, state })).views).toEqual(await digestOfAll(30))
  })

  it('goes on over embedded segments whose old ones were removed', async () => {
    const [log, state] = [temporaryDirectory(), join(temporaryDirectory(), 'state')]
    const append = async (from: number, to: number): Promise<void> => {
      const topic = await OutputTopic.openForAppend(log, 'sales', 1, { segmentBytes: 200 })
      for (const each of sold(from, to)) await topic.append(0, [each])
      await topic.close()
    }
    await append(0, 20)
    await runStream({ functions, log, state, until: 'end' })
    const folder = join(log, 'sales', 'partition=0')
    const segments = readdirSync(folder).filter(name => name.endsWith('.log'))
    expect(segments.length).toBeGreaterThan(3)
    for (const name of segments.slice(0, -1)) rmSync(join(folder, name))
    await append(20, 30)
    const { records, views } = await runStream({ functions, log, state, until: 'end' })
    expect(records).toBe(10)
    expect(views).toEqual(await digestOfAll(30))
  })

  it('goes on over segments copied from a broker without the old ones', async () => {
    const [log, state] = [temporaryDirectory(), join(temporaryDirectory(), 'state')]
    const segment = (from: number, to: number) => ({
      [`sales-0/${String(from).padStart(20, '0')}.log`]: encodeBatch(BigInt(from), sold(from, to)),
    })
    writeFiles(log, { ...segment(0, 10), ...segment(10, 20) })
    await runBatch({ functions, log, state })
    rmSync(join(log, 'sales-0'), { recursive: true })
    writeFiles(log, segment(20, 30))
    expect((await runBatch({ functions, log, state })).views).toEqual(await digestOfAll(30))
  })
})

describe('a log that was cut back and written again', () => {
  /** A log of 25 records whose last ones, from `from` on, are others than those of `memoryOf`. */
  function regrown(log: Log, from: number, by = 1): MemoryLog {
    const other = memoryOf(from)
    other.append(
      'sales',
      0,
      sold(from, 25).map((_, i) => sale(from + i, from + i + by)),
    )
    return sameTopic(log as MemoryLog, other)
  }

  it.each([0, 10, 19])('from offset %i on is noticed by the last record, in batch and stream', async from => {
    const state = join(temporaryDirectory(), 'state')
    const log = memoryOf(20)
    await runBatch({ functions, log, state })
    const other = regrown(log, from)
    for (const run of [runBatch, runStream]) {
      const error = await failure(run({ functions, log: other, state }))
      expect(error).toMatchObject({ code: 'log-rewritten', exitCode: 5, where: { offset: '19' } })
      expect(error.message).toContain('sales/0 holds another record at offset 19')
    }
    const same = regrown(log, 0, 0)
    expect((await runBatch({ functions, log: same, state })).records).toBe(5)
  })

  it('that holds no record there is noticed too', async () => {
    const state = join(temporaryDirectory(), 'state')
    const log = memoryOf(20)
    await runBatch({ functions, log, state })
    const other = sameTopic(log, memoryOf(10))
    other.append('sales', 0, sold(10, 15), 20n)
    const error = await failure(runBatch({ functions, log: other, state }))
    expect(error.message).toContain('sales/0 holds no record at offset 19')
  })

  it('differs in timestamp, key or headers alone', async () => {
    const others = [{ timestamp: 1 }, { key: Uint8Array.of(1) }, { headers: [{ key: 'h', value: null }] }]
    for (const parts of others) {
      const state = join(temporaryDirectory(), 'state')
      const log = memoryOf(20)
      await runBatch({ functions, log, state })
      const other = sameTopic(log, memoryOf(19))
      other.append('sales', 0, [{ ...sale(19), ...parts }])
      expect(await failure(runBatch({ functions, log: other, state }))).toMatchObject({ code: 'log-rewritten' })
    }
  })

  it('as archive and as segments is noticed: they have no id', async () => {
    for (const kind of ['archive', 'segments']) {
      const [log, state] = [temporaryDirectory(), join(temporaryDirectory(), 'state')]
      const write = (by: number): void => {
        const records = sold(0, 20).map((_, i) => sale(i, i + by))
        if (kind === 'segments') writeFiles(log, { 'sales-0/00000000000000000000.log': encodeBatch(0n, records) })
        else {
          const lines = records.map((_, i) => `${text(i, i + by)}\n`).join('')
          writeFiles(log, { 'sales/partition=0/sales+0+0000000000.json': lines })
        }
      }
      write(0)
      await runBatch({ functions, log, state })
      write(1)
      expect(await failure(runBatch({ functions, log, state })), kind).toMatchObject({ code: 'log-rewritten' })
    }
  })

  it('as an embedded log, restored from an older copy and appended to, is noticed', async () => {
    const [log, state] = [temporaryDirectory(), join(temporaryDirectory(), 'state')]
    const append = async (records: ReturnType<typeof sold>): Promise<void> => {
      const topic = await OutputTopic.openForAppend(log, 'sales', 1)
      await topic.append(0, records)
      await topic.close()
    }
    await append(sold(0, 10))
    const copy = join(temporaryDirectory(), 'copy')
    cpSync(log, copy, { recursive: true })
    await append(sold(10, 20))
    await runBatch({ functions, log, state })
    rmSync(log, { recursive: true })
    renameSync(copy, log)
    expect(await failure(runBatch({ functions, log, state }))).toMatchObject({ code: 'truncated' })
    await append(sold(10, 25).map((_, i) => sale(10 + i, i)))
    expect(await failure(runBatch({ functions, log, state }))).toMatchObject({ code: 'log-rewritten' })
  })

  it('cannot be noticed by a state from before last records were kept: it goes on', async () => {
    const state = join(temporaryDirectory(), 'state')
    const log = memoryOf(20)
    await runBatch({ functions, log, state })
    const writer = await openStateWriter(state)
    const progress = Progress.decode(writer.document(PROGRESS) as Uint8Array)
    progress.last.clear()
    await writer.commit(transaction => transaction.putDocument(PROGRESS, progress.encode()))
    await writer.close()
    log.append('sales', 0, sold(20, 25))
    expect((await runBatch({ functions, log, state })).views).toEqual(await digestOfAll(25))
  })
})
