// Where a new state begins to read: batch, stream and the reference over the records from there on agree.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { canonicalBytes } from '../../../core/values/canonical.ts'
import { OutputTopic } from '../../../logs/embedded/output-topic.ts'
import { openLog } from '../../../logs/index.ts'
import type { Log } from '../../../logs/log.ts'
import type { LogRecord } from '../../../logs/log-record.ts'
import { MemoryLog } from '../../../logs/memory.ts'
import { readFrom } from '../../../run/command-line/option-values.ts'
import { beginnings, type From } from '../../../run/reading/beginnings.ts'
import { rangesNow } from '../../../run/reading/bind-log.ts'
import { defaultOut } from '../../../run/state/folders.ts'
import { readProgress } from '../../../run/state/read-state.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { runStream } from '../../../runtime-stream/index.ts'
import { openStateReader } from '../../../store/index.ts'
import { readWholeResult, verifyJob } from '../../../testing/equivalence/index.ts'
import { type Random, seededRandom } from '../../../testing/equivalence/random.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../../support/jobs/graph-plan.ts'
import { testFolder } from '../support/folder.ts'

const utf8 = new TextEncoder()
const PARTITIONS = 3
const SEED = 4711

const record = (timestamp: number): LogRecord => ({
  timestamp,
  key: null,
  value: utf8.encode(JSON.stringify({ t: timestamp })),
  headers: [],
})

/** Times that mostly grow, so that records behind the first one of a time are older than it. */
function timesOf(random: Random): number[] {
  return Array.from({ length: random.below(60) }, (_, i) => i * 10 + random.below(50))
}

const functions = interpretedModule(
  (() => {
    const plan = new PlanBuilder()
    const source = plan.source('in', { time: (e: { t: number }) => e.t, disorderMs: 1000 })
    plan.view(
      'count',
      plan.bare(
        plan.keyBy(source, () => 'all'),
        GLOBAL,
        { kind: 'count' },
      ),
    )
    plan.output('again', plan.to(source, 'again'))
    return plan.program('beginnings')
  })(),
)
const { plan } = functions

function memory(times: readonly (readonly number[])[]): MemoryLog {
  const log = new MemoryLog()
  log.createTopic('in', times.length)
  for (const [partition, own] of times.entries()) log.append('in', partition, own.map(record))
  return log
}

async function embedded(times: readonly (readonly number[])[]): Promise<Log> {
  const directory = join(testFolder(), 'log')
  const topic = await OutputTopic.openForAppend(directory, 'in', times.length)
  for (const [partition, own] of times.entries()) await topic.append(partition, own.map(record))
  await topic.close()
  return openLog(directory)
}

const cutAt = async (log: Log, from: From) => beginnings(log, plan, await rangesNow(log, plan), from)

describe('a new state begins', () => {
  it('at the first record of a time, or at offsets, the same in batch and stream', async () => {
    const random = seededRandom(SEED)
    for (let n = 0; n < 12; n++) {
      const times = Array.from({ length: PARTITIONS }, () => timesOf(random))
      for (const log of [memory(times), await embedded(times)]) {
        const time = random.below(600)
        const expected = new Map(
          times.map((own, p) => {
            const first = own.findIndex(t => t >= time)
            return [`in/${p}`, BigInt(first < 0 ? own.length : first)]
          }),
        )
        for (const from of [time, expected] as const) {
          expect(await cutAt(log, from), `seed ${SEED}, ${n}`).toEqual(expected)
          const states = [join(testFolder(), 'batch'), join(testFolder(), 'stream')] as const
          await runBatch({ functions, log, state: states[0], from })
          await runStream({ functions, log, state: states[1], from, until: 'end' })
          const [batch, stream] = await Promise.all(
            states.map(state => readWholeResult(state, defaultOut(state), plan)),
          )
          expect(stream).toEqual(batch)
          const read = times.flatMap((own, p) => own.slice(Number(expected.get(`in/${p}`))))
          const [row] = batch?.views.get('count') ?? []
          expect(row?.value ?? canonicalBytes(0), `seed ${SEED}, ${n}`).toEqual(canonicalBytes(read.length))
          expect(batch?.late).toEqual([])
          const verdict = await verifyJob({ functions, log, state: states[1], interleavings: 1, seed: SEED })
          expect(verdict.equal).toBe(true)
        }
        await log.close()
      }
    }
  })

  it('where it is told only once: it goes on from its own cut', async () => {
    const log = memory([[10, 20, 30, 40]])
    const state = join(testFolder(), 'state')
    await runBatch({ functions, log, state, from: 20 })
    log.append('in', 0, [record(50)])
    await runBatch({ functions, log, state, from: 50 })
    const reader = openStateReader(state)
    const progress = readProgress(reader, 'the state')
    expect(progress.starts).toEqual(new Map([['in/0', 1n]]))
    expect(progress.cut).toEqual(new Map([['in/0', 5n]]))
    await reader.close()
  })

  it('at the start of a topic that is read as a table', async () => {
    const builder = new PlanBuilder()
    const rows = builder.source('rows', { upserts: true, key: (e: { t: number }) => e.t })
    builder.view('rows', builder.bare(rows, GLOBAL, { kind: 'last' }))
    const log = new MemoryLog()
    log.createTopic('rows', 1)
    log.append('rows', 0, [10, 20].map(record))
    const table = builder.program('table').plan
    expect(await beginnings(log, table, await rangesNow(log, table), 15)).toEqual(new Map())
  })

  it('not where there is nothing', async () => {
    const log = memory([[10, 20], []])
    await expect(cutAt(log, readFrom('in/0:3'))).rejects.toMatchObject({
      code: 'usage',
      hint: expect.stringContaining('in/0:2'),
    })
    await expect(cutAt(log, readFrom('in/7:0'))).rejects.toMatchObject({ code: 'usage' })
    log.partitions = async () => [{ topic: 'in', partition: 0, start: 1n, end: 2n }]
    await expect(cutAt(log, readFrom('in/0:0'))).rejects.toMatchObject({ code: 'range-lost' })
    log.abilities = async () => ({ timestamps: false, keys: false, headers: false })
    await expect(cutAt(log, 5)).rejects.toMatchObject({ code: 'usage', hint: expect.stringContaining('offsets') })
  })

  it('from texts', () => {
    expect(readFrom('2026-01-01T00:00:00Z')).toBe(Date.UTC(2026, 0, 1))
    expect(readFrom('1500')).toBe(1500)
    expect(readFrom('in/0:3,in/1:4')).toEqual(
      new Map([
        ['in/0', 3n],
        ['in/1', 4n],
      ]),
    )
    expect(() => readFrom('end')).toThrow('--from end')
    expect(() => readFrom('yesterday')).toThrow()
  })
})
