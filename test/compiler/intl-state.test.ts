// A state whose lambdas used `Intl` hangs on the versions of ICU and time zone data: under others it is not continued.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { compileJob, loadFunctions } from '../../compiler/index.ts'
import type { FunctionsModule } from '../../core/emitted/emitted-module.ts'
import { LyrebirdError } from '../../core/errors.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { openStateWriter } from '../../store/index.ts'
import { program } from '../support/child.ts'
import { FAKE_PACKAGES } from './support/fake-packages.ts'
import { folderOf } from './support/job-folder.ts'

const EXPLICIT = `new Intl.NumberFormat('de', { minimumFractionDigits: 1 }).format(e.n)`

const jobOf = (expression: string): string => `import { job, last, source } from 'lyrebird'
import { print } from 'fake-zones'
const events = source<{ t: number; n: number }>('events', { time: e => e.t })
export default job('prices', { last: events.keyBy(e => e.n % 2).aggregate({ v: last(e => ${expression}) }) })
`

let workerPath = ''
beforeAll(() => {
  workerPath = program(`export * as worker from './runtime-batch/workers/worker.ts'`)
})

interface Job {
  readonly functions: FunctionsModule
  readonly functionsUrl: string
  readonly log: string
  readonly folder: string
}

/** A compiled job over two partitions, of which only partition 1 has odd numbers. */
async function compiled(expression: string): Promise<Job> {
  const line = (n: number): string => `{"t":${n},"n":${n}}\n`
  const folder = folderOf({
    ...FAKE_PACKAGES,
    'job.ts': jobOf(expression),
    'log/events/partition=0/events+0+0.json': line(2) + line(4),
    'log/events/partition=1/events+1+0.json': line(1) + line(3),
  })
  const { diagnostics, outDir } = await compileJob(join(folder, 'job.ts'), { outDir: join(folder, 'dist') })
  expect(diagnostics.filter(d => d.severity === 'error')).toEqual([])
  const functions = await loadFunctions(outDir as string)
  const functionsUrl = pathToFileURL(join(outDir as string, 'functions.mjs')).href
  return { functions, functionsUrl, log: join(folder, 'log'), folder }
}

/** The exit code and message of a run, or null. */
type Run = (workers?: number) => Promise<string | null>

/** A state of a run with `workers` threads, whose recorded versions are then changed to `versions`. */
async function aged(job: Job, versions: object, workers: number): Promise<Run> {
  const state = join(job.folder, `state-${workers}`)
  const options = { ...job, state, workerEntry: pathToFileURL(workerPath) }
  const run: Run = async (threads = 1) => {
    try {
      await runBatch({ ...options, workers: threads })
      return null
    } catch (error) {
      if (!(error instanceof LyrebirdError)) throw error
      return `${error.exitCode} ${error.message}`
    }
  }
  expect(await run(workers)).toBeNull()
  const writer = await openStateWriter(state)
  const document = JSON.parse(new TextDecoder().decode(writer.document('job')))
  Object.assign(document.versions, versions)
  await writer.commit(txn => txn.putDocument('job', new TextEncoder().encode(JSON.stringify(document))))
  await writer.close()
  return run
}

const { icu, tz } = process.versions

describe('a state whose lambdas formatted through Intl', () => {
  it.each([
    ['another ICU', { icu: '1.0' }, EXPLICIT, 1],
    ['other time zone data', { tz: '1999a' }, EXPLICIT, 1],
    ['another ICU, used in a worker thread only', { icu: '1.0' }, `e.n % 2 === 0 ? '' : ${EXPLICIT}`, 2],
    ['another ICU, used by a library', { icu: '1.0' }, `print(e.n, 'Asia/Tokyo')`, 1],
  ])('is refused under %s', async (_, versions, expression, workers) => {
    const job = await compiled(expression)
    const run = await aged(job, versions, workers)
    const stored = { icu, tz, ...versions }
    expect(await run()).toBe(
      `6 the state does not fit this engine: its lambdas formatted texts with ICU ${stored.icu} and time zone data ${stored.tz}, this Node has ICU ${icu} and time zone data ${tz}`,
    )
  })

  it('goes on under the same, and under another Node', async () => {
    const run = await aged(await compiled(EXPLICIT), { node: '1.2.3', v8: '1' }, 1)
    expect(await run()).toBeNull()
    expect(await run()).toBeNull()
  })
})

it('a state whose lambdas never used Intl goes on under another ICU', async () => {
  const run = await aged(await compiled('String(e.n)'), { icu: '1.0', tz: '1999a' }, 1)
  expect(await run()).toBeNull()
})
