// Splits bytes that arrive in pieces into lines or rows of delimited values.
//
// Promises: a record has exactly the bytes of the input, without the line end that closes it; where lines end with a
// line feed, a carriage return before it stays; an empty line is a line; a last line without a line end is one. A line
// end inside quotes belongs to the record, and quotes are where `csvFields` of the same dialect finds them.

import { LyrebirdError } from '../../core/errors.ts'
import type { RowDialect } from '../../core/log/row-layout.ts'
import { RECORD_BYTES_MAX } from '../limits.ts'

export const LINE_FEED = 0x0a
export const CARRIAGE_RETURN = 0x0d

/**
 * Where the scan is in a field; `closing` is right behind a quote inside quotes, which ends the field or is the first
 * of two.
 */
type FieldState = 'start' | 'plain' | 'quoted' | 'closing'

const AFTER_QUOTE: Readonly<Record<FieldState, FieldState>> = {
  start: 'quoted',
  plain: 'plain',
  quoted: 'closing',
  closing: 'quoted',
}

/** One record of the input and the number of the line, from 1, on which it begins. */
export interface InputLine {
  readonly bytes: Uint8Array
  readonly line: number
}

interface SplitterOptions {
  readonly name: string
  /** Null: lines, whatever is in them. */
  readonly dialect: RowDialect | null
  /** The byte that ends a line. Default: a line feed. */
  readonly lineEnd?: number
}

/** Bytes of a dialect's characters; NO_BYTE where it has none, or where a quote is escaped by itself. */
type DialectBytes = Readonly<Record<keyof RowDialect, number>>

export class LineSplitter {
  readonly #name: string
  readonly #lineEnd: number
  readonly #dialect: DialectBytes | null
  #rest: Buffer = Buffer.alloc(0)
  #line = 1
  /** How much of the rest has been searched without finding the end of a record; `#state` is the state there. */
  #searched = 0
  #state: FieldState = 'start'
  /** Whether the byte before was an escape character. */
  #escaped = false
  #innerLines = 0

  constructor({ name, dialect, lineEnd = LINE_FEED }: SplitterOptions) {
    this.#name = name
    this.#lineEnd = lineEnd
    this.#dialect =
      dialect === null
        ? null
        : {
            delimiter: byteOf(dialect.delimiter),
            quote: byteOf(dialect.quote),
            escapedBy: dialect.escapedBy === dialect.quote ? NO_BYTE : byteOf(dialect.escapedBy),
          }
  }

  /** The records that `bytes` completes. Throws `too-big`. */
  push(bytes: Uint8Array): InputLine[] {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const data = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    const lines: InputLine[] = []
    let start = 0
    for (;;) {
      const from = start + this.#searched
      const end = this.#dialect === null ? data.indexOf(this.#lineEnd, from) : this.#rowEnd(data, from, this.#dialect)
      if (end < 0) break
      lines.push({ bytes: data.subarray(start, end), line: this.#line })
      this.#line += 1 + this.#innerLines
      this.#innerLines = 0
      this.#searched = 0
      start = end + 1
    }
    this.#rest = data.subarray(start)
    this.#searched = this.#rest.length
    if (this.#rest.length > RECORD_BYTES_MAX) throw tooBig(this.#name, this.#line)
    return lines
  }

  /** The last record, where the input does not end with a line end. Throws `not-appendable` inside quotes. */
  end(): InputLine[] {
    if (this.#state === 'quoted') {
      throw new LyrebirdError('not-appendable', `${this.#name}:${this.#line}: a quoted field is never closed`, {
        where: { path: this.#name, line: this.#line },
        hint: 'a quote inside a quoted field is written twice; with --quote none quotes are ordinary characters',
      })
    }
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    return rest.length === 0 ? [] : [{ bytes: rest, line: this.#line }]
  }

  /** The line end of the record that is being searched, or -1. A quote opens a field only at the field's start. */
  #rowEnd(data: Buffer, from: number, dialect: DialectBytes): number {
    const { delimiter, quote, escapedBy } = dialect
    for (let at = from; at < data.length; at++) {
      const byte = data[at] as number
      if (byte === this.#lineEnd && this.#state !== 'quoted') {
        this.#state = 'start'
        this.#escaped = false
        return at
      }
      if (this.#escaped) {
        this.#escaped = false
        if (byte === quote || byte === escapedBy || (byte === delimiter && this.#state === 'plain')) continue
      }
      if (byte === this.#lineEnd) this.#innerLines++
      else if (byte === escapedBy) {
        this.#escaped = true
        if (this.#state !== 'quoted') this.#state = 'plain'
      } else if (byte === quote) this.#state = AFTER_QUOTE[this.#state]
      else if (this.#state !== 'quoted') this.#state = byte === delimiter ? 'start' : 'plain'
    }
    return -1
  }
}

const NO_BYTE = -1

const byteOf = (character: string): number => (character === '' ? NO_BYTE : character.charCodeAt(0))

export function tooBig(name: string, line: number): LyrebirdError {
  return new LyrebirdError('too-big', `${name}:${line}: a record of more than ${RECORD_BYTES_MAX} bytes`, {
    where: { path: name, line },
  })
}
