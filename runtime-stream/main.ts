// `node stream.mjs`: the command line of an emitted stream module.
//
// Promises: on SIGTERM and SIGINT the run commits and ends with exit code 0.

import {
  type GivenFunctions,
  LISTEN_OPTION,
  LOG_FORMAT_OPTION,
  runMain,
  type Target,
  TICKS_OPTION,
} from '../run/command-line/main.ts'
import { durationOf, ticksOf } from '../run/command-line/option-values.ts'
import { whileListening } from '../run/listen/listening.ts'
import { runStream } from './run-stream.ts'

/** Runs a compiled job as a stream. Sets the exit code of the process. */
export async function main(functions: GivenFunctions, url: string, argv: readonly string[]): Promise<void> {
  const stop = new AbortController()
  const end = (): void => stop.abort()
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  const target: Target = {
    name: 'stream',
    options: {
      'commit-interval': { value: 'D', means: 'time between commits, such as 500ms or 10s; default 1s' },
      listen: LISTEN_OPTION,
      ticks: TICKS_OPTION,
      'log-format': LOG_FORMAT_OPTION,
    },
    run: (options, given, tell) => {
      const commitIntervalMs = durationOf(given['commit-interval'] as string | undefined, 'commit-interval')
      const ticksMs = ticksOf(given.ticks as string | undefined, options.until)
      return whileListening(given.listen as string | undefined, options, tell, ready => {
        ready()
        return runStream({
          ...options,
          commitIntervalMs,
          ticksMs,
          signal: stop.signal,
          onNotice: tell,
        })
      })
    },
  }
  await runMain(target, functions, url, argv)
  process.removeListener('SIGTERM', end)
  process.removeListener('SIGINT', end)
}
