// `lyrebird query`: the rows of a view, or another part of the result, at the last commit.
//
// Promises: one snapshot, also while a stream writes; rows sorted by canonical key; an unknown name is exit 2 with the
// nearest one. Reading and printing rows is in `query/`.

import { didYouMean } from '../../core/did-you-mean.ts'
import { LyrebirdError } from '../../core/errors.ts'
import { LISTED_LETTERS } from '../../core/result/listed-letters.ts'
import { checkZones } from '../../run/state/open-state.ts'
import { type CommittedState, readCommitted } from '../../run/state/read-state.ts'
import { openStateReader, type StateReader } from '../../store/index.ts'
import { readConfig } from '../config.ts'
import { choiceOf, required } from '../options.ts'
import type { Terminal } from '../output/terminal.ts'
import { printRows } from '../query/print.ts'
import { commitRows, cutRows, deadRows, lateRows, outputRows, type PrintedRows, viewRows } from '../query/rows.ts'

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
    const committed = readCommitted(reader, state)
    const { job, plan } = committed
    // The ends of calendar windows are computed when rows are read.
    if (job !== null) checkZones(job, plan, `lyrebird batch JOB --log LOG --state ${state}-new`)
    const rows = rowsOf(name, key, committed, reader, flags.out ?? config.out)
    const any = await printRows(rows, format ?? 'ndjson', terminal)
    if (name === '@dead-letters') tellUnlisted(committed, terminal)
    if (key !== null && !any) await tellAbsent(name, viewRows(committed, reader, name, null), key, terminal)
  } finally {
    await reader.close()
  }
}

/** Says how many dead letters there are beyond those that are listed. */
function tellUnlisted({ progress }: CommittedState, terminal: Terminal): void {
  const more = progress.unlisted(LISTED_LETTERS)
  if (more === 0) return
  terminal.talk(
    `${more} more dead letters are counted; of each kind, source and partition ${LISTED_LETTERS} are listed`,
  )
}

/** Says that no row has the key, and what a key of the view looks like. */
async function tellAbsent(name: string, all: PrintedRows, key: { json: unknown }, terminal: Terminal): Promise<void> {
  let like = 'it has no row at all'
  for await (const row of all() as AsyncIterable<{ readonly key: unknown }>) {
    like = `its keys look like ${JSON.stringify(row.key)}`
    break
  }
  terminal.talk(`view ${name} has no row with the key ${JSON.stringify(key.json)}; ${like}`)
}

function rowsOf(
  name: string,
  key: { json: unknown } | null,
  committed: CommittedState,
  state: StateReader,
  out: string | undefined,
): PrintedRows {
  const [views, outputs] = (['view', 'output'] as const).map(kind => namesOf(committed, kind)) as [string[], string[]]
  if (key !== null && name.startsWith('@')) {
    throw new LyrebirdError('usage', `--key is for views, not for ${name}`)
  }
  if (name === '@late') return lateRows(state)
  if (name === '@dead-letters') return deadRows(committed, state)
  if (name === '@cut') return cutRows(committed)
  if (name === '@commit') return commitRows(committed)
  const output = outputs.find(o => name === `@outputs/${o}`)
  if (output !== undefined) return outputRows(committed, output, out)
  if (views.includes(name)) return viewRows(committed, state, name, key)
  const known = [...views, ...outputs.map(o => `@outputs/${o}`), '@late', '@dead-letters', '@cut', '@commit']
  throw unknownName(name, known, committed)
}

const namesOf = ({ plan }: CommittedState, kind: 'view' | 'output'): string[] =>
  plan.results.filter(r => r.kind === kind).map(r => r.name)

function unknownName(name: string, known: readonly string[], committed: CommittedState): LyrebirdError {
  const near = namesOf(committed, 'output').includes(name) ? `@outputs/${name}` : didYouMean(name, known)
  return new LyrebirdError(
    'unknown-view',
    `job ${committed.plan.job} has no view ${JSON.stringify(name.slice(0, 80))}`,
    {
      where: { name: name.slice(0, 80) },
      hint: `${near === null ? '' : `did you mean ${near}? `}there are: ${known.join(' ')}`,
    },
  )
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
