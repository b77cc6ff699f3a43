// The end of a run as notices: its summary, what it warns of, what it leaves waiting, or its failure.

import { EXIT, isLyrebirdError } from '../../core/errors.ts'
import { summaryLines } from '../command-line/summary-text.ts'
import type { RunSummary } from '../summary.ts'
import { waitingLines } from '../waiting.ts'
import type { Notice } from './notice.ts'

export function summaryNotices(summary: RunSummary): readonly Notice[] {
  const { warnings, waiting, ...fields } = summary
  return [
    ...warnings.map((text): Notice => ({ event: 'warning', level: 'warn', text, fields: {} })),
    ...waiting.map(one => waitingNotice(one)),
    { event: 'ended', level: 'info', text: summaryLines(summary)[0] ?? '', fields },
  ]
}

const waitingNotice = (one: RunSummary['waiting'][number]): Notice => ({
  event: 'waiting',
  level: 'warn',
  text: waitingLines([one])
    .map(line => line.trim())
    .join('; '),
  fields: { ...one },
})

/** An error that is no typed failure is a bug of lyrebird. */
export function failureNotice(error: unknown): Notice {
  if (isLyrebirdError(error)) {
    const { code, message, hint, where, exitCode } = error
    const told = { code, exit: exitCode, where, ...(hint === undefined ? {} : { hint }) }
    return { event: 'failed', level: 'error', text: message, fields: told }
  }
  const stack = error instanceof Error ? error.stack : undefined
  const text = error instanceof Error ? error.message : String(error)
  return { event: 'failed', level: 'error', text, fields: { code: 'bug', exit: EXIT.bug, stack } }
}
