// Appends files and streams to a topic of the embedded log: the library behind `lyrebird append`.
//
// Promises: every input is looked at before the first byte is written. Where all inputs can be read again (files), the
// records of a call become visible together at its end, and a call that fails leaves none; otherwise what was written
// before a failure stays, and the error says how much that is. What is reported as appended is on disk and visible;
// records keep the order of the input within a partition; the same input, options and log give the same partitions. A
// record with a key goes to the partition that Kafka's own clients choose (murmur2); records without one go to the
// partitions in turn, starting from the number of records already there.

import { isLyrebirdError, LyrebirdError } from '../../core/errors.ts'
import { type Header, TICK_HEADER } from '../../core/log/chunk.ts'
import type { RowLayout } from '../../core/log/row-layout.ts'
import { concatBytes } from '../../core/values/bytes.ts'
import { partitionFor } from '../../core/values/murmur2.ts'
import { APPEND_FLUSH_BYTES, APPEND_RECORD_BYTES, RECORD_BYTES_MAX } from '../limits.ts'
import { checkTopicName } from '../log-failures.ts'
import type { LogRecord } from '../log-record.ts'
import type { AppendInput, AppendOptions, AppendSummary } from './options.ts'
import { OpenInput } from './read-input.ts'
import { isTimestamp, keyBytesOf, timestampOf } from './record-fields.ts'
import { type InputLine, tooBig } from './split-lines.ts'
import { knownLayout, openTarget, type Target } from './target.ts'

const utf8 = new TextEncoder()
const NO_HEADERS: readonly Header[] = Object.freeze([])
const TICK_HEADERS: readonly Header[] = Object.freeze([{ key: TICK_HEADER, value: null }])

/**
 * Appends everything. Throws `usage`, `bad-name`, `partition-count`, `topic-owned`, `not-appendable`, `log-locked`,
 * `too-big`, `disk-full`, `log-lacks`.
 */
export async function appendFiles(options: AppendOptions): Promise<AppendSummary> {
  checkOptions(options)
  const inputs = await openInputs(options).catch(e => {
    throw withCount(e, 0, options)
  })
  const target = await openTarget(options)
  const appending = new Appending(options, target)
  try {
    for (const input of inputs) await (input instanceof OpenInput ? appending.input(input) : appending.whole(input))
    await appending.deletions()
    if (options.tick !== undefined) await appending.tick(options.tick)
    await target.finish()
    return appending.summary()
  } catch (e) {
    // What cannot be cut off now is cut off by the next writer.
    await target.abandon().catch(() => {})
    throw withCount(e, appending.shown, options)
  } finally {
    await target.close()
  }
}

