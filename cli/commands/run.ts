// `lyrebird run`: a job's history by batch, then live, until it is stopped.

import { phaseNotice, STOPPED } from '../../deployment/phase-notice.ts'
import { stopInTime } from '../../deployment/stop-in-time.ts'
import { durationOf, numberOf, ticksOf } from '../../run/command-line/option-values.ts'
import { upgradesOf } from '../../run/command-line/version-options.ts'
import { whileListening } from '../../run/listen/listening.ts'
import { tellingUpgrade } from '../../run/notices/notice.ts'
import { readConfig } from '../config.ts'
import { type RunFlags, required } from '../options.ts'
import { progressOf, seenLive } from '../output/progress.ts'
import { tellSummary } from '../output/summary.ts'
import type { Terminal } from '../output/terminal.ts'
import { runOptions } from '../run-options.ts'
import { stopping } from '../stopping.ts'

type Flags = RunFlags & {
  readonly commitInterval?: string
  readonly workers?: string
  readonly upgrade?: boolean
  readonly as?: string
}

export async function run(job: string, flags: Flags, terminal: Terminal): Promise<void> {
  const { tell } = terminal
  const config = await readConfig()
  const commitIntervalMs = durationOf(flags.commitInterval ?? config.commitInterval, 'commit-interval')
  const workers = numberOf(flags.workers, 'workers', 1, 1024) ?? config.workers
  const ticksMs = ticksOf(flags.ticks, flags.until)
  const upgrades = upgradesOf(flags.upgrade === true, flags.as)
  const options = await runOptions(
    'run',
    job,
    flags.as === undefined ? flags : { ...flags, state: flags.as },
    config,
    terminal,
  )
  if (flags.as !== undefined) {
    const { sayNewVersion } = await import('../../deployment/upgrade/new-version.ts')
    const state = required(flags.state ?? config.state, 'state', 'DIR')
    await sayNewVersion({ state, as: flags.as }, options.functions.plan, tellingUpgrade(tell))
  }
  const { runDeployment } = await import('../../deployment/index.ts')
  const [showHistory, showLive] = [progressOf(terminal, 'history'), progressOf(terminal, 'live')]
  const stop = stopping(terminal)
  stopInTime(stop.signal)
  try {
    const summary = await whileListening(flags.listen, options, tell, ready =>
      runDeployment({
        ...options,
        commitIntervalMs,
        workers,
        signal: stop.signal,
        ticksMs,
        upgrades,
        onNotice: tell,
        onPhase: (phase, records) => {
          if (phase === 'live') ready()
          terminal.progress(null)
          tell(phaseNotice(phase, records))
        },
        onHistory: showHistory,
        onProgress: progress => showLive(seenLive(progress)),
      }),
    )
    if (summary === null) tell(STOPPED)
    else await tellSummary(summary, flags.json === true, options.state, terminal)
  } finally {
    stop.dispose()
  }
}
