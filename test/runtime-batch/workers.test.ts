// Worker threads: the result of one thread, and failures of a thread.

import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { verifyJob } from '../../testing/equivalence/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { embeddedLog } from '../run/support/logs.ts'
import { functions, functionsProgram, input } from '../run/support/traffic.ts'
import { program } from '../support/child.ts'

let functionsPath = ''
let workerPath = ''
beforeAll(() => {
  functionsPath = functionsProgram()
  workerPath = program(`export * as worker from './runtime-batch/workers/worker.ts'`)
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
