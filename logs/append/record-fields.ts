// Key and timestamp of an appended record, taken from fields of its value.
//
// Promises: a field that is missing or null gives no key; a value from which the wanted field cannot be read is an
// error that names the line, before anything of its batch is written.

import { isUtf8 } from 'node:buffer'
import { csvFields } from '../../core/decode/csv-fields.ts'
import { withoutCarriageReturn } from '../../core/decode/text.ts'
import { LyrebirdError } from '../../core/errors.ts'
import { NO_TIMESTAMP } from '../../core/log/chunk.ts'
import type { RowLayout } from '../../core/log/row-layout.ts'
import { canonicalJson } from '../../core/values/json-text.ts'
import type { InputLine } from './split-lines.ts'

/** The value of a field: undefined where the record does not have it. Throws `not-appendable` for what is no record. */
export type FieldReader = (field: string, line: InputLine) => unknown

/** Reads the columns of rows. */
export function rowFieldReader(name: string, layout: RowLayout): FieldReader {
  const { columns } = layout
  return (field, line) => {
    const index = columns?.indexOf(field) ?? -1
    if (index < 0) throw notReadable(name, line, field, 'the rows have no such column')
    const fields = csvFields(withoutCarriageReturn(textOf(name, line)), layout)
    if (fields === null) throw notReadable(name, line, field, 'it is no CSV record')
    return fields[index]
  }
}

/** Reads the fields of JSON objects. */
export function jsonFieldReader(name: string): FieldReader {
  // Key and timestamp of a line are read one after the other: it is parsed once.
  let parsed: InputLine | null = null
  let value: unknown
  return (field, line) => {
    if (line !== parsed) value = parseJson(name, line, field)
    parsed = line
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw notReadable(name, line, field, 'it is no JSON object')
    }
    return Object.hasOwn(value, field) ? (value as Record<string, unknown>)[field] : undefined
  }
}

/** Key bytes: UTF-8 of a string, canonical JSON of anything else, none where it is missing. */
export function keyBytesOf(value: unknown): Uint8Array | null {
  if (value === undefined || value === null) return null
  return Buffer.from(typeof value === 'string' ? value : canonicalJson(value), 'utf8')
}

/** A time in ms: a number, or a text as `Date.parse` takes it. Throws `not-appendable`. */
export function timestampOf(value: unknown, name: string, line: InputLine, field: string): number {
  const ms = typeof value === 'number' ? value : typeof value === 'string' ? parseTime(value) : Number.NaN
  if (isTimestamp(ms)) return ms
  const got = value === undefined ? 'it is missing' : `${JSON.stringify(value)?.slice(0, 60)} is none`
  throw notReadable(name, line, field, `a time is needed there (whole ms, or a date with its time): ${got}`)
}

/** ms of a text: digits are ms themselves. NaN where it is no time. */
function parseTime(text: string): number {
  return /^-?\d+$/.test(text.trim()) ? Number(text) : Date.parse(text)
}

/** True for a time that a record can have: -1 in a record batch says that there is none. */
export const isTimestamp = (ms: number): boolean =>
  Number.isInteger(ms) && Math.abs(ms) <= 8.64e15 && ms !== NO_TIMESTAMP

function parseJson(name: string, line: InputLine, field: string): unknown {
  const text = textOf(name, line)
  try {
    return JSON.parse(text)
  } catch {
    throw notReadable(name, line, field, 'it is no JSON')
  }
}

function textOf(name: string, line: InputLine): string {
  const { buffer, byteOffset, byteLength } = line.bytes
  const bytes = Buffer.from(buffer, byteOffset, byteLength)
  if (!isUtf8(bytes)) throw notReadable(name, line, null, 'it is no UTF-8')
  return bytes.toString('utf8')
}

function notReadable(name: string, { line }: InputLine, field: string | null, why: string): LyrebirdError {
  const wanted = field === null ? '' : ` "${field}" cannot be read:`
  return new LyrebirdError('not-appendable', `${name}:${line}:${wanted} ${why}`, {
    where: { path: name, line, field: field ?? undefined },
    hint: 'mend the line, or leave --key and --timestamp out',
  })
}
