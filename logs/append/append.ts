// Appends files and streams to a topic of the embedded log: the library behind `lyrebird append`.
//
// Promises: what is reported as appended is on disk and visible; records keep the order of the input within a
// partition; the same input, options and log give the same partitions. A record with a key goes to the partition that
// Kafka's own clients choose (murmur2); records without one go to the partitions in turn, starting from the number of
// records already there. Lines are parsed only where a key or a timestamp is taken from them: what does not decode
// becomes a dead letter of the job that reads it.

import { LyrebirdError } from '../../core/errors.ts'
import { type Header, TICK_HEADER } from '../../core/log/chunk.ts'
import { concatBytes } from '../../core/values/bytes.ts'
import { partitionFor } from '../../core/values/murmur2.ts'
import { OutputTopic } from '../embedded/output-topic.ts'
import type { LockWait } from '../embedded/partition-lock.ts'
import { APPEND_FLUSH_BYTES, APPEND_PAUSE_MS, RECORD_BYTES_MAX } from '../limits.ts'
import type { LogRecord } from '../log-record.ts'
import {
  type AppendFormat,
  csvColumns,
  type FieldReader,
  fieldReader,
  isTimestamp,
  keyBytesOf,
  timestampOf,
} from './record-fields.ts'
import { type InputLine, LineSplitter, tooBig } from './split-lines.ts'

/** Something to append, named for messages (a path, or `stdin`). */
export interface AppendInput {
  readonly name: string
  readonly bytes: AsyncIterable<Uint8Array>
}

export interface AppendOptions {
  readonly directory: string
  readonly topic: string
  readonly inputs: readonly AppendInput[]
  /** Default `json`. */
  readonly format?: AppendFormat
  /** Count for a new topic, default 1; `partition-count` where an existing topic has another. */
  readonly partitions?: number
  /** Field whose value is the key. Not for `lines` and `bytes`. */
  readonly key?: string
  /** Field whose value is the timestamp. Not for `lines` and `bytes`. Default: the clock. */
  readonly timestamp?: string
  /**
   * Keys, each appended as a record without value after the inputs: a job that reads the topic as a table deletes the
   * key.
   */
  readonly deletions?: readonly string[]
  /** Time of the deletions in ms. Default: the clock. */
  readonly deletedAt?: number
  /** After all that, a tick with this time (ms) in every partition. */
  readonly tick?: number
  /** The clock, in ms. */
  readonly now: () => number
  /** Whether to wait for a process that writes the topic. Default: not. */
  readonly wait?: LockWait
  /** Called after each batch with what is on disk so far. */
  readonly progress?: (soFar: AppendSummary) => void
}

export interface AppendSummary {
  /** Records without deletions and ticks. */
  readonly records: number
  readonly bytes: number
  readonly deletions: number
  readonly ticks: number
  /** Exclusive end of each partition. */
  readonly ends: readonly bigint[]
}

const utf8 = new TextEncoder()
const NO_HEADERS: readonly Header[] = Object.freeze([])
const TICK_HEADERS: readonly Header[] = Object.freeze([{ key: TICK_HEADER, value: null }])

/**
 * Appends everything. Throws `usage`, `bad-name`, `partition-count`, `topic-owned`, `not-appendable`, `log-locked`,
 * `too-big`, `disk-full`; batches that `progress` has reported stay in the log.
 */
export async function appendFiles(options: AppendOptions): Promise<AppendSummary> {
  checkOptions(options)
  const { directory, partitions = null, wait } = options
  const topic = await OutputTopic.openForAppend(
    directory,
    options.topic,
    partitions,
    wait === undefined ? {} : { wait },
  )
  try {
    const appending = new Appending(options, topic)
    for (const input of options.inputs) await appending.input(input)
    await appending.deletions()
    if (options.tick !== undefined) await appending.tick(options.tick)
    return appending.summary()
  } finally {
    await topic.close()
  }
}

function checkOptions({ format, key, timestamp, tick, deletedAt }: AppendOptions): void {
  if ((format === 'lines' || format === 'bytes') && (key !== undefined || timestamp !== undefined)) {
    throw new LyrebirdError('usage', `${format} have no fields to take a key or a timestamp from`, {
      hint: 'use --format json or csv, or leave --key and --timestamp out',
    })
  }
  if (tick !== undefined && !isTimestamp(tick)) throw new LyrebirdError('usage', `${tick} is no time for a tick`)
  if (deletedAt !== undefined && !isTimestamp(deletedAt)) {
    throw new LyrebirdError('usage', `${deletedAt} is no time for a deletion`)
  }
}

