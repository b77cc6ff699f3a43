// `lyrebird stream`: follows a log until it is stopped. SIGINT and SIGTERM commit and end with exit 0; a second one
// ends at once.

import { type LogPlace, liveOf } from '../../logs/index.ts'
import { durationOf, ticksOf } from '../../run/command-line/option-values.ts'
import { whileListening } from '../../run/listen/listening.ts'
import { readConfig } from '../config.ts'
import type { RunFlags } from '../options.ts'
import { progressOf, seenLive } from '../output/progress.ts'
import { tellSummary } from '../output/summary.ts'
import type { Terminal } from '../output/terminal.ts'
import { runOptions } from '../run-options.ts'
import { stopping } from '../stopping.ts'

export async function stream(
  job: string,
  flags: RunFlags & { readonly commitInterval?: string },
  terminal: Terminal,
): Promise<void> {
  const config = await readConfig()
  const commitIntervalMs = durationOf(flags.commitInterval ?? config.commitInterval, 'commit-interval')
  const ticksMs = ticksOf(flags.ticks, flags.until)
  const options = await runOptions('stream', job, flags, config, terminal)
  const { runStream } = await import('../../runtime-stream/index.ts')
  const show = progressOf(terminal, 'stream')
  const { tell } = terminal
  const stop = stopping(terminal)
  if (options.until === undefined) {
    const log = liveOf(options.log as LogPlace)
    tell({ event: 'following', level: 'info', text: `following ${log}; Ctrl-C commits and ends`, fields: { log } })
  }
  try {
    const summary = await whileListening(flags.listen, options, tell, ready => {
      ready()
      return runStream({
        ...options,
        commitIntervalMs,
        signal: stop.signal,
        ticksMs,
        onNotice: tell,
        onProgress: progress => show(seenLive(progress)),
      })
    })
    await tellSummary(summary, flags.json === true, options.state, terminal)
  } finally {
    stop.dispose()
  }
}
