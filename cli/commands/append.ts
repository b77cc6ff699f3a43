// `lyrebird append`: files or stdin into an embedded log.

import { createReadStream, statSync } from 'node:fs'
import { LyrebirdError } from '../../core/errors.ts'
import { type AppendInput, type AppendSummary, appendFiles } from '../../logs/append/append.ts'
import { numberOf } from '../../run/command-line/option-values.ts'
import { readConfig } from '../config.ts'
import { choiceOf, required, timeOf } from '../options.ts'
import { count, progressOf, sizeText } from '../output/progress.ts'
import type { Terminal } from '../output/terminal.ts'

/** How long one append waits for another that writes the same topic. */
const WAIT_MS = 60_000

interface Flags {
  readonly log?: string
  readonly partitions?: string
  readonly key?: string
  readonly timestamp?: string
  readonly tick?: string
  readonly delete?: readonly string[]
  readonly at?: string
  readonly format?: string
  readonly json?: boolean
}

export async function append(topic: string, files: readonly string[], flags: Flags, terminal: Terminal): Promise<void> {
  const directory = required(flags.log ?? (await readConfig()).log, 'log', 'DIR')
  if (/^kafka:/i.test(directory)) {
    throw new LyrebirdError('usage', 'append writes to a log directory, not to Kafka', {
      hint: 'use --log DIR, or a Kafka producer',
    })
  }
  const { key, timestamp } = flags
  const format = choiceOf(flags.format, 'format', ['json', 'lines', 'csv', 'bytes'])
  const partitions = numberOf(flags.partitions, 'partitions', 1, 100_000)
  const tick = timeOf(flags.tick, 'tick')
  const deletedAt = timeOf(flags.at, 'at')
  const { delete: deletions = [] } = flags
  if (deletedAt !== undefined && deletions.length === 0) {
    throw new LyrebirdError('usage', '--at is the time of deletions', { hint: 'name the keys with --delete KEY' })
  }
  const inputs = inputsOf(files, tick !== undefined || deletions.length > 0)
  const show = progressOf(terminal, 'append')
  if (files.length === 0 && inputs.length > 0 && process.stdin.isTTY === true)
    terminal.talk('reading records from the terminal; Ctrl-D ends')
  const total = totalOf(files)
  const summary = await appendFiles({
    directory,
    topic,
    inputs,
    now: Date.now,
    wait: { ms: WAIT_MS, tell: sentence => terminal.talk(sentence) },
    progress: ({ records, bytes }) => show({ records, bytes, ...(total === null ? {} : { done: bytes, total }) }),
    ...(format === undefined ? {} : { format }),
    ...(partitions === undefined ? {} : { partitions }),
    ...(key === undefined ? {} : { key }),
    ...(timestamp === undefined ? {} : { timestamp }),
    deletions,
    ...(deletedAt === undefined ? {} : { deletedAt }),
    ...(tick === undefined ? {} : { tick }),
  })
  terminal.progress(null)
  await tell(topic, summary, flags.json === true, terminal)
}

/** Stdin where no file is named; ticks and deletions alone need no input. */
function inputsOf(files: readonly string[], isEnough: boolean): readonly AppendInput[] {
  for (const file of files) checkFile(file)
  if (files.length === 0 && isEnough && process.stdin.isTTY === true) return []
  if (files.length === 0 && isEnough && !isFed()) return []
  const names = files.length === 0 ? ['-'] : files
  return names.map(name =>
    name === '-' ? { name: 'stdin', bytes: process.stdin } : { name, bytes: createReadStream(name) },
  )
}

/** Whether stdin is a pipe or a file, and not the null device or closed. */
function isFed(): boolean {
  try {
    const stat = statSync('/dev/stdin')
    return stat.isFIFO() || stat.isFile() || stat.isSocket()
  } catch {
    return false
  }
}

function checkFile(file: string): void {
  if (file === '-') return
  const stat = statSync(file, { throwIfNoEntry: false })
  if (stat === undefined || stat.isDirectory()) {
    throw new LyrebirdError('usage', stat === undefined ? `there is no file ${file}` : `${file} is a directory`, {
      where: { file },
    })
  }
}

/** Bytes of all inputs; null where one is no plain file. */
function totalOf(files: readonly string[]): number | null {
  if (files.length === 0 || files.includes('-')) return null
  return files.reduce((sum, file) => sum + statSync(file).size, 0)
}

async function tell(topic: string, summary: AppendSummary, json: boolean, terminal: Terminal): Promise<void> {
  const ends = summary.ends.map(String)
  if (json) {
    await terminal.data(JSON.stringify({ topic, ...summary, ends }))
    return
  }
  const { records, bytes, deletions, ticks } = summary
  const deleted = deletions === 0 ? '' : `, ${count(deletions)} deletions`
  const ticked = ticks === 0 ? '' : `, ${count(ticks)} ticks`
  terminal.talk(`${topic}: ${count(records)} records (${sizeText(bytes)})${deleted}${ticked} appended`)
  terminal.talk(`  ends  ${ends.map((end, partition) => `${topic}/${partition}:${end}`).join(',')}`)
}
