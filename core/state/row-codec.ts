// The rows that a job's result is stored as: late records, dead letters, view rows, held output elements.
//
// Promises: keys are order preserving, values canonical; what is compared comes first, what is only displayed after it.

import type { DeadLetter } from '../result/dead-letter.ts'
import type { LateRow, ViewError, ViewRow } from '../result/result.ts'
import { ByteReader, ByteWriter } from '../values/bytes.ts'
import { decodeBytes, decodeValue, encodeValue, skipValue, viewBytes } from '../values/canonical.ts'

export type { LateRow, ViewError } from '../result/result.ts'

export interface EncodedRow {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** Tables of a state directory. */
export const TABLE = {
  late: 'late',
  dead: 'dead',
  view: (name: string): string => `view/${name}`,
  state: (node: string): string => `state/${node}`,
  index: (node: string): string => `index/${node}`,
  held: (node: string): string => `held/${node}`,
} as const

export function encodeLate(row: LateRow): EncodedRow {
  const key = new ByteWriter()
  encodeValue(key, row.source)
  encodeValue(key, row.topic)
  encodeValue(key, row.partition)
  encodeValue(key, row.offset)
  const value = new ByteWriter()
  encodeValue(value, row.time)
  return { key: key.take(), value: value.take() }
}

export function decodeLate(key: Uint8Array, value: Uint8Array): LateRow {
  const r = new ByteReader(key)
  const [source, topic, partition, offset] = [decodeValue(r), decodeValue(r), decodeValue(r), decodeValue(r)]
  const time = decodeValue(new ByteReader(value))
  return { source, topic, partition, offset, time } as LateRow
}

/** The compared part of a dead letter's value is one canonical object; the displayed part follows it. */
export function encodeDead(letter: DeadLetter): EncodedRow {
  const key = new ByteWriter()
  encodeValue(key, letter.node)
  key.bytes(letter.identity)
  const value = new ByteWriter()
  encodeValue(value, { kind: letter.kind, reason: letter.reason, path: letter.path })
  encodeValue(value, letter.display)
  return { key: key.take(), value: value.take() }
}

/** Length of the compared part of a dead letter's value. */
export function comparedLength(value: Uint8Array): number {
  const r = new ByteReader(value)
  skipValue(r)
  return r.position
}

/**
 * A node's id holds no zero, so it ends at the first one. Decoding without this bound could read too far: an identity
 * that another program wrote may begin with FF.
 */
export function decodeDead(key: Uint8Array, value: Uint8Array): DeadLetter {
  const nodeEnd = key.indexOf(0) + 1
  const node = decodeValue(new ByteReader(key.subarray(0, nodeEnd))) as string
  const identity = key.slice(nodeEnd)
  const v = new ByteReader(value)
  const compared = decodeValue(v) as Pick<DeadLetter, 'kind' | 'reason' | 'path'>
  const display = decodeValue(v) as DeadLetter['display']
  return { node, identity, display, ...compared }
}

/** A view row's stored value: a flag byte, then the canonical value, or the words of an error row. */
export const VIEW_VALUE = 0
export const VIEW_ERROR = 1

export function decodeViewValue(stored: Uint8Array): { value: unknown } | { error: ViewError } {
  const decoded = decodeValue(new ByteReader(stored, 1))
  return stored[0] === VIEW_VALUE ? { value: decoded } : { error: decoded as ViewError }
}

/** A row of a view, without copying its bytes. */
export function decodeViewRow(key: Uint8Array, stored: Uint8Array): ViewRow {
  const decoded = decodeViewValue(stored)
  return 'error' in decoded
    ? { key, value: null, error: decoded.error }
    : { key, value: stored.subarray(1), error: null }
}

/** An element that an output holds or has released. */
export interface OutputElement {
  readonly time: number
  readonly identity: Uint8Array
  readonly partition: number
  readonly key: Uint8Array | null
  /** Null only in changelogs: the row of the key is gone. */
  readonly value: Uint8Array | null
}

/**
 * Encodes elements of outputs. The row key is (time, identity): its byte order is the order in which an output writes.
 */
export class HeldRow {
  readonly #key = new ByteWriter(128)
  readonly #value = new ByteWriter(512)

  /** The bytes are valid until the next element is encoded. */
  encode(e: OutputElement): EncodedRow {
    const [key, value] = [this.#key, this.#value]
    key.reset()
    encodeValue(key, e.time)
    key.bytes(e.identity)
    value.reset()
    encodeValue(value, e.partition)
    encodeValue(value, e.key)
    encodeValue(value, e.value)
    return { key: key.view(), value: value.view() }
  }
}

/** The time of an element by its row's key. */
export const heldTime = (key: Uint8Array): number => decodeBytes(key) as number

/** The partition of an element by its row's value. */
export const heldPartition = (value: Uint8Array): number => decodeBytes(value) as number

/** The bytes of the element are valid as long as those of the row. */
export function decodeHeld(key: Uint8Array, value: Uint8Array): OutputElement {
  const k = new ByteReader(key)
  const time = decodeValue(k) as number
  const identity = key.subarray(k.position)
  const v = new ByteReader(value)
  const partition = decodeValue(v) as number
  const keyBytes = viewBytes(v)
  const valueBytes = viewBytes(v)
  return { time, identity, partition, key: keyBytes, value: valueBytes }
}
