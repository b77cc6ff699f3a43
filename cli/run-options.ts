// The options that `batch`, `stream` and `run` share.

import { dirname } from 'node:path'
import { LyrebirdError } from '../core/errors.ts'
import type { LyrebirdConfig } from '../dsl/config.ts'
import { awayTeller } from '../run/command-line/away-text.ts'
import { givenPatience, readFrom, sizeOf, topicOptions } from '../run/command-line/option-values.ts'
import type { RunOptions } from '../run/job-run.ts'
import { checkLogFormat } from '../run/notices/log-format.ts'
import { outOf } from '../run/state/folders.ts'
import { readyJob } from './cache/compile-cache.ts'
import { checkJobPath, type RunFlags, required, untilOf } from './options.ts'
import type { Terminal } from './output/terminal.ts'

/** Checks the options first, so that a typing error is reported at once; then compiles. */
export async function runOptions(
  target: 'batch' | 'stream' | 'run',
  job: string,
  flags: RunFlags,
  config: LyrebirdConfig,
  terminal: Terminal,
): Promise<RunOptions> {
  checkLogFormat(flags.logFormat)
  checkJobPath(job)
  const log = required(flags.log ?? config.log, 'log', 'DIR')
  const state = required(flags.state ?? config.state, 'state', 'DIR')
  const until = untilOf(flags.until)
  const patience = { ...givenPatience(flags.giveUpAfter), onAway: awayTeller(terminal.tell) }
  const from = flags.from === undefined ? undefined : readFrom(flags.from)
  const outTopics = topicOptions(flags)
  const memoryBytes = sizeOf(flags.memory, 'memory')
  const final = flags.final === true
  if (target !== 'batch' && final && until === undefined) {
    throw new LyrebirdError(
      'usage',
      `--final needs --until: a ${target === 'run' ? 'run' : 'stream'} without an end has no complete history`,
      {
        hint: 'add --until end',
      },
    )
  }
  const { functions, functionsUrl } = await readyJob(job, terminal)
  const archive = flags.archive ?? config.archive
  const before = archive === undefined ? '' : ` --archive ${archive}`
  const recompute = `lyrebird batch ${job} --log ${log}${before} --state ${state}-new`
  const upgrade = `lyrebird run ${job} --log ${log}${before} --state ${state} --upgrade`
  const folder = dirname(job)
  const [out, admit] = [outOf(flags.out ?? config.out, log, state), flags.admit === true]
  const places = {
    log: archive === undefined ? log : { archive, log },
    patience,
    state,
    out,
    outTopics,
    folder,
    recompute,
    sinks: config.sinks,
    upgrade,
  }
  return { functions, functionsUrl, ...places, from, until, final, admit, memoryBytes }
}
