// Memory stays bounded where the groups of a job do not fit in it: partial rows spill, and the result is the same.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { compareResults } from '../../core/result/compare-results.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import { defaultOut } from '../../run/state/folders.ts'
import { readCommitted, viewRows } from '../../run/state/read-state.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { runStream } from '../../runtime-stream/index.ts'
import { openStateReader } from '../../store/index.ts'
import { readWholeResult } from '../../testing/equivalence/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { largeLog, memoryLog } from '../run/support/logs.ts'
import { program, start } from '../support/child.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { JOBS } from '../support/jobs/jobs.ts'

describe.each(Object.keys(JOBS))('job %s', name => {
  const { shape, build } = JOBS[name] as (typeof JOBS)[string]

  it('with room for two groups', async () => {
    const folder = testFolder()
    const functions = interpretedModule(build())
    const log = memoryLog(largeLog(41, { ...shape, maxRecords: 60 }))
    const results = []
    for (const [target, groupLimit] of [['batch'], ['batch', 2], ['stream', 2]] as const) {
      const state = join(folder, `${target}-${groupLimit}`)
      const options = { functions, log, state, until: 'end' as const, groupLimit }
      if (target === 'batch') await runBatch({ ...options, workers: 2 })
      else await runStream(options)
      results.push(await readWholeResult(state, defaultOut(state), functions.plan))
    }
    for (const result of results) expect(compareResults(results[0] as never, result)).toBeNull()
  })
})

const KEYS = 300_000

/** Keeps 300,000 texts of 120 characters, which take more than the 44 MB of heap that the process may use. */
const counter = program(`
  import { runBatch } from './runtime-batch/index.ts'
  import { runStream } from './runtime-stream/index.ts'
  import { GLOBAL, PlanBuilder } from './test/support/jobs/graph-plan.ts'
  import { interpretedModule } from './test/support/interpreted-module.ts'
  const [target, log, state, memory] = process.argv.slice(2)
  const plan = new PlanBuilder()
  plan.view('counts', plan.bare(plan.keyBy(plan.source('in', { format: { kind: 'lines' } }), v => v), GLOBAL, { kind: 'last' }))
  const functions = interpretedModule(plan.program('counts'))
  const run = target === 'batch' ? runBatch : runStream
  const memoryBytes = memory === undefined ? undefined : Number(memory)
  await run({ functions, log, state, until: 'end', memoryBytes })
`)

/** The same keys through `distinct`: each is emitted once and remembered. */
const teller = program(`
  import { runBatch } from './runtime-batch/index.ts'
  import { PlanBuilder } from './test/support/jobs/graph-plan.ts'
  import { interpretedModule } from './test/support/interpreted-module.ts'
  const [log, state] = process.argv.slice(2)
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('in', { format: { kind: 'lines' } }), v => v)
  plan.output('out', plan.to(plan.distinct(plan.mapValues(keyed, () => 1), { id: 'seen' }), 'out'))
  await runBatch({ functions: interpretedModule(plan.program('seen')), log, state, until: 'end', final: true })
`)

const smallHeap = 'export NODE_OPTIONS=--max-old-space-size=44'

/** A log of all keys in a folder. */
async function keysIn(folder: string): Promise<string> {
  const log = join(folder, 'log')
  const topic = await OutputTopic.openForAppend(log, 'in', 1)
  const utf8 = new TextEncoder()
  for (let from = 0; from < KEYS; from += 10_000) {
    const records = Array.from({ length: 10_000 }, (_, i) => {
      const value = utf8.encode(String(from + i).padEnd(120, 'x'))
      return { timestamp: 0, key: null, value, headers: [] }
    })
    await topic.append(0, records)
  }
  await topic.close()
  return log
}

it('keeps more groups than the heap holds', { timeout: 180_000 }, async () => {
  const folder = testFolder()
  const log = await keysIn(folder)
  const run = async (target: string, ...memory: string[]) => {
    const state = join(folder, `${target}-${memory}`)
    return { state, ...(await start(counter, [target, log, state, ...memory], smallHeap).ended) }
  }
  const unbounded = await run('stream', String(2 ** 36))
  expect(unbounded.stderr).toContain('heap out of memory')
  for (const target of ['batch', 'stream']) {
    const bounded = await run(target) // by what the heap allows
    expect(bounded).toMatchObject({ code: 0, stderr: '' })
    const reader = openStateReader(bounded.state)
    let rows = 0
    for (const _row of viewRows(reader, readCommitted(reader, bounded.state).plan, 'counts')) rows++
    await reader.close()
    expect(rows).toBe(KEYS)
  }
})

it('remembers more keys than the heap holds', { timeout: 180_000 }, async () => {
  const folder = testFolder()
  const state = join(folder, 'state')
  expect(await start(teller, [await keysIn(folder), state], smallHeap).ended).toMatchObject({ code: 0, stderr: '' })
  const reader = openStateReader(state)
  let rows = 0
  for (const _row of reader.range('state/seen')) rows++
  await reader.close()
  expect(rows).toBe(KEYS)
})
