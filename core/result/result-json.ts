// A result's rows as the command line and query clients show them: plain objects ready for JSON (semantics.md 12.1).
//
// Promises: a row of a view has exactly `key`, `window` (where windowed) and `value` (or `error`); bigints, NaN and
// infinities are strings, bytes base64, times ISO 8601 in UTC. The command line and the test kit print through here, so
// they agree.
// Not here: where the rows come from, and the text around them (the callers).

import { integerOf, parseJson } from '../decode/json.ts'
import { NumberToken, setField } from '../decode/tree.ts'
import type { FormatSpec, Plan, WindowSpec } from '../plan/plan.ts'
import { findNode, sourcesOf, tableRoot } from '../plan/plan-index.ts'
import { wordOf } from '../plan/word-of.ts'
import { rowPlaces } from '../tables/row-place.ts'
import { ByteReader, bytesToHex } from '../values/bytes.ts'
import { decodeValue } from '../values/canonical.ts'
import { base64, canonicalJson } from '../values/json-text.ts'
import type { DeadLetter } from './dead-letter.ts'
import type { LateRow, OutputRecord, ViewError, ViewRow } from './result.ts'

export interface RowJson {
  readonly key: unknown
  readonly window?: { readonly start: string; readonly end: string; readonly closed: boolean }
  readonly value?: unknown
  /** In place of a value: the lambda of a table threw for this row (semantics.md 5.5). */
  readonly error?: ViewError
}

export interface LateJson {
  readonly source: string
  readonly topic: string
  readonly partition: number
  readonly offset: number | string
  readonly time: string
}

export interface DeadLetterJson {
  readonly node: string
  /**
   * Which element: `topic/partition:offset`, with `#index` for each step that adds an index to the identity, or key,
   * start and end of a window.
   */
  readonly at: string
  readonly kind: DeadLetter['kind']
  readonly reason: string
  readonly path?: string
  /** What was thrown, for people. */
  readonly message?: string
  /** `path:line:column` in the author's files. */
  readonly site?: string
  /** The call that could not process it, as its author wrote it, and where it stands. */
  readonly step?: string
}

export interface RecordJson {
  readonly partition: number
  readonly time: string
  readonly key: string | null
  readonly value: unknown
}

/** The windows of a view's table; `global` where it has none. */
export function windowOf(plan: Plan, node: string): WindowSpec {
  return tableRoot(plan, node).params.window
}

/** The watermark of a node: the least of the sources that feed it. */
export function watermarkOf(plan: Plan, node: string, watermarks: ReadonlyMap<string, number>): number {
  return Math.min(...sourcesOf(plan, node).map(source => watermarks.get(source.id) ?? Number.NEGATIVE_INFINITY))
}

/** One row of a view, given the windows of its table and the view's watermark. */
export function rowJson(row: ViewRow, window: WindowSpec, watermark: number): RowJson {
  const places = rowPlaces(window)
  const { key, window: at } = places.placeOf(row.key)
  const content =
    row.error === null
      ? { value: printed(decodeValue(new ByteReader(row.value as Uint8Array))) }
      : { error: { node: row.error.node, reason: row.error.reason } }
  if (at === undefined) return { key: printed(key), ...content }
  const closed = places.isClosed(at.end, watermark)
  return { key: printed(key), window: { start: printedTime(at.start), end: printedTime(at.end), closed }, ...content }
}

export function lateJson(row: LateRow): LateJson {
  const { source, topic, partition, offset, time } = row
  return { source, topic, partition, offset: offsetJson(offset), time: printedTime(time) }
}

/** `placeOf` gives a place of the author's files as it is shown. */
export function deadLetterJson(
  { node, identity, kind, reason, path, display }: DeadLetter,
  plan: Plan,
  placeOf: (at: string) => string = at => at,
): DeadLetterJson {
  const { message, site } = display
  return {
    node,
    at: printedIdentity(identity),
    kind,
    reason,
    ...(path === undefined ? {} : { path }),
    ...(message === undefined ? {} : { message }),
    ...(site === undefined ? {} : { site: placeOf(site) }),
    ...stepOf(plan, node, placeOf),
  }
}

/** Nothing for a node that the plan does not have. */
function stepOf(plan: Plan, id: string, placeOf: (at: string) => string): { readonly step?: string } {
  const node = findNode(plan, id)
  if (node === undefined) return {}
  return { step: node.at === null ? wordOf(node) : `${wordOf(node)} at ${placeOf(node.at)}` }
}

const utf8 = new TextDecoder()

/**
 * A record that an output wrote. A key is a text; a value is JSON (integers beyond 2^53 stay exact, as strings), a text
 * where the format is one of lines, and else base64.
 */
export function recordJson(
  record: Omit<OutputRecord, 'value'> & { readonly value: Uint8Array | null },
  partition: number,
  format: FormatSpec = JSON_FORMAT,
): RecordJson {
  const key = record.key === null ? null : utf8.decode(record.key)
  return {
    partition,
    time: printedTime(record.timestamp),
    key,
    value: record.value === null ? null : printedBytes(record.value, format),
  }
}

const JSON_FORMAT: FormatSpec = Object.freeze({ kind: 'json' })

function printedBytes(bytes: Uint8Array, { kind }: FormatSpec): unknown {
  switch (kind) {
    case 'json':
      return jsonValue(utf8.decode(bytes))
    case 'lines':
    case 'csv':
      return utf8.decode(bytes)
    default:
      return base64(bytes)
  }
}

function jsonValue(text: string): unknown {
  const parsed = parseJson(text, true)
  return parsed.ok ? printed(parsed.tree) : text
}

/** A value in the forms that JSON has. */
export function printed(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof NumberToken) return printedNumber(value.text)
  if (Array.isArray(value)) return value.map(printed)
  if (value instanceof Uint8Array) return base64(value)
  const out = {}
  for (const [name, field] of Object.entries(value)) setField(out, name, printed(field))
  return out
}

function printedNumber(token: string): unknown {
  const integer = integerOf(token)
  return integer === null || Number.isSafeInteger(Number(integer)) ? Number(token) : String(integer)
}

/** An identity as text, as in `DeadLetterJson.at`. One that another program wrote in another form is shown in hex. */
export function printedIdentity(identity: Uint8Array): string {
  try {
    const reader = new ByteReader(identity)
    const value = decodeValue(reader)
    if (reader.position === identity.length && Array.isArray(value)) return identityText(value)
  } catch {
    // Not canonical bytes.
  }
  return bytesToHex(identity)
}

function identityText(tuple: readonly unknown[]): string {
  const [first, second, third] = tuple
  if (tuple.length === 3 && typeof third === 'bigint') return `${first}/${second}:${third}`
  if (tuple.length === 2 && Array.isArray(first)) return `${identityText(first)}#${second}`
  return canonicalJson(tuple)
}

/** ISO 8601 in UTC; a time past the range of `Date` (the end of the last window) in ms. */
export function printedTime(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms)
}

/** A number where that is exact, else a string. */
export function offsetJson(offset: bigint): number | string {
  return offset <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(offset) : String(offset)
}
