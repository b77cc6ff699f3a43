// Prints a failure: what, where, why, and what to type next; or as JSON.
//
// Promises: gives the exit code; an error that is not a typed failure is reported as a bug of lyrebird, with all that a
// report needs. The words of a failure come with it.

import { CommanderError } from 'commander'
import type { Diagnostic } from '../../compiler/diagnostic.ts'
import { EXIT, isLyrebirdError, LyrebirdError } from '../../core/errors.ts'
import { systemFailure } from '../../host/system-failure.ts'
import type { Notice } from '../../run/notices/notice.ts'
import { failureNotice } from '../../run/notices/summary-notices.ts'
import { version } from '../package.ts'
import type { Terminal } from './terminal.ts'

/** A job that does not compile; its diagnostics have been rendered. */
export class CheckFailed extends LyrebirdError {
  readonly diagnostics: readonly Diagnostic[]
  readonly rendered: string

  constructor(job: string, diagnostics: readonly Diagnostic[], rendered: string) {
    super('check-failed', `${job} does not compile`, {
      where: { job },
      hint: 'mend what is shown above and run the same command again',
    })
    this.diagnostics = diagnostics
    this.rendered = rendered
  }
}

export async function reportFailure(error: unknown, terminal: Terminal, argv: readonly string[]): Promise<number> {
  const failure = error instanceof CommanderError ? usageOf(error) : systemFailure(error)
  const code = isLyrebirdError(failure) ? failure.exitCode : EXIT.bug
  terminal.progress(null)
  await terminal.flush()
  if (argv.includes('--json')) {
    await terminal.data(JSON.stringify({ error: await json(failure, code) }))
    await terminal.flush()
  }
  if (terminal.json !== null) terminal.json(await notice(failure))
  else for (const line of failureLines(failure, terminal)) terminal.talk(line)
  return code
}

function failureLines(failure: unknown, { colours }: Terminal): readonly string[] {
  if (!isLyrebirdError(failure)) return bugLines(failure)
  const shown = failure instanceof CheckFailed ? [failure.rendered] : []
  const [first = '', ...rest] = failure.message.split('\n')
  return [
    ...shown,
    `${colours.red(failure.code)}  ${first}`,
    ...rest.map(line => `  ${line}`),
    ...(failure.hint === undefined ? [] : failure.hint.split('\n').map(line => `  ${colours.cyan(line)}`)),
  ]
}

function bugLines(failure: unknown): readonly string[] {
  const shown = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure)
  return [
    'This is a bug in lyrebird, not in your job: it met something that it never expects.',
    'What was committed is intact. Please report the lines below and the command that you typed.',
    '',
    `lyrebird ${version()}, Node ${process.version}, ${process.platform} ${process.arch}`,
    shown,
  ]
}

/** A job that does not compile comes with its diagnostics. */
async function notice(failure: unknown): Promise<Notice> {
  const told = failureNotice(failure)
  return failure instanceof CheckFailed
    ? { ...told, fields: { ...told.fields, diagnostics: await diagnosticsOf(failure) } }
    : told
}

async function diagnosticsOf({ diagnostics }: CheckFailed): Promise<readonly object[]> {
  const { diagnosticJson } = await import('../../compiler/render-diagnostic.ts')
  return diagnostics.map(diagnosticJson)
}

async function json(failure: unknown, exit: number): Promise<object> {
  if (!isLyrebirdError(failure)) return { code: 'bug', message: String(failure), exit }
  const { code, message, where, hint } = failure
  const shown = { code, message, where, ...(hint === undefined ? {} : { hint }), exit }
  if (!(failure instanceof CheckFailed)) return shown
  return { ...shown, diagnostics: await diagnosticsOf(failure) }
}

/** Commander's message, without its prefix; its suggestion becomes the hint. */
function usageOf(error: CommanderError): LyrebirdError {
  const [first = '', ...rest] = error.message.replace(/^error: /, '').split('\n')
  const guess = /Did you mean (.+)\?/.exec(rest.join(' '))?.[1]
  return new LyrebirdError('usage', first, {
    hint:
      guess === undefined
        ? 'lyrebird --help lists the commands, lyrebird COMMAND --help their options'
        : `did you mean ${guess}?`,
  })
}
