// The text of a cell as Postgres reads it, for each type of column.
//
// Promises: exact for all that the type can hold (numbers by their shortest digits, bigints by all). What a text of
// Postgres cannot hold (U+0000, halves of surrogate pairs) becomes U+FFFD and is counted; a time past its range becomes
// `infinity`. A value of another type than its column throws `sink-refused`: the job's types are wrong then.

import { createHash } from 'node:crypto'
import { toUSVString } from 'node:util'
import { LyrebirdError } from '../../core/errors.ts'
import { canonicalJson } from '../../core/values/json-text.ts'
import type { Column, ColumnType } from './columns.ts'

/** Bytes of a canonical key that an index of Postgres surely takes. */
const KEY_BYTES = 2000
/** Before the hash of a longer one: no canonical bytes begin with it. */
const HASHED = 0xff

/** What a row's key column holds. */
export function keyCell(id: Uint8Array): string {
  if (id.length <= KEY_BYTES) return hex(id)
  return hex(Buffer.concat([Buffer.of(HASHED), createHash('sha256').update(id).digest()]))
}

const hex = (bytes: Uint8Array): string =>
  `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex')}`

/** Writes cells and counts texts that could not be written as they are. */
export class Cells {
  altered = 0

  /** Null is NULL. */
  text({ type, name }: Column, value: unknown): string | null {
    if (value === null || value === undefined) return null
    const text = this.#textOf(type, value)
    if (text === undefined) throw otherType(name, type, value)
    return text
  }

  #textOf(type: ColumnType, value: unknown): string | undefined {
    switch (type) {
      case 'text':
        return typeof value === 'string' ? this.#plain(value) : undefined
      case 'double precision':
        return typeof value === 'number' ? numberText(value) : undefined
      case 'numeric':
        return typeof value === 'bigint' ? String(value) : undefined
      case 'boolean':
        return typeof value === 'boolean' ? String(value) : undefined
      case 'bytea':
        return value instanceof Uint8Array ? hex(value) : undefined
      case 'timestamptz':
        return typeof value === 'number' ? timeCell(value) : undefined
      case 'jsonb':
        return this.#json(canonicalJson(value))
    }
  }

  #plain(text: string): string {
    const plain = toUSVString(text).replaceAll('\0', '\ufffd')
    if (plain !== text) this.altered++
    return plain
  }

  /** JSON writes both as escapes, which `jsonb` refuses. */
  #json(text: string): string {
    if (!/\\u(?:0000|d[89a-f])/.test(text)) return text
    const plain = text.replace(ESCAPE, (found, code: string | undefined) =>
      code === undefined || !isRefused(code) ? found : '\ufffd',
    )
    if (plain !== text) this.altered++
    return plain
  }
}

/** An escape in JSON; the group is the code of one by number. */
const ESCAPE = /\\(?:u([0-9a-f]{4})|.)/g

const isRefused = (code: string): boolean => code === '0000' || /^d[89a-f]/.test(code)

const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value))

/** The earliest and the latest time of Postgres that a `Date` has, in ms. */
const [EARLIEST_MS, LATEST_MS] = [Date.UTC(-4712, 0, 1), 8.64e15]

/** A time in ms since 1970, in UTC. */
export function timeCell(ms: number): string {
  if (!(ms <= LATEST_MS)) return 'infinity'
  if (ms < EARLIEST_MS) return '-infinity'
  const iso = new Date(ms).toISOString()
  const [date = '', time = ''] = iso.split('T')
  const [, sign = '', year = '', rest = ''] = /^([+-]?)(\d+)(-.*)$/.exec(date) ?? []
  const clock = `${time.slice(0, -1)}+00`
  if (sign !== '-' && Number(year) > 0) return `${String(Number(year)).padStart(4, '0')}${rest} ${clock}`
  return `${String(1 + Number(year)).padStart(4, '0')}${rest} ${clock} BC`
}

function otherType(column: string, type: ColumnType, value: unknown): LyrebirdError {
  const found = value instanceof Uint8Array ? 'bytes' : Array.isArray(value) ? 'an array' : typeof value
  return new LyrebirdError('sink-refused', `column ${column} is ${type}, and a row of the view has ${found} there`, {
    where: { column, type },
    hint: 'the declared type of the view says otherwise: look for a cast (as) in the job, and compile it again',
  })
}
