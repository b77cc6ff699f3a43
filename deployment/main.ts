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
import { upgradesOf } from '../run/command-line/version-options.ts'
import { whileListening } from '../run/listen/listening.ts'
import { tellingUpgrade } from '../run/notices/notice.ts'
import { outOf } from '../run/state/folders.ts'
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
      upgrade: {
        value: null,
        means: 'take a changed job over into the state: what changed is computed beside, then swapped',
      },
      as: { value: 'NEW', means: 'compute a changed job as a state of its own in NEW, and keep the old one' },
    },
    run: async (old, given, tell) => {
      const ticksMs = ticksOf(given.ticks as string | undefined, old.until)
      const as = given.as as string | undefined
      const upgrades = upgradesOf(given.upgrade === true, as)
      if (as !== undefined) {
        const { sayNewVersion } = await import('./upgrade/new-version.ts')
        await sayNewVersion({ state: old.state, as }, old.functions.plan, tellingUpgrade(tell))
      }
      const own =
        as === undefined ? {} : { state: as, out: outOf(given.out as string | undefined, given.log as string, as) }
      const options = { upgrade: upgradeCommand(argv), ...old, ...own }
      const summary = await whileListening(given.listen as string | undefined, options, tell, ready =>
        runDeployment({
          ...options,
          commitIntervalMs: durationOf(given['commit-interval'] as string | undefined, 'commit-interval'),
          workers: numberOf(given.workers as string | undefined, 'workers', 1),
          ticksMs,
          signal: stop.signal,
          upgrades,
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

/** The same command with the option. */
const upgradeCommand = (argv: readonly string[]): string => ['node run.mjs', ...argv, '--upgrade'].join(' ')
