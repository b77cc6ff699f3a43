// How the rows of CSV files are written, as options of the command line say it.

import { LyrebirdError } from '../../core/errors.ts'
import { dialectOf, dialectProblem } from '../../core/log/row-layout.ts'
import type { RowOptions } from '../../logs/append/options.ts'

export interface RowFlags {
  readonly delimiter?: string
  readonly quote?: string
  readonly escape?: string
  readonly columns?: string
  readonly header?: boolean
}

const NAMES: Readonly<Record<string, string>> = {
  tab: '\t',
  '\\t': '\t',
  comma: ',',
  semicolon: ';',
  pipe: '|',
  space: ' ',
  none: '',
}

/** Throws `usage`. */
export function rowOptions({ delimiter, quote, escape: escapedBy, columns, header }: RowFlags): RowOptions {
  const given = {
    ...(delimiter === undefined ? {} : { delimiter: NAMES[delimiter] ?? delimiter }),
    ...(quote === undefined ? {} : { quote: NAMES[quote] ?? quote }),
    ...(escapedBy === undefined ? {} : { escapedBy }),
  }
  const problem = dialectProblem(dialectOf(given))
  if (problem !== null) {
    throw new LyrebirdError('usage', problem, {
      hint: "such as --delimiter ';' (or tab), --quote \"'\" (or none), --escape '\\'",
    })
  }
  const names = columns?.split(',').map(name => name.trim())
  const twice = names?.find((name, i) => name !== '' && names.indexOf(name) !== i)
  if (twice !== undefined) throw new LyrebirdError('usage', `--columns names "${twice}" twice`)
  return {
    ...given,
    ...(names === undefined ? {} : { columns: names }),
    ...(header === undefined ? {} : { header }),
  }
}

/** Whether any of them was given. */
export const hasRowOptions = (flags: RowFlags): boolean =>
  [flags.delimiter, flags.quote, flags.escape, flags.columns, flags.header].some(value => value !== undefined)
