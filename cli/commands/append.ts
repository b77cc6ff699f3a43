// `lyrebird append`: files or stdin into an embedded log.

import { LyrebirdError } from '../../core/errors.ts'
import { appendFiles } from '../../logs/append/append.ts'
import type { AppendOptions, AppendSummary, Reading } from '../../logs/append/options.ts'
import { numberOf, timeOf } from '../../run/command-line/option-values.ts'
import { countText } from '../../run/number-text.ts'
import { forJob } from '../append/for-job.ts'
import { inputsOf, totalOf } from '../append/inputs.ts'
import { hasRowOptions, type RowFlags, rowOptions } from '../append/row-options.ts'
import { readConfig } from '../config.ts'
import { choiceOf, required } from '../options.ts'
import { progressOf, sizeText } from '../output/progress.ts'
import type { Terminal } from '../output/terminal.ts'

/** How long one append waits for another that writes the same topic. */
const WAIT_MS = 60_000

interface Flags extends RowFlags {
  readonly log?: string
  readonly partitions?: string
  readonly key?: string
  readonly timestamp?: string
  readonly tick?: string
  readonly delete?: readonly string[]
  readonly at?: string
  readonly format?: string
  readonly encoding?: string
  readonly for?: string
  readonly dryRun?: boolean
  readonly unchecked?: boolean
  readonly json?: boolean
}

export async function append(topic: string, files: readonly string[], flags: Flags, terminal: Terminal): Promise<void> {
  const directory = required(flags.log ?? (await readConfig()).log, 'log', 'DIR')
  if (/^kafka:/i.test(directory)) {
    throw new LyrebirdError('usage', 'append writes to a log directory, not to Kafka', {
      hint: 'use --log DIR, or a Kafka producer',
    })
  }
  const checked = await optionsOf(topic, flags, terminal)
  const isEnough = checked.tick !== undefined || (checked.deletions ?? []).length > 0
  const inputs = inputsOf(files, isEnough)
  const show = progressOf(terminal, 'append')
  if (files.length === 0 && inputs.length > 0 && process.stdin.isTTY === true)
    terminal.talk('reading records from the terminal; Ctrl-D ends')
  const total = totalOf(files)
  const summary = await appendFiles({
    ...checked,
    directory,
    topic,
    inputs,
    now: Date.now,
    wait: { ms: WAIT_MS, tell: sentence => terminal.talk(sentence) },
    progress: ({ records, bytes }) => show({ records, bytes, ...(total === null ? {} : { done: bytes, total }) }),
  })
  terminal.progress(null)
  if (flags.json === true) await terminal.data(summaryJson(topic, summary, flags.dryRun === true))
  else tell(topic, summary, flags.dryRun === true, checked.reading, terminal)
}

/** Throws `usage`. */
async function optionsOf(topic: string, flags: Flags, terminal: Terminal): Promise<Partial<AppendOptions>> {
  const asked = choiceOf(flags.format, 'format', ['json', 'lines', 'csv', 'bytes'])
  const job = flags.for === undefined ? null : await forJob(flags.for, topic, asked, terminal)
  const format = asked ?? job?.format ?? 'json'
  if (format !== 'csv' && hasRowOptions(flags)) {
    throw new LyrebirdError('usage', '--delimiter, --quote, --escape, --columns and --header are of rows', {
      hint: 'add --format csv',
    })
  }
  const { key, timestamp, encoding, delete: deletions = [], dryRun = false, unchecked = false } = flags
  const partitions = numberOf(flags.partitions, 'partitions', 1, 100_000)
  const tick = timeOf(flags.tick, 'tick')
  const deletedAt = timeOf(flags.at, 'at')
  if (deletedAt !== undefined && deletions.length === 0) {
    throw new LyrebirdError('usage', '--at is the time of deletions', { hint: 'name the keys with --delete KEY' })
  }
  return {
    format,
    rows: rowOptions(flags),
    deletions,
    dryRun,
    unchecked,
    ...(job === null ? {} : { reading: job.reading }),
    ...(encoding === undefined ? {} : { encoding }),
    ...(partitions === undefined ? {} : { partitions }),
    ...(key === undefined ? {} : { key }),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(tick === undefined ? {} : { tick }),
  }
}

function summaryJson(topic: string, { layout, ...summary }: AppendSummary, dryRun: boolean): string {
  const { columns = null, delimiter, quote } = layout ?? {}
  const rows = layout === null ? {} : { columns, delimiter, quote }
  return JSON.stringify({ topic, ...summary, ends: summary.ends.map(String), ...rows, ...(dryRun ? { dryRun } : {}) })
}

function tell(
  topic: string,
  summary: AppendSummary,
  dryRun: boolean,
  reading: Reading | undefined,
  terminal: Terminal,
) {
  const { records, bytes, deletions, ticks, emptyLines, layout, ends } = summary
  const deleted = deletions === 0 ? '' : `, ${countText(deletions)} deletions`
  const ticked = ticks === 0 ? '' : `, ${countText(ticks)} ticks`
  const done = dryRun ? 'would be appended; nothing is' : 'appended'
  terminal.talk(`${topic}: ${countText(records)} records (${sizeText(bytes)})${deleted}${ticked} ${done}`)
  if (emptyLines > 0) terminal.talk(`  ${countText(emptyLines)} empty lines are no rows and were left out`)
  if (layout !== null) {
    const { columns, delimiter } = layout
    const by = delimiter === ',' ? '' : `, divided by ${delimiter === '\t' ? 'tabs' : delimiter}`
    const names = columns === null ? 'without names: a job takes them in the order of its own' : columns.join(', ')
    terminal.talk(`  columns  ${names}${by}`)
    const absent = reading?.optional.filter(name => columns?.includes(name) === false) ?? []
    if (absent.length > 0)
      terminal.talk(`  note: no column ${absent.join(', ')}, which ${reading?.job} reads where it is there`)
  }
  if (!dryRun) terminal.talk(`  ends  ${ends.map((end, partition) => `${topic}/${partition}:${end}`).join(',')}`)
}
