// The job `traffic` as modules that threads and processes load, with a log for it.

import { pathToFileURL } from 'node:url'
import { program } from '../../support/child.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { JOBS } from '../../support/jobs/jobs.ts'
import { largeLog } from './logs.ts'

const { shape, build } = JOBS.traffic as (typeof JOBS)[string]

export const functions = interpretedModule(build())
export const input = largeLog(3, { ...shape, gaps: false, maxRecords: 80 })

/** The path of the job as a module that a thread can load by name. */
export const functionsProgram = (): string =>
  program(`
    import { interpretedModule } from './test/support/interpreted-module.ts'
    import { JOBS } from './test/support/jobs/jobs.ts'
    export const { abi, plan, lambdas, files, usedIntl, link } = interpretedModule(JOBS.traffic.build())
  `)

/** The path of an executor's program over these functions. */
export const executorProgram = (target: 'batch' | 'stream', functionsPath: string): string =>
  program(`
    import { main } from './runtime-${target}/index.ts'
    await main(() => import('${pathToFileURL(functionsPath).href}'), import.meta.url, process.argv.slice(2))
  `)
