// Writes a failed trial as files that replay it: the job, its log, and the command.
//
// Promises: the folder stays for the reader of the failure; offsets are those of an embedded log, without gaps.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedLog } from '../../run/support/logs.ts'
import { jobFile } from '../job-text.ts'
import type { RandomTrial } from '../trial.ts'

export interface WrittenFailure {
  /** The reason, the job, the paths, and the command. */
  readonly text: string
  /** Holds `job.ts`, `spec.json` and `log`. */
  readonly folder: string
}

export async function writeFailure({ spec, log, final }: RandomTrial, reason: string): Promise<WrittenFailure> {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-random-'))
  const text = jobFile(spec)
  writeFileSync(join(folder, 'job.ts'), text)
  writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec, null, 2))
  await embeddedLog(join(folder, 'log'), log)
  const gaps = log.some(({ records }) => records.some(({ offset }, i) => offset !== BigInt(i)))
  const note = gaps ? ' (its offsets have no gaps; those of the failure had)' : ''
  const lines = [
    reason,
    text,
    `The log lies in ${join(folder, 'log')}${note}. To run it again:`,
    `lyrebird verify ${join(folder, 'job.ts')} --log ${join(folder, 'log')}${final ? ' --final' : ''} --interleavings 100`,
  ]
  return { text: lines.join('\n'), folder }
}
