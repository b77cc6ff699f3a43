// `lyrebird query`: the rows of a view, or another part of the result, at the last commit.
//
// Promises: one snapshot, also while a stream writes; rows sorted by canonical key; a name that is not there is exit 2 with the
// nearest one. Leaves to `query/`: reading rows, and how they look.

import { didYouMean } from '../../core/did-you-mean.ts'
import { LyrebirdError } from '../../core/errors.ts'
import { openStateReader, type StateReader } from '../../store/index.ts'
import { readConfig } from '../config.ts'
import { choiceOf, required } from '../options.ts'
import type { Terminal } from '../output/terminal.ts'
import { printRows } from '../query/print.ts'
import { openResult, type StoredResult } from '../query/result.ts'
import { cutRows, deadRows, lateRows, outputRows, type Rows, viewRows } from '../query/rows.ts'

interface Flags {
  readonly state?: string
  readonly out?: string
  readonly key?: string
  readonly format?: string
  readonly json?: boolean
}

export async function query(name: string, flags: Flags, terminal: Terminal): Promise<void> {
  const format = choiceOf(flags.format, 'format', ['ndjson', 'table', 'csv'])
  if (flags.json === true && format !== undefined && format !== 'ndjson') {
    throw new LyrebirdError('usage', `--json and --format ${format} exclude each other`)
  }
  const config = await readConfig()
  const state = required(flags.state ?? config.state, 'state', 'DIR')
  const key = keyOf(flags.key)
  const reader = openStateReader(state)
  try {
    const result = openResult(reader, state)
    const rows = rowsOf(name, key, result, reader, flags.out ?? config.out)
    await printRows(rows, format ?? 'ndjson', terminal)
  } finally {
    await reader.close()
  }
}

function rowsOf(
  name: string,
  key: { json: unknown } | null,
  result: StoredResult,
  state: StateReader,
  out: string | undefined,
): Rows {
  const { views, outputs } = result
  if (key !== null && name.startsWith('@')) {
    throw new LyrebirdError('usage', `--key is for views, not for ${name}`)
  }
  if (name === '@late') return lateRows(state)
  if (name === '@dead-letters') return deadRows(state)
  if (name === '@cut') return cutRows(result)
  const output = outputs.find(o => name === `@outputs/${o}`)
  if (output !== undefined) return outputRows(result, output, out)
  if (views.includes(name)) return viewRows(result, state, name, key)
  throw unknownName(name, [...views, ...outputs.map(o => `@outputs/${o}`), '@late', '@dead-letters', '@cut'], result)
}

function unknownName(name: string, known: readonly string[], { job, outputs }: StoredResult): LyrebirdError {
  const near = outputs.includes(name) ? `@outputs/${name}` : didYouMean(name, known)
  return new LyrebirdError('unknown-view', `job ${job} has no view ${JSON.stringify(name.slice(0, 80))}`, {
    where: { name: name.slice(0, 80) },
    hint: `${near === null ? '' : `did you mean ${near}? `}there are: ${known.join(' ')}`,
  })
}

function keyOf(text: string | undefined): { json: unknown } | null {
  if (text === undefined) return null
  try {
    return { json: JSON.parse(text) as unknown }
  } catch {
    throw new LyrebirdError('usage', `--key takes JSON, not ${JSON.stringify(text.slice(0, 80))}`, {
      hint: `a text is quoted twice, once for the shell: --key '${JSON.stringify(text.slice(0, 40))}'`,
    })
  }
}
