// A trial that failed, as files that replay it: the job, its log, and the command.
//
// Promises: the folder stays, since it is what the reader of the failure needs; offsets are those of an embedded log, without gaps.

import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedLog } from '../runtime/support/logs.ts'
import { jobFile } from './job-text.ts'
import type { RandomTrial } from './trial.ts'

/** Writes the files and says all of it: the reason, the job, and where everything lies. */
export async function writeFailure({ spec, log, final }: RandomTrial, reason: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'lyrebird-random-'))
  const text = jobFile(spec)
  writeFileSync(join(folder, 'job.ts'), text)
  writeFileSync(join(folder, 'spec.json'), JSON.stringify(spec, null, 2))
  await embeddedLog(join(folder, 'log'), log)
  const gaps = log.some(({ records }) => records.some(({ offset }, i) => offset !== BigInt(i)))
  const note = gaps ? ' (its offsets have no gaps; those of the failure had)' : ''
  return [
    reason,
    text,
    `The log lies in ${join(folder, 'log')}${note}. To run it again:`,
    `lyrebird verify ${join(folder, 'job.ts')} --log ${join(folder, 'log')}${final ? ' --final' : ''} --interleavings 100`,
  ].join('\n')
}
