// Values to the bytes of an output's records, by format.
//
// Promises: the same bytes for values with the same canonical bytes; text reads back equal in the same format, and a
// value for which that cannot hold is `Unencodable` with a reason in fixed words, which makes the element a dead
// letter. What a custom format's lambda throws is thrown.
// Not here: CSV rows (`csv-row.ts`).

import type { FormatSpec } from '../plan/plan.ts'
import { isThenable } from '../result/refusals.ts'
import { normalise, Unencodable } from '../values/canonical.ts'
import { canonicalJson } from '../values/json-text.ts'
import { csvRow } from './csv-row.ts'

/** Throws `Unencodable` for what the format cannot hold. The bytes are valid until the next value is encoded. */
export type Encoder = (value: unknown) => Uint8Array

const utf8 = new TextEncoder()

/** `encode` is the node's lambda of that slot, where the format is a custom one. */
export function makeEncoder(format: FormatSpec, encode?: (value: never) => unknown): Encoder {
  switch (format.kind) {
    case 'json':
      return value => utf8Bytes(canonicalJson(value))
    case 'lines':
      return value => utf8.encode(lineText(value))
    case 'bytes':
      return value => {
        if (!(value instanceof Uint8Array)) throw new Unencodable('$', 'expected bytes')
        return new Uint8Array(value)
      }
    case 'csv':
      return value => utf8.encode(csvRow(format, value))
    case 'custom':
      return customEncoder(format.name, encode as ((value: unknown) => unknown) | undefined)
  }
}

let room = new Uint8Array(1024)

/** The UTF-8 of a text; valid until the next one. */
function utf8Bytes(text: string): Uint8Array {
  if (room.length < 3 * text.length) room = new Uint8Array(6 * text.length)
  return room.subarray(0, utf8.encodeInto(text, room).written)
}

/** Text that `lines()` reads back as it is. */
function lineText(value: unknown): string {
  if (typeof value !== 'string') throw new Unencodable('$', 'expected a line of text')
  if (value === '') throw new Unencodable('$', 'an empty line')
  if (value.includes('\n') || value.endsWith('\r')) throw new Unencodable('$', 'a line end inside of a line')
  if (/\p{Surrogate}/u.test(value)) throw new Unencodable('$', 'a lone surrogate')
  return value
}

function customEncoder(name: string, encode: ((value: unknown) => unknown) | undefined): Encoder {
  if (encode === undefined) throw new Error(`lyrebird invariant broken: format ${name} has no encode lambda`)
  return value => {
    const bytes = encode(normalise(value))
    if (isThenable(bytes)) throw new Unencodable('$', 'encode() returned a promise')
    if (!(bytes instanceof Uint8Array)) throw new Unencodable('$', 'encode() gave no Uint8Array')
    return new Uint8Array(bytes)
  }
}
