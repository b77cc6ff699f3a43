// `snapshot`: fixed data of a job, joined to elements by `lookup`.
//
// Promises: plain data in canonical form, frozen; two snapshots of equal content are equal in every plan. The hash is
// part of the plan, so other data is another plan; the data itself is in the compiled job.

import type { GraphLambda } from '../../core/plan/graph.ts'
import { blake2s } from '../../core/values/blake2s.ts'
import { bytesToHex } from '../../core/values/bytes.ts'
import { canonicalBytes, normalise, Unencodable } from '../../core/values/canonical.ts'
import { freezeDeep } from '../../core/values/freeze-deep.ts'
import type { Mistake, PlainKey, Settled } from '../mistake.ts'
import { Call, wordFor } from '../node.ts'

declare const SNAPSHOT: unique symbol

/** Made by `snapshot()`; given to `lookup()`. */
export interface Snapshot<K, V> {
  readonly [SNAPSHOT]: { readonly key: K; readonly value: V }
}

const PARTS: unique symbol = Symbol.for('lyrebird.snapshot') as never

type SnapshotRow = readonly [key: unknown, value: unknown]

/** The content of a snapshot. */
interface SnapshotParts {
  readonly rows: readonly SnapshotRow[]
  /** Of the content, as hexadecimal digits. */
  readonly hash: string
}

/** Types: data whose keys are the names of its properties. */
type NamedData<Data> = Data extends readonly unknown[]
  ? Mistake<'A snapshot of an array needs a key: snapshot(rows, { key: row => row.id }).'>
  : unknown

/**
 * Fixed data for `lookup`: an object, whose keys are the names of its properties, or an array with a `key` lambda. Two
 * rows of one key are an error.
 *
 *     const countries = snapshot({ KR: 'Korea', FR: 'France' })
 *     const cities = snapshot(rows, { key: row => row.city })
 */
export function snapshot<V, K>(
  rows: readonly V[],
  options: { readonly key: (row: V) => K & PlainKey<K> },
): Snapshot<Settled<K>, Settled<V>>
export function snapshot<Data extends object>(data: Data & NamedData<Data>): Snapshot<string, Settled<Data[keyof Data]>>
export function snapshot(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  const rows = rowsOf(call).map(row => plainRow(call, row))
  const byKey = new Map<string, SnapshotRow>()
  for (const row of rows) {
    const key = bytesToHex(canonicalBytes(row[0]))
    if (byKey.has(key)) call.fail('bad-argument', `two rows of snapshot() have the key ${shown(row[0])}.`)
    byKey.set(key, row)
  }
  const sorted = [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row)
  const hash = [...blake2s(canonicalBytes(sorted), new Uint32Array(4))].map(word => word.toString(16).padStart(8, '0'))
  const parts: SnapshotParts = freezeDeep({ rows: sorted, hash: hash.join('') })
  return Object.freeze({ [PARTS]: parts })
}

/** The hash of a snapshot, and the lambda that gives its rows; null for anything else. */
export function snapshotParts(
  value: unknown,
  call: Call,
): { readonly hash: string; readonly rows: GraphLambda } | null {
  if (typeof value !== 'object' || value === null || !(PARTS in value)) return null
  const { rows, hash } = value[PARTS] as SnapshotParts
  const lambda = call.lambda(() => rows, 'rows', 'lookup()')
  return { hash, rows: Object.freeze({ ...lambda, own: 'snapshot 1' }) }
}

function rowsOf(call: Call): readonly SnapshotRow[] {
  const data = call.args[0]
  if (typeof data !== 'object' || data === null) {
    call.fail('bad-argument', `snapshot() takes an object or an array of rows, got ${wordFor(data)}.`)
  }
  if (!Array.isArray(data)) {
    call.options(call.args[1], [], 'snapshot() of an object')
    return Object.entries(data)
  }
  const { key } = call.options(call.args[1], ['key'], 'snapshot()')
  if (key === undefined) {
    call.fail('bad-option', 'snapshot() of an array needs a key: snapshot(rows, { key: row => row.id }).')
  }
  const { fn } = call.lambda(key, 'key', 'the key of snapshot()')
  return data.map(row => [(fn as (row: unknown) => unknown)(row), row])
}

function plainRow(call: Call, row: SnapshotRow): SnapshotRow {
  try {
    return row.map(normalise) as unknown as SnapshotRow
  } catch (error) {
    if (!(error instanceof Unencodable)) throw error
    return call.fail('bad-argument', `snapshot() holds plain data only: ${error.reason}.`)
  }
}

const shown = (key: unknown): string => (typeof key === 'object' ? 'of an earlier one' : wordFor(key))
