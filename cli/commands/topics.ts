// `lyrebird topics`: what a log holds.
//
// Promises: a topic that cannot be read is listed with its failure, and the command ends with that failure's exit code.

import { isLyrebirdError, type LyrebirdError } from '../../core/errors.ts'
import { openLog } from '../../logs/index.ts'
import type { Log, PartitionRange, TopicFacts } from '../../logs/log.ts'
import { countText } from '../../run/number-text.ts'
import { readConfig } from '../config.ts'
import { required } from '../options.ts'
import { shownBytes } from '../output/bytes-text.ts'
import { sizeText } from '../output/progress.ts'
import type { Terminal } from '../output/terminal.ts'

interface Flags {
  readonly log?: string
  readonly json?: boolean
}

interface Listed {
  readonly topic: string
  readonly facts: TopicFacts | null
  /** What the value of the first record seems to be; null where there is none. */
  readonly values: string | null
  readonly ranges: readonly PartitionRange[]
}

interface Failed {
  readonly topic: string
  readonly failure: LyrebirdError
}

/** Returns the exit code. Throws `unknown-topic` for a name that is not there, and for files in another layout. */
export async function topics(names: readonly string[], flags: Flags, terminal: Terminal): Promise<number> {
  const spec = required(flags.log ?? (await readConfig()).log, 'log', 'LOG')
  const log = await openLog(spec)
  try {
    const listed: (Listed | Failed)[] = []
    const wanted = names.length > 0 ? names : await log.topics()
    const other = wanted.length === 0 ? await log.otherLayout?.() : null
    if (other) throw other
    for (const topic of wanted) listed.push(await lookAt(log, topic))
    if (flags.json === true) await terminal.data(JSON.stringify({ log: log.description, topics: listed.map(jsonOf) }))
    else for (const line of listed.flatMap(linesOf)) await terminal.data(line)
    if (listed.length === 0) terminal.talk(`${log.description} has no topics`)
    return listed.find((one): one is Failed => 'failure' in one)?.failure.exitCode ?? 0
  } finally {
    await log.close()
  }
}

async function lookAt(log: Log, topic: string): Promise<Listed | Failed> {
  try {
    const ranges = await log.partitions(topic)
    return { topic, ranges, facts: (await log.facts?.(topic)) ?? null, values: await firstValue(log, ranges) }
  } catch (failure) {
    if (!isLyrebirdError(failure) || failure.code === 'unknown-topic') throw failure
    return { topic, failure }
  }
}

/** What the first value of the topic seems to be. */
async function firstValue(log: Log, ranges: readonly PartitionRange[]): Promise<string | null> {
  for (const { topic, partition, start, end } of ranges) {
    for await (const chunk of log.read(topic, partition, start, end, { chunkBytes: 1 })) {
      const at = chunk.valueStart.subarray(0, chunk.count).findIndex(place => place >= 0)
      if (at >= 0) return shownBytes(chunk.bytes.subarray(chunk.valueStart[at], chunk.valueEnd[at])).kind
    }
  }
  return null
}

function linesOf(one: Listed | Failed): string[] {
  if ('failure' in one) return [`${one.topic}  ${one.failure.code}: ${one.failure.message}`]
  const { topic, facts, values, ranges } = one
  const parts = [
    topic,
    facts?.storage ?? '',
    facts?.compacted === true ? 'compacted' : '',
    values === null ? 'no values' : `values ${values}`,
    `${countText(ranges.length)} ${ranges.length === 1 ? 'partition' : 'partitions'}`,
    `${countText(ranges.reduce((sum, { start, end }) => sum + Number(end - start), 0))} offsets`,
    facts === null || facts.bytes.size === 0 ? '' : sizeText([...facts.bytes.values()].reduce((a, b) => a + b, 0)),
  ]
  const rows = ranges.map(({ partition, start, end }) => {
    const bytes = facts?.bytes.get(partition)
    return `  ${topic}/${partition}  ${start} to ${end}${bytes === undefined ? '' : `  ${sizeText(bytes)}`}`
  })
  return [parts.filter(part => part !== '').join('  '), ...rows]
}

function jsonOf(one: Listed | Failed): object {
  if ('failure' in one) {
    const { code, message } = one.failure
    return { topic: one.topic, error: { code, message } }
  }
  const { topic, facts, values, ranges } = one
  return {
    topic,
    storage: facts?.storage ?? null,
    compacted: facts?.compacted === true,
    values,
    partitions: ranges.map(({ partition, start, end }) => ({
      partition,
      start: String(start),
      end: String(end),
      bytes: facts?.bytes.get(partition) ?? null,
    })),
  }
}