class Appending {
  readonly #options: AppendOptions
  readonly #topic: OutputTopic
  readonly #waiting: LogRecord[][]
  #waitingBytes = 0
  #waitingCount = 0
  #turn: number
  #records = 0
  #bytes = 0
  #deletions = 0
  #ticks = 0

  constructor(options: AppendOptions, topic: OutputTopic) {
    this.#options = options
    this.#topic = topic
    this.#waiting = Array.from({ length: topic.partitions }, () => [])
    const total = topic.positions.reduce((sum, position) => sum + position, 0n)
    this.#turn = Number(total % BigInt(topic.partitions))
  }

  async input({ name, bytes }: AppendInput): Promise<void> {
    const { format = 'json' } = this.#options
    if (format === 'bytes') return await this.#whole(name, bytes)
    const splitter = new LineSplitter({ csv: format === 'csv', name })
    let read: FieldReader | null = format === 'csv' ? null : fieldReader(format, name, [])
    const add = (lines: readonly InputLine[]): void => {
      for (const line of lines) {
        if (read === null) read = fieldReader(format, name, csvColumns(name, line))
        else this.#add(name, line, read)
      }
    }
    for await (const piece of withPauses(bytes, APPEND_PAUSE_MS)) {
      if (piece === null) await this.#flush()
      else add(splitter.push(piece))
      if (this.#waitingBytes >= APPEND_FLUSH_BYTES) await this.#flush()
    }
    add(splitter.end())
    await this.#flush()
  }

  /** The whole input as one record. */
  async #whole(name: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
    const pieces: Uint8Array[] = []
    let size = 0
    for await (const piece of bytes) {
      pieces.push(piece)
      size += piece.length
      if (size > RECORD_BYTES_MAX) throw tooBig(name, 1)
    }
    this.#add(name, { bytes: concatBytes(pieces), line: 1 }, () => undefined)
    await this.#flush()
  }

  async deletions(): Promise<void> {
    const { deletions = [], deletedAt, now } = this.#options
    for (const text of deletions) {
      const key = utf8.encode(text)
      const deletion: LogRecord = { timestamp: deletedAt ?? now(), key, value: null, headers: NO_HEADERS }
      await this.#topic.append(partitionFor(key, this.#topic.partitions), [deletion])
      this.#deletions++
    }
  }

  async tick(timestamp: number): Promise<void> {
    const tick: LogRecord = { timestamp, key: null, value: null, headers: TICK_HEADERS }
    await Promise.all(this.#waiting.map((_, partition) => this.#topic.append(partition, [tick])))
    this.#ticks += this.#topic.partitions
  }

  summary(): AppendSummary {
    const [records, bytes, deletions, ticks] = [this.#records, this.#bytes, this.#deletions, this.#ticks]
    return { records, bytes, deletions, ticks, ends: this.#topic.positions }
  }

  #add(name: string, line: InputLine, read: FieldReader): void {
    const { key: keyField, timestamp: timeField, now } = this.#options
    const key = keyField === undefined ? null : keyBytesOf(read(keyField, line))
    const timestamp = timeField === undefined ? now() : timestampOf(read(timeField, line), name, line, timeField)
    const partition = key === null ? this.#nextTurn() : partitionFor(key, this.#topic.partitions)
    this.#waiting[partition]?.push({ timestamp, key, value: line.bytes, headers: NO_HEADERS })
    this.#waitingBytes += line.bytes.length
    this.#waitingCount++
  }

  #nextTurn(): number {
    const turn = this.#turn
    this.#turn = (turn + 1) % this.#topic.partitions
    return turn
  }

  async #flush(): Promise<void> {
    if (this.#waitingCount === 0) return
    await Promise.all(
      this.#waiting.map(async (records, partition) => {
        if (records.length > 0) await this.#topic.append(partition, records)
      }),
    )
    this.#records += this.#waitingCount
    this.#bytes += this.#waitingBytes
    for (const records of this.#waiting) records.length = 0
    this.#waitingCount = 0
    this.#waitingBytes = 0
    this.#options.progress?.(this.summary())
  }
}

/** The pieces of an input, with null whenever none has come for a while. */
async function* withPauses(bytes: AsyncIterable<Uint8Array>, pauseMs: number): AsyncGenerator<Uint8Array | null> {
  const pieces = bytes[Symbol.asyncIterator]()
  try {
    for (;;) {
      const next = pieces.next()
      let timer: NodeJS.Timeout | undefined
      const pause = new Promise<null>(resolve => {
        timer = setTimeout(resolve, pauseMs, null)
      })
      const first = await Promise.race([next, pause])
      clearTimeout(timer)
      if (first === null) yield null
      const piece = first ?? (await next)
      if (piece.done === true) return
      yield piece.value
    }
  } finally {
    await pieces.return?.()
  }
}
