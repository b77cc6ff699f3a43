// The program of the processes that the crash tests kill: a job of test/support over an embedded log, through the real
// executors.
//
// Promises: a kill at a step is a SIGKILL of the process by itself at that step, through the hook that every run has
// (run/commit-steps.ts).

import { writeSync } from 'node:fs'
import { isLyrebirdError } from '../../../core/errors.ts'
import type { Step, Steps } from '../../../run/commit-steps.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { runStream } from '../../../runtime-stream/index.ts'
import { runInterleaving } from '../../../testing/equivalence/interleaving.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { JOBS } from '../../support/jobs/jobs.ts'

export interface Order {
  readonly target: 'batch' | 'schedule' | 'live'
  readonly job: string
  readonly log: string
  readonly state: string
  /** Seed of the schedule. */
  readonly seed?: number
  readonly commitIntervalMs?: number
  /** Kill at the nth occurrence of a step. */
  readonly kill?: { readonly step: Step; readonly nth: number } | undefined
}

/** Runs an order, prints `committed` after each commit, and exits as the command line would. */
export async function victim(order: Order): Promise<void> {
  const functions = interpretedModule((JOBS[order.job] as (typeof JOBS)[string]).build())
  const { log, state, commitIntervalMs, seed = 1 } = order
  const options = { functions, log, state, steps: stepsOf(order) }
  try {
    // Few groups, so that rows are put aside and staged.
    if (order.target === 'batch') await runBatch({ ...options, groupLimit: 2 })
    else if (order.target === 'schedule') await runInterleaving({ ...options, until: 'end' }, seed)
    else await runStream({ ...options, commitIntervalMs, signal: stopSignal() })
  } catch (error) {
    writeSync(2, isLyrebirdError(error) ? `${error.code} ${error.message}\n` : `${String(error)}\n`)
    process.exitCode = isLyrebirdError(error) ? error.exitCode : 70
  }
}

function stepsOf({ kill }: Order): Steps {
  let left = kill?.nth ?? 0
  return step => {
    if (step === 'outputs-published') writeSync(1, 'committed\n')
    if (step === kill?.step && --left === 0) process.kill(process.pid, 'SIGKILL')
  }
}

function stopSignal(): AbortSignal {
  const stop = new AbortController()
  process.once('SIGTERM', () => stop.abort())
  return stop.signal
}
