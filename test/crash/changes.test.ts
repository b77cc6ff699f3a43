// Changelogs through kill -9 and restarts: the newest record of each key is the view's row, and no record is written
// twice.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { planGraph } from '../../compiler/plan-graph.ts'
import type { JobGraph } from '../../core/plan/graph.ts'
import { graphOf, lambdasOf } from '../../core/plan/graph.ts'
import { job, source, table } from '../../dsl/index.ts'
import { openLog } from '../../logs/index.ts'
import { defaultOut } from '../../run/state/folders.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { readWholeResult } from '../../testing/equivalence/index.ts'
import { runInterleaving } from '../../testing/equivalence/interleaving.ts'
import { testFolder } from '../run/support/folder.ts'
import { embeddedLog, largeLog } from '../run/support/logs.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { JOBS } from '../support/jobs/jobs.ts'
import { startVictim } from './support/victims.ts'

/** Newest value by key of a topic that a state wrote; checks that every record changes something. */
async function replayed(state: string, topic: string): Promise<Map<string, string>> {
  const log = await openLog(defaultOut(state))
  const rows = new Map<string, string>()
  for (const { partition, start, end } of await log.partitions(topic)) {
    for await (const chunk of log.read(topic, partition, start, end)) {
      for (let i = 0; i < chunk.count; i++) {
        const text = (from: number, to: number): string => Buffer.from(chunk.bytes.subarray(from, to)).toString()
        const key = text(chunk.keyStart?.[i] as number, chunk.keyEnd?.[i] as number)
        const valueStart = chunk.valueStart[i] as number
        const value = valueStart < 0 ? undefined : text(valueStart, chunk.valueEnd[i] as number)
        expect(chunk.headers(i)).toEqual([])
        if (value !== undefined) expect(rows.get(key)).not.toBe(value)
        if (value === undefined) rows.delete(key)
        else rows.set(key, value)
      }
    }
  }
  await log.close()
  return rows
}

it('hold the view after kills', async () => {
  const { shape, build } = JOBS.joinedTables as (typeof JOBS)[string]
  const folder = testFolder()
  const [log, state, whole] = [join(folder, 'log'), join(folder, 'state'), join(folder, 'whole')]
  await embeddedLog(log, largeLog(5, { ...shape, gaps: false, maxRecords: 60 }))
  const order = { target: 'schedule', job: 'joinedTables', log, state, seed: 4 } as const
  for (const kill of [
    { step: 'outputs-prepared', nth: 3 },
    { step: 'state-committed', nth: 1 },
  ] as const) {
    expect((await startVictim({ ...order, kill }).ended).signal).toBe('SIGKILL')
  }
  expect(await startVictim({ ...order, seed: 10 }).ended).toMatchObject({ code: 0, stderr: '' })
  // Batch over a fresh state commits once, so that its topics hold each row of the views once and nothing else.
  await runBatch({ functions: interpretedModule(build()), log, state: whole })
  for (const topic of ['known', 'news', 'sums']) {
    const rows = await replayed(whole, topic)
    expect(rows.size).toBeGreaterThan(0)
    expect(await replayed(state, topic)).toEqual(rows)
  }
})

it('read as a table by another job are the view again', async () => {
  const counts = source<{ k: string; n: number; t: number }>('a', { time: e => e.t, disorder: '5s' })
    .keyBy(e => e.k)
    .count()
    .filter(n => n % 3 !== 0)
  const first = functionsOf(job('first', { counts, changes: counts.changes().to('counts', { partitions: 3 }) }))
  const again = functionsOf(job('again', { counts: table<number>('counts') }))
  const folder = testFolder()
  const [log, state, second] = [join(folder, 'log'), join(folder, 'state'), join(folder, 'second')]
  // A record's key cannot hold a lone surrogate.
  const input = largeLog(3, { topics: { a: 2 }, gaps: false, maxRecords: 80, hostile: false })
  await embeddedLog(
    log,
    input.map(p => ({ ...p, records: p.records.filter(r => !String(Buffer.from(r.value ?? [])).includes('\\ud800')) })),
  )
  await runInterleaving({ functions: first, log, state, until: 'end' }, 7)
  await runBatch({ functions: again, log: defaultOut(state), state: second })
  const rowsOf = async (directory: string, { plan }: typeof first) =>
    (await readWholeResult(directory, defaultOut(directory), plan)).views.get('counts')
  const rows = await rowsOf(state, first)
  expect(rows?.length).toBeGreaterThan(2)
  expect(await rowsOf(second, again)).toEqual(rows)
})

function functionsOf(made: unknown): ReturnType<typeof interpretedModule> {
  const graph = graphOf(made) as JobGraph
  const plan = planGraph(graph)
  return interpretedModule({ plan, lambdas: lambdasOf(plan, graph) })
}
