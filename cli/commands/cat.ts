// `lyrebird cat`: records of any log as they are.

import { LyrebirdError } from '../../core/errors.ts'
import { type Chunk, NO_TIMESTAMP, offsetAt } from '../../core/log/chunk.ts'
import { openLog } from '../../logs/index.ts'
import type { Log, PartitionRange } from '../../logs/log.ts'
import { unknownPartition } from '../../logs/log-failures.ts'
import { numberOf } from '../../run/command-line/option-values.ts'
import { readConfig } from '../config.ts'
import { required } from '../options.ts'
import { hexLines, shownBytes } from '../output/bytes-text.ts'
import type { Terminal } from '../output/terminal.ts'

interface Flags {
  readonly log?: string
  readonly count?: string
  readonly raw?: boolean
  readonly json?: boolean
}

/** Throws `usage` and `unknown-topic` where there is no such place, and what reading the log throws. */
export async function cat(place: string, flags: Flags, terminal: Terminal): Promise<void> {
  const spec = required(flags.log ?? (await readConfig()).log, 'log', 'LOG')
  const count = numberOf(flags.count, 'count', 1) ?? 1
  const { topic, partition, offset } = placeOf(place)
  const log = await openLog(spec)
  try {
    const range = await rangeOf(log, topic, partition)
    const from = offset ?? range.start
    if (from < range.start || from >= range.end) throw notThere(range, from)
    let left = count
    for await (const chunk of log.read(topic, partition, from, range.end)) {
      for (let i = 0; i < chunk.count && left > 0; i++) {
        if (left === count && offsetAt(chunk, i) !== from) tellGap(terminal, range, from, offsetAt(chunk, i))
        left--
        for (const line of flags.json === true ? [jsonOf(chunk, i)] : linesOf(chunk, i, flags.raw === true)) {
          await terminal.data(line)
        }
      }
      if (left === 0) break
    }
    if (left === count)
      terminal.talk(`${topic}/${partition} has no record from offset ${from} on, only markers or gaps`)
  } finally {
    await log.close()
  }
}

interface Place {
  readonly topic: string
  readonly partition: number
  /** Null for the first record. */
  readonly offset: bigint | null
}

function placeOf(text: string): Place {
  const parts = /^([^/:]+)\/(\d{1,9})(?::(\d{1,18}))?$/.exec(text)
  if (parts !== null) {
    const [, topic, partition, offset] = parts
    return {
      topic: topic as string,
      partition: Number(partition),
      offset: offset === undefined ? null : BigInt(offset),
    }
  }
  throw new LyrebirdError('usage', `${JSON.stringify(text.slice(0, 80))} is no place in a log`, {
    hint: 'write TOPIC/PARTITION:OFFSET, such as orders/0:1200',
  })
}

async function rangeOf(log: Log, topic: string, partition: number): Promise<PartitionRange> {
  const ranges = await log.partitions(topic)
  const found = ranges.find(range => range.partition === partition)
  if (found !== undefined) return found
  throw unknownPartition(
    topic,
    partition,
    ranges.map(range => range.partition),
  )
}

function notThere({ topic, partition, start, end }: PartitionRange, at: bigint): LyrebirdError {
  const what = start === end ? 'is empty' : `holds offsets ${start} to ${end - 1n}`
  return new LyrebirdError('usage', `there is no record ${topic}/${partition}:${at}; the partition ${what}`, {
    where: { topic, partition, start: String(start), end: String(end) },
    hint:
      start === end
        ? 'lyrebird topics lists what there is'
        : `lyrebird cat ${topic}/${partition}:${start} shows the first one`,
  })
}

function tellGap(terminal: Terminal, { topic, partition }: PartitionRange, from: bigint, next: bigint): void {
  terminal.talk(
    `there is no record at ${topic}/${partition}:${from} (a marker, compacted or aborted); the next is ${next}`,
  )
}

/** A part of a record; null where it is not there. */
type Part = Uint8Array | null

const keyBytesOf = (chunk: Chunk, i: number): Part => slice(chunk, chunk.keyStart?.[i] ?? -1, chunk.keyEnd?.[i] ?? -1)
const valueBytesOf = (chunk: Chunk, i: number): Part =>
  slice(chunk, chunk.valueStart[i] as number, chunk.valueEnd[i] as number)

function slice(chunk: Chunk, start: number, end: number): Part {
  return start < 0 ? null : chunk.bytes.subarray(start, end)
}

/** Null where the record has none, undefined where the log has none at all. */
function timestampOf(chunk: Chunk, i: number): number | null | undefined {
  const timestamp = chunk.timestamps?.[i]
  return timestamp === NO_TIMESTAMP ? null : timestamp
}

const isoTime = (ms: number): string => (Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : 'out of range')

function linesOf(chunk: Chunk, i: number, raw: boolean): string[] {
  const timestamp = timestampOf(chunk, i)
  const lines = [`${chunk.topic}/${chunk.partition}:${offsetAt(chunk, i)}${chunk.ticks?.[i] === 1 ? '  (a tick)' : ''}`]
  if (timestamp === null) lines.push('  timestamp  none')
  if (typeof timestamp === 'number') lines.push(`  timestamp  ${timestamp}  ${isoTime(timestamp)}`)
  if (chunk.keyStart !== null) lines.push(...partLines('key', keyBytesOf(chunk, i), raw))
  if (chunk.timestamps !== null) {
    for (const { key, value } of chunk.headers(i)) lines.push(...partLines(`header ${key}`, value, raw))
  }
  lines.push(...partLines('value', valueBytesOf(chunk, i), raw))
  return lines
}

function partLines(name: string, bytes: Part, raw: boolean): string[] {
  if (bytes === null) return [`  ${name.padEnd(9)}  null`]
  const { text, about } = shownBytes(bytes)
  const lines = [`  ${name.padEnd(9)}  (${about})${text === null ? '' : ` ${text}`}`]
  if (raw || text === null) lines.push(...hexLines(bytes).map(line => `    ${line}`))
  return lines
}

function jsonOf(chunk: Chunk, i: number): string {
  const timestamp = timestampOf(chunk, i)
  return JSON.stringify({
    topic: chunk.topic,
    partition: chunk.partition,
    offset: String(offsetAt(chunk, i)),
    ...(timestamp === undefined ? {} : { timestamp, time: timestamp === null ? null : isoTime(timestamp) }),
    ...(chunk.ticks?.[i] === 1 ? { tick: true } : {}),
    ...(chunk.keyStart === null ? {} : { key: partJson(keyBytesOf(chunk, i)) }),
    ...(chunk.timestamps === null
      ? {}
      : { headers: chunk.headers(i).map(h => ({ key: h.key, value: partJson(h.value) })) }),
    value: partJson(valueBytesOf(chunk, i)),
  })
}

/** What the bytes seem to be, as text where they are one, and the bytes themselves. */
function partJson(bytes: Part): object | null {
  if (bytes === null) return null
  const { kind, text } = shownBytes(bytes)
  return { kind, ...(text === null ? {} : { text }), base64: Buffer.from(bytes).toString('base64') }
}
