// The command line of an emitted module: `node batch.mjs --log DIR --state DIR ...`, the same for both targets.
//
// Promises: the summary as text on stderr, or as one JSON object on stdout with --json; exit codes of core/errors.ts; an unknown
// option is exit 2 with the list of those there are. Leaves to `cli`: everything beyond one compiled job.

import { readFileSync } from 'node:fs'
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { type Cut, parseCut } from '../core/cut.ts'
import { EXIT, isLyrebirdError, LyrebirdError } from '../core/errors.ts'
import type { FunctionsModule } from '../core/execute/contract.ts'
import type { RunOptions } from './job-run.ts'
import type { RunSummary } from './summary.ts'
import { summaryLines } from './summary-text.ts'

type Flags = NonNullable<ParseArgsConfig['options']>

/** Values of flags by name. */
export type Given = Readonly<Record<string, string | boolean | undefined>>

const COMMON: Flags = {
  log: { type: 'string' },
  state: { type: 'string' },
  out: { type: 'string' },
  until: { type: 'string' },
  final: { type: 'boolean' },
  json: { type: 'boolean' },
}

export interface Target {
  readonly name: 'batch' | 'stream'
  /** Flags of this target beside the common ones. */
  readonly flags: Flags
  run(options: RunOptions, given: Given): Promise<RunSummary>
}

/** Runs a compiled job. `url` is that of the module that was started; `functions.mjs` lies beside it. Sets the exit code. */
export async function runMain(
  target: Target,
  functions: FunctionsModule,
  url: string,
  argv: readonly string[],
): Promise<void> {
  try {
    const given = parse(target, argv)
    const options: RunOptions = {
      functions,
      functionsUrl: new URL('./functions.mjs', url).href,
      log: required(given, 'log'),
      state: required(given, 'state'),
      out: given.out as string | undefined,
      until: given.until === undefined ? undefined : readUntil(given.until as string),
      final: given.final === true,
    }
    const summary = await target.run(options, given)
    if (given.json === true) process.stdout.write(`${JSON.stringify(summary)}\n`)
    else process.stderr.write(`${summaryLines(summary).join('\n')}\n`)
  } catch (error) {
    process.stderr.write(`${failureLines(error).join('\n')}\n`)
    process.exitCode = isLyrebirdError(error) ? error.exitCode : EXIT.bug
  }
}

function parse({ name, flags }: Target, argv: readonly string[]): Given {
  const options = { ...COMMON, ...flags }
  try {
    return parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values as Given
  } catch (cause) {
    throw new LyrebirdError('usage', (cause as Error).message.split('\n')[0] as string, {
      hint: `options of ${name}: ${Object.keys(options)
        .map(o => `--${o}`)
        .join(' ')}`,
    })
  }
}

function required(given: Given, flag: string): string {
  const value = given[flag]
  if (typeof value === 'string' && value !== '') return value
  throw new LyrebirdError('usage', `--${flag} is missing`, { hint: `add --${flag} DIR` })
}

/** `end`, a cut, or a file that holds one (as text, or as the JSON object that `query @cut` prints). */
export function readUntil(text: string): 'end' | Cut {
  if (text === 'end') return 'end'
  if (/^[^/]+\/\d+:\d+(,|$)/.test(text)) return parseCut(text)
  let content: string
  try {
    content = readFileSync(text, 'utf8').trim()
  } catch {
    return parseCut(text)
  }
  return parseCut(content.startsWith('{') ? cutOfJson(content) : content)
}

function cutOfJson(content: string): string {
  try {
    return Object.entries(JSON.parse(content) as object)
      .map(([name, offset]) => `${name}:${offset}`)
      .join(',')
  } catch {
    return content
  }
}

/** A whole number at or above `least`. Throws `usage`. */
export function wholeNumber(given: Given, flag: string, least: number): number | undefined {
  const text = given[flag]
  if (text === undefined) return undefined
  const value = Number(text)
  if (typeof text === 'string' && /^\d{1,9}$/.test(text) && value >= least) return value
  throw new LyrebirdError('usage', `--${flag} takes a whole number from ${least} on, not "${text}"`)
}

/** A failure as lines for people. */
export function failureLines(error: unknown): readonly string[] {
  if (isLyrebirdError(error)) {
    return [`${error.code}  ${error.message}`, ...(error.hint === undefined ? [] : [`  ${error.hint}`])]
  }
  return [`lyrebird has a bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`]
}
