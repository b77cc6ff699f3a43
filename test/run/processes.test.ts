// The executors as processes: worker threads, the command line of emitted modules, exit codes, memory.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { compareResults } from '../../core/result/compare-results.ts'
import { defaultOut } from '../../run/job-run.ts'
import { readWholeResult, verifyJob } from '../../testing/equivalence/index.ts'
import { program, start } from '../store/child.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { JOBS } from '../support/jobs/jobs.ts'
import { testFolder } from './support/folder.ts'
import { embeddedLog, largeLog } from './support/logs.ts'

const { shape, build } = JOBS.traffic as (typeof JOBS)[string]
const functions = interpretedModule(build())
const input = largeLog(3, { ...shape, gaps: false, maxRecords: 80 })

/** The job as a module that a thread can load by name. */
let functionsPath = ''
let workerPath = ''
let batchPath = ''
let streamPath = ''
beforeAll(() => {
  functionsPath = program(`
    import { interpretedModule } from './test/support/interpreted-module.ts'
    import { JOBS } from './test/support/jobs/jobs.ts'
    export const { plan, lambdas, files, link } = interpretedModule(JOBS.traffic.build())
  `)
  workerPath = program(`export { finished } from './runtime-batch/workers/worker.ts'`)
  const target = (name: string): string =>
    program(`
    import { main } from './runtime-${name}/index.ts'
    const functions = await import('${pathToFileURL(functionsPath).href}')
    await main(functions, import.meta.url, process.argv.slice(2))
  `)
  batchPath = target('batch')
  streamPath = target('stream')
})

describe('worker threads', () => {
  it('give the same result as one thread and as the reference', async () => {
    const folder = testFolder()
    await embeddedLog(folder, input)
    const verdict = await verifyJob({
      functions,
      functionsUrl: pathToFileURL(functionsPath).href,
      workerEntry: pathToFileURL(workerPath),
      log: folder,
      workers: [1, 2, 3],
      interleavings: 1,
      seed: 1,
    })
    expect(verdict.difference).toBeNull()
    expect(verdict.sides.map(s => s.name)).toContain('batch, 2 workers')
  })

  it('fail the run with the failure of the thread', async () => {
    const folder = testFolder()
    await embeddedLog(folder, input)
    const options = {
      functions,
      functionsUrl: pathToFileURL(functionsPath).href,
      log: folder,
      workers: [2],
      interleavings: 1,
    }
    const missing = verifyJob({
      ...options,
      functionsUrl: 'file:///nowhere.mjs',
      workerEntry: pathToFileURL(workerPath),
    })
    await expect(missing).rejects.toThrow('nowhere.mjs')
  })
})

describe('the command line of an emitted module', () => {
  /** Runs a module to its end. */
  async function run(path: string, args: readonly string[]) {
    const child = start(path, args)
    const lines: string[] = []
    for (let line = await child.line(); line !== undefined; line = await child.line()) lines.push(line)
    return { ...(await child.ended), stdout: lines.join('\n') }
  }

  it('computes, says what it did, and prints one JSON object with --json', async () => {
    const folder = testFolder()
    const log = join(folder, 'log')
    await embeddedLog(log, input)
    const [one, two] = [join(folder, 'one'), join(folder, 'two')]
    const batch = await run(batchPath, ['--log', log, '--state', one, '--final', '--workers', '2'])
    expect(batch).toMatchObject({ code: 0, stdout: '' })
    expect(batch.stderr).toMatch(/^traffic batch: \d+ records read, history complete\n/)
    const stream = await run(streamPath, ['--log', log, '--state', two, '--until', 'end', '--final', '--json'])
    expect(stream).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(stream.stdout)).toMatchObject({ job: 'traffic', target: 'stream', sealed: true })
    const results = await Promise.all(
      [one, two].map(state => readWholeResult(state, defaultOut(state), functions.plan)),
    )
    expect(compareResults(results[0] as never, results[1] as never)).toBeNull()
    expect(readdirSync(one).sort()).toEqual(readdirSync(two).sort())
    expect(existsSync(join(one, 'scratch'))).toBe(false)
  })

  it('exits as the errors say', async () => {
    const folder = testFolder()
    const state = join(folder, 'state')
    const unknown = await run(batchPath, ['--lgo', 'x'])
    expect(unknown.code).toBe(2)
    expect(unknown.stderr).toContain('--log --state --out --until --final --json --workers')
    expect((await run(batchPath, ['--log', folder])).stderr).toContain('--state is missing')
    expect((await run(batchPath, ['--log', folder, '--state', state, '--until', 'x'])).stderr).toMatch(
      /^malformed-cut /,
    )
    expect((await run(streamPath, ['--log', folder, '--state', state, '--final'])).code).toBe(2)
    const missing = await run(batchPath, ['--log', folder, '--state', state])
    expect(missing).toMatchObject({ code: 2 })
    expect(missing.stderr).toMatch(/^unknown-topic /)
    expect(existsSync(state)).toBe(false)
  })
})
