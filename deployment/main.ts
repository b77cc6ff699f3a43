// `node run.mjs`: the command line of an emitted module that is deployed.
//
// Promises: on SIGTERM and SIGINT the run commits and ends with exit code 0, or ends at its last commit.

import {
  type GivenFunctions,
  LISTEN_OPTION,
  LOG_FORMAT_OPTION,
  runMain,
  type Target,
  TICKS_OPTION,
} from '../run/command-line/main.ts'
import { durationOf, numberOf, ticksOf } from '../run/command-line/option-values.ts'
import { whileListening } from '../run/listen/listening.ts'
import { phaseNotice, STOPPED } from './phase-notice.ts'
import { runDeployment } from './run-deployment.ts'
import { stopInTime } from './stop-in-time.ts'

/** Runs a compiled job: its history, then live. Sets the exit code of the process. */
export async function main(functions: GivenFunctions, url: string, argv: readonly string[]): Promise<void> {
  const stop = new AbortController()
  const end = (): void => stop.abort()
  stopInTime(stop.signal)
  process.once('SIGTERM', end)
  process.once('SIGINT', end)
  const target: Target = {
    name: 'run',
    options: {
      'commit-interval': { value: 'D', means: 'time between commits, such as 500ms or 10s; default 1s' },
      workers: { value: 'N', means: 'partitions of the history read at once; default the processors' },
      listen: LISTEN_OPTION,
      ticks: TICKS_OPTION,
      'log-format': LOG_FORMAT_OPTION,
    },
    run: async (options, given, tell) => {
      const ticksMs = ticksOf(given.ticks as string | undefined, options.until)
      const summary = await whileListening(given.listen as string | undefined, options, tell, ready =>
        runDeployment({
          ...options,
          commitIntervalMs: durationOf(given['commit-interval'] as string | undefined, 'commit-interval'),
          workers: numberOf(given.workers as string | undefined, 'workers', 1),
          ticksMs,
          signal: stop.signal,
          onNotice: tell,
          onPhase: (phase, records) => {
            if (phase === 'live') ready()
            tell(phaseNotice(phase, records))
          },
        }),
      )
      if (summary === null) tell(STOPPED)
      return summary
    },
  }
  await runMain(target, functions, url, argv)
  process.removeListener('SIGTERM', end)
  process.removeListener('SIGINT', end)
}
