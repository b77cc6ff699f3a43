// Splits bytes that arrive in pieces into lines or CSV records.
//
// Promises: a record has exactly the bytes of the input, without the line feed that ends it; a carriage return stays;
// an empty line is a line; a last line without a line feed is one. In CSV a line feed inside quotes belongs to the
// record (RFC 4180).

import { LyrebirdError } from '../../core/errors.ts'
import { RECORD_BYTES_MAX } from '../limits.ts'

const LINE_FEED = 0x0a
const QUOTE = 0x22
const COMMA = 0x2c

/**
 * Where the scan is in a CSV field; `closing` is right behind a quote inside quotes, which ends the field or is the
 * first of two.
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

export class LineSplitter {
  readonly #csv: boolean
  readonly #name: string
  #rest: Buffer = Buffer.alloc(0)
  #line = 1
  /** How much of the rest has been searched without finding the end of a record; `#state` is the state there. */
  #searched = 0
  #state: FieldState = 'start'
  #innerLines = 0

  constructor(options: { readonly csv: boolean; readonly name: string }) {
    this.#csv = options.csv
    this.#name = options.name
  }

  /** The records that `bytes` completes. Throws `too-big`. */
  push(bytes: Uint8Array): InputLine[] {
    const piece = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    const data = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece])
    const lines: InputLine[] = []
    let start = 0
    for (;;) {
      const end = this.#csv ? this.#csvEnd(data, start) : data.indexOf(LINE_FEED, start + this.#searched)
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

  /** The last record, where the input does not end with a line feed. Throws `not-appendable` inside quotes. */
  end(): InputLine[] {
    if (this.#state === 'quoted') {
      throw new LyrebirdError('not-appendable', `${this.#name}:${this.#line}: a quoted field is never closed`, {
        where: { path: this.#name, line: this.#line },
        hint: 'a quote inside a quoted field is written twice',
      })
    }
    const rest = this.#rest
    this.#rest = Buffer.alloc(0)
    return rest.length === 0 ? [] : [{ bytes: rest, line: this.#line }]
  }

  /**
   * The line feed that ends the record at `start`, or -1. A quote opens a field only at the field's start, as
   * `csvFields` reads it.
   */
  #csvEnd(data: Buffer, start: number): number {
    for (let at = start + this.#searched; at < data.length; at++) {
      const byte = data[at]
      if (byte === LINE_FEED && this.#state !== 'quoted') {
        this.#state = 'start'
        return at
      }
      if (byte === LINE_FEED) this.#innerLines++
      else if (byte === QUOTE) this.#state = AFTER_QUOTE[this.#state]
      else if (this.#state !== 'quoted') this.#state = byte === COMMA ? 'start' : 'plain'
    }
    return -1
  }
}

export function tooBig(name: string, line: number): LyrebirdError {
  return new LyrebirdError('too-big', `${name}:${line}: a record of more than ${RECORD_BYTES_MAX} bytes`, {
    where: { path: name, line },
  })
}