function checkOptions({ topic, format = 'json', key, timestamp, tick, deletedAt }: AppendOptions): void {
  checkTopicName(topic)
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

/** Looks at all inputs before the topic is made or locked. The rows of each must fit those before them. */
async function openInputs(options: AppendOptions): Promise<readonly (OpenInput | AppendInput)[]> {
  const { format, inputs } = options
  if (format === 'bytes' || inputs.length === 0) return inputs
  let known = await knownLayout(options)
  const opened: OpenInput[] = []
  for (const input of inputs) {
    const next = await OpenInput.open(input, options, known)
    known = next.layout ?? known
    opened.push(next)
  }
  return opened
}

/** The failure, with how much of the call is in the log all the same. */
function withCount(e: unknown, shown: number, { inputs }: AppendOptions): unknown {
  if (!isLyrebirdError(e)) return e
  const rest = inputs.length === 1 ? `the rest of ${inputs[0]?.name}` : 'the rest'
  const count =
    shown === 0
      ? 'nothing of this call is in the log'
      : `the first ${shown} ${shown === 1 ? 'record' : 'records'} of this call are in the log: append only ${rest}`
  const hint = e.hint === undefined ? count : `${e.hint}; ${count}`
  return new LyrebirdError(e.code, e.message, { where: { ...e.where, appended: shown }, hint, cause: e.cause })
}

class Appending {
  readonly #options: AppendOptions
  readonly #target: Target
  readonly #waiting: LogRecord[][]
  #waitingBytes = 0
  #waitingCount = 0
  #turn: number
  #records = 0
  #bytes = 0
  #emptyLines = 0
  #deletions = 0
  #ticks = 0
  #layout: RowLayout | null = null
  #begun = false
  /** Records that readers see already. */
  shown = 0

  constructor(options: AppendOptions, target: Target) {
    this.#options = options
    this.#target = target
    this.#waiting = Array.from({ length: target.partitions }, () => [])
    const total = target.positions.reduce((sum, position) => sum + position, 0n)
    this.#turn = Number(total % BigInt(target.partitions))
  }

  async input(input: OpenInput): Promise<void> {
    this.#begun = false
    for await (const records of input.records()) {
      for (const record of records ?? []) this.#add(input, record)
      const held = this.#waitingBytes + this.#waitingCount * APPEND_RECORD_BYTES
      if (records === null || held >= APPEND_FLUSH_BYTES) await this.#flush()
    }
    await this.#flush()
    this.#emptyLines += input.emptyLines
  }

  /** The whole input as one record. */
  async whole({ name, bytes }: AppendInput): Promise<void> {
    this.#begun = false
    const pieces: Uint8Array[] = []
    let size = 0
    for await (const piece of bytes) {
      pieces.push(piece)
      size += piece.length
      if (size > RECORD_BYTES_MAX) throw tooBig(name, 1)
    }
    this.#add({ name, layout: null, fields: () => undefined }, { bytes: concatBytes(pieces), line: 1 })
    await this.#flush()
  }

  async deletions(): Promise<void> {
    const { deletions = [], deletedAt, now } = this.#options
    for (const text of deletions) {
      const key = utf8.encode(text)
      const deletion: LogRecord = { timestamp: deletedAt ?? now(), key, value: null, headers: NO_HEADERS }
      await this.#target.write(partitionFor(key, this.#target.partitions), [deletion])
      this.#deletions++
    }
  }

  async tick(timestamp: number): Promise<void> {
    const tick: LogRecord = { timestamp, key: null, value: null, headers: TICK_HEADERS }
    await Promise.all(this.#waiting.map((_, partition) => this.#target.write(partition, [tick])))
    this.#ticks += this.#target.partitions
  }

  summary(): AppendSummary {
    return {
      records: this.#records,
      bytes: this.#bytes,
      emptyLines: this.#emptyLines,
      deletions: this.#deletions,
      ticks: this.#ticks,
      ends: this.#target.positions,
      layout: this.#layout,
    }
  }

  #add(input: Pick<OpenInput, 'name' | 'layout' | 'fields'>, line: InputLine): void {
    if (!this.#begun) this.#begin(input.layout)
    const { key: keyField, timestamp: timeField, now } = this.#options
    this.#checkReadable(input, line)
    const { name, fields } = input
    const key = keyField === undefined ? null : keyBytesOf(fields(keyField, line))
    const timestamp = timeField === undefined ? now() : timestampOf(fields(timeField, line), name, line, timeField)
    const partition = key === null ? this.#nextTurn() : partitionFor(key, this.#target.partitions)
    this.#waiting[partition]?.push({ timestamp, key, value: line.bytes, headers: NO_HEADERS })
    this.#waitingBytes += line.bytes.length
    this.#waitingCount++
  }

  /** Before the first record of an input, when no other record waits. */
  #begin(layout: RowLayout | null): void {
    this.#layout = layout
    this.#target.layOut(layout)
    this.#begun = true
  }

  #checkReadable({ name, layout }: Pick<OpenInput, 'name' | 'layout'>, { bytes, line }: InputLine): void {
    const { reading } = this.#options
    const fault = reading?.fault(bytes, layout ?? undefined) ?? null
    if (reading === undefined || fault === null) return
    throw new LyrebirdError('not-appendable', `${name}:${line}: ${reading.job} cannot read it: ${fault}`, {
      where: { path: name, line },
      hint: 'mend the record, or leave --for out: then it becomes a dead letter of the job',
    })
  }

  #nextTurn(): number {
    const turn = this.#turn
    this.#turn = (turn + 1) % this.#target.partitions
    return turn
  }

  async #flush(): Promise<void> {
    if (this.#waitingCount === 0) return
    await Promise.all(
      this.#waiting.map(async (records, partition) => {
        if (records.length > 0) await this.#target.write(partition, records)
      }),
    )
    if (await this.#target.show()) this.shown += this.#waitingCount
    this.#records += this.#waitingCount
    this.#bytes += this.#waitingBytes
    for (const records of this.#waiting) records.length = 0
    this.#waitingCount = 0
    this.#waitingBytes = 0
    this.#options.progress?.(this.summary())
  }
}
