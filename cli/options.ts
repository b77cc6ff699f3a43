// Values of options: from the command line, else from lyrebird.config.ts; checked.
//
// Promises: a missing or malformed value is a usage error that says what to write. Reading the file is in `config.ts`.

import { existsSync, readdirSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { didYouMean } from '../core/did-you-mean.ts'
import { LyrebirdError } from '../core/errors.ts'
import type { Cut } from '../core/log/cut.ts'
import { readUntil } from '../run/command-line/option-values.ts'

/** Where the records come from and where the state is, as every run needs them. */
export interface RunFlags {
  readonly log?: string
  readonly archive?: string
  readonly state?: string
  readonly until?: string
  readonly from?: string
  readonly final?: boolean
  readonly out?: string
  readonly replication?: string
  readonly minInsync?: string
  readonly compression?: string
  readonly republish?: boolean
  readonly giveUpAfter?: string
  readonly memory?: string
  readonly admit?: boolean
  readonly json?: boolean
  readonly listen?: string
  readonly ticks?: string
  readonly logFormat?: string
}

/** The value, or a usage error that names the option. */
export function required(value: string | undefined, flag: string, example: string): string {
  if (value !== undefined && value !== '') return value
  throw new LyrebirdError('usage', `--${flag} is missing`, {
    hint: `add --${flag} ${example}, or put ${flag} into lyrebird.config.ts`,
  })
}

export function untilOf(text: string | undefined): 'end' | Cut | undefined {
  return text === undefined ? undefined : readUntil(text)
}

export function choiceOf<T extends string>(
  text: string | undefined,
  flag: string,
  choices: readonly T[],
): T | undefined {
  if (text === undefined) return undefined
  const choice = choices.find(c => c === text)
  if (choice !== undefined) return choice
  const near = didYouMean(text, choices)
  throw new LyrebirdError('usage', `--${flag} is one of ${choices.join(', ')}, not ${JSON.stringify(text)}`, {
    hint: near === null ? `--${flag} ${choices[0]}` : `did you mean --${flag} ${near}?`,
  })
}

/** Throws `usage` with the nearest name where there is no such file. */
export function checkJobPath(path: string): void {
  if (existsSync(path)) return
  const near = didYouMean(basename(path), filesOf(dirname(path)))
  throw new LyrebirdError('usage', `there is no file ${path}`, {
    where: { path },
    hint:
      near === null
        ? 'give the path of the job file, such as jobs/page-views.ts'
        : `did you mean ${path.slice(0, path.length - basename(path).length)}${near}?`,
  })
}

function filesOf(dir: string): string[] {
  try {
    return readdirSync(dir).filter(name => /\.[cm]?[jt]sx?$/.test(name))
  } catch {
    return []
  }
}
