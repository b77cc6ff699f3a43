// The records of one input, looked at before the first is taken.
//
// Promises: `open` reads the beginning alone, and refuses there what would be no records of the format; `records` gives
// them all, from the start on. An input that can be read again is closed in between.

import { LyrebirdError } from '../../core/errors.ts'
import type { RowLayout } from '../../core/log/row-layout.ts'
import { checkJson, checkNoJson, checkUtf8, type FieldsWanted, type Sample } from './check-content.ts'
import { textOf } from './content.ts'
import { findRows, isSeparatorLine, type RowPlan } from './find-rows.ts'
import type { AppendFormat, AppendInput, AppendOptions } from './options.ts'
import { type Pieces, peek } from './pieces.ts'
import { type FieldReader, jsonFieldReader, rowFieldReader } from './record-fields.ts'
import { CARRIAGE_RETURN, type InputLine, LINE_FEED, LineSplitter } from './split-lines.ts'

/** Bytes of the text that are looked at. */
const SAMPLE_BYTES = 256 * 1024

/** Some records, or null where the input pauses. */
type Records = AsyncGenerator<readonly InputLine[] | null>

export class OpenInput {
  readonly name: string
  /** Null where the records are no rows. */
  readonly layout: RowLayout | null
  readonly fields: FieldReader
  /** Lines without a row that `records` has left out so far. */
  emptyLines = 0
  readonly #areRows: boolean
  /** Null where the records are no rows, or the beginning holds none. */
  readonly #plan: RowPlan | null
  readonly #lineEnd: number
  readonly #pieces: () => Promise<Pieces>

  private constructor(sample: Sample, format: AppendFormat, plan: RowPlan | null, pieces: () => Promise<Pieces>) {
    const { name } = sample
    this.name = name
    this.layout = plan?.layout ?? null
    this.fields = plan === null ? jsonFieldReader(name) : rowFieldReader(name, plan.layout)
    this.#areRows = format === 'csv'
    this.#plan = plan
    this.#lineEnd = sample.lineEnd
    this.#pieces = pieces
  }

  /** Throws `not-appendable`. `known`: how the rows of the topic are laid out now. */
  static async open(input: AppendInput, options: AppendOptions, known: RowLayout | null): Promise<OpenInput> {
    const { name, bytes, repeatable = false } = input
    const { format = 'json', encoding = null, unchecked = false } = options
    const text = (): Promise<Pieces> => textOf(bytes, { name, encoding, unchecked })
    const { head, whole, pieces } = await peek(await text(), SAMPLE_BYTES, format === 'csv' ? hasRow : hasLine)
    try {
      const sample = { name, bytes: head, whole, lineEnd: lineEndOf(head, format) }
      if (!unchecked && head.length > 0) {
        if (known !== null && format !== 'csv') throw holdsRows(options.topic, format)
        checkContent(sample, format, fieldsWanted(options))
      }
      const plan = format === 'csv' ? findRows(sample, rowsWanted(options, known)) : null
      if (!repeatable) return new OpenInput(sample, format, plan, async () => pieces)
      await pieces.return(undefined)
      return new OpenInput(sample, format, plan, text)
    } catch (e) {
      await pieces.return(undefined)
      throw e
    }
  }

  /** Every record; empty lines between rows of several columns, and the header, are none. */
  async *records(): Records {
    const dialect = this.#plan?.layout ?? null
    const splitter = new LineSplitter({ name: this.name, dialect, lineEnd: this.#lineEnd })
    let before = this.#plan?.linesBefore ?? 0
    const rows = (lines: readonly InputLine[]): readonly InputLine[] => {
      if (this.#plan === null && !this.#areRows) return lines
      const keepsEmpty = this.#plan?.layout.columns?.length === 1
      return lines.filter(({ bytes, line }) => {
        const empty = bytes.length === 0 || (bytes.length === 1 && bytes[0] === CARRIAGE_RETURN)
        if (empty && (before > 0 || !keepsEmpty)) this.emptyLines++
        else if (before > 0) before--
        else if (this.#plan === null) refuseRow(this.name, bytes, line)
        else return true
        return false
      })
    }
    for await (const piece of await this.#pieces()) yield piece === null ? null : rows(splitter.push(piece))
    yield rows(splitter.end())
  }
}

/** Whether a line ends that is not empty: empty ones say nothing of the rows. */
function hasRow(head: Buffer): boolean {
  const start = head.findIndex(byte => byte !== LINE_FEED && byte !== CARRIAGE_RETURN)
  return start >= 0 && hasLine(head.subarray(start))
}

const hasLine = (head: Buffer): boolean => head.includes(LINE_FEED) || head.includes(CARRIAGE_RETURN)

/** A text whose lines end with carriage returns alone has no line feed anywhere. */
function lineEndOf(head: Buffer, format: AppendFormat): number {
  if (format === 'lines' || head.includes(LINE_FEED)) return LINE_FEED
  const at = head.indexOf(CARRIAGE_RETURN)
  return at >= 0 && at < head.length - 1 ? CARRIAGE_RETURN : LINE_FEED
}

/** A row where the beginning has none; the line that names the delimiter is no row. */
function refuseRow(name: string, bytes: Uint8Array, line: number): void {
  if (line === 1 && isSeparatorLine(bytes)) return
  throw new LyrebirdError('not-appendable', `${name}:${line}: the first row is not in the first 256 kB`, {
    where: { path: name, line },
    hint: 'remove the empty lines before it',
  })
}

function holdsRows(topic: string, format: AppendFormat): LyrebirdError {
  return new LyrebirdError('not-appendable', `topic "${topic}" holds rows of CSV, and these are ${format}`, {
    where: { topic },
    hint: 'append them to a topic of another name, or use --format csv',
  })
}

function checkContent(sample: Sample, format: AppendFormat, wanted: FieldsWanted): void {
  checkUtf8(sample)
  if (format === 'json') checkJson(sample, wanted)
  if (format === 'csv') checkNoJson(sample)
}

function fieldsWanted({ key, timestamp }: AppendOptions): FieldsWanted {
  return [
    ...(key === undefined ? [] : [{ field: key, option: 'key' }]),
    ...(timestamp === undefined ? [] : [{ field: timestamp, option: 'timestamp' }]),
  ]
}

function rowsWanted(
  { topic, key, timestamp, rows = {}, reading, unchecked = false }: AppendOptions,
  known: RowLayout | null,
) {
  const needed = new Map(reading?.needed.map(column => [column, `which ${reading.job} needs`]))
  if (key !== undefined) needed.set(key, 'which --key names')
  if (timestamp !== undefined) needed.set(timestamp, 'which --timestamp names')
  return { topic, options: rows, known, needed, unchecked }
}
