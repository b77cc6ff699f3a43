// Bytes of values and keys, and ms of times, as the log of a test holds them.

import { makeEncoder } from '../core/encode/encoder.ts'
import { LyrebirdError } from '../core/errors.ts'
import type { FormatSpec } from '../core/plan/plan.ts'
import { canonicalJson } from '../core/values/json-text.ts'

const utf8 = new TextEncoder()

type Encode = Parameters<typeof makeEncoder>[1]

/**
 * The bytes of a value in a source's format; `encode` is that of a custom format. Throws `usage` for a value that the
 * format cannot hold, and what `encode` throws.
 */
export function valueBytes(value: unknown, format: FormatSpec, encode?: Encode): Uint8Array {
  switch (format.kind) {
    case 'json':
      return utf8.encode(canonicalJson(value))
    case 'lines':
      if (typeof value === 'string') return utf8.encode(value)
      throw new LyrebirdError('usage', `a topic of lines takes strings, got ${typeof value}`)
    case 'bytes':
      if (value instanceof Uint8Array) return value.slice()
      throw new LyrebirdError('usage', `a topic of bytes takes a Uint8Array, got ${typeof value}`)
    case 'csv':
      if (typeof value === 'string') return utf8.encode(value)
      if (typeof value === 'object' && value !== null) return utf8.encode(csvLine(value, format.columns))
      throw new LyrebirdError('usage', `a topic of CSV takes objects or lines, got ${typeof value}`)
    case 'custom':
      if (value instanceof Uint8Array) return value.slice()
      if (encode !== undefined) return makeEncoder(format, encode)(value)
      throw new LyrebirdError('usage', `the format ${format.name} has no encode to send values by`, {
        hint: 'give the bytes of the record as a Uint8Array, or the format an encode function',
      })
  }
}

function csvLine(row: object, columns: readonly string[]): string {
  const fields = columns.map(column => (row as Record<string, unknown>)[column] ?? '')
  return fields
    .map(field => (/[",\r\n]/.test(String(field)) ? `"${String(field).replaceAll('"', '""')}"` : field))
    .join(',')
}

/** Key bytes as `lyrebird append` makes them: text as it is, anything else as canonical JSON, nothing for null. */
export function keyBytes(key: unknown): Uint8Array | null {
  if (key === null || key === undefined) return null
  if (key instanceof Uint8Array) return key.slice()
  return utf8.encode(typeof key === 'string' ? key : canonicalJson(key))
}

/** Milliseconds of a time: a number, or a text with its zone. Throws `usage`. */
export function timeMs(time: number | string): number {
  const ms = typeof time === 'number' ? time : /(?:Z|[+-]\d\d:?\d\d)$/.test(time) ? Date.parse(time) : Number.NaN
  if (Number.isInteger(ms) && Math.abs(ms) <= 8.64e15) return ms
  throw new LyrebirdError('usage', `"${time}" is no time`, {
    hint: "write whole milliseconds since 1970, or a date with its zone such as '2026-01-01T10:00:00Z'",
  })
}
