// `lyrebird batch`: a job over a stored log up to a cut.

import { numberOf } from '../../run/command-line/option-values.ts'
import { readConfig } from '../config.ts'
import type { RunFlags } from '../options.ts'
import { progressOf } from '../output/progress.ts'
import { tellSummary } from '../output/summary.ts'
import type { Terminal } from '../output/terminal.ts'
import { runOptions } from '../run-options.ts'

export async function batch(
  job: string,
  flags: RunFlags & { readonly workers?: string },
  terminal: Terminal,
): Promise<void> {
  const config = await readConfig()
  const workers = numberOf(flags.workers, 'workers', 1, 1024) ?? config.workers
  const options = await runOptions('batch', job, flags, config, terminal)
  const { runBatch } = await import('../../runtime-batch/index.ts')
  const onProgress = progressOf(terminal, 'batch')
  const summary = await runBatch({ ...options, workers, onProgress })
  await tellSummary(summary, flags.json === true, options.state, terminal)
}
