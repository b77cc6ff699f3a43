// The whole comparable result of a job at a cut.
//
// Promises: everything that semantics.md 1.2 counts as the result, as canonical bytes in one order, so that equal
// results are equal trees.
// Not here: how a result is computed (executors and reference), and comparing two of them (`compare-results.ts`).

import type { Header } from '../log/chunk.ts'
import { bytesToHex, compareBytes, concatBytes } from '../values/bytes.ts'
import { canonicalBytes } from '../values/canonical.ts'
import type { DigestSummary } from '../values/multiset-digest.ts'
import type { DeadLetter } from './dead-letter.ts'

/** Fixed words of a row whose table lambda threw: the table node, and why (semantics.md 5.5). */
export interface ViewError {
  readonly node: string
  readonly reason: string
}

export interface ViewRow {
  /** Row key (`viewRowKey`): start and end of the window as far as needed, then the key. */
  readonly key: Uint8Array
  /** Canonical bytes of the value; null where the row is an error row. */
  readonly value: Uint8Array | null
  readonly error: ViewError | null
}

/** A late record (semantics.md 2.3). */
export interface LateRow {
  /** Id of the source node. */
  readonly source: string
  readonly topic: string
  readonly partition: number
  readonly offset: bigint
  readonly time: number
}

/** A record as an output wrote it. Its offset is not part of the result (semantics.md 6.2). */
export interface OutputRecord {
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array
  readonly headers: readonly Header[]
}

export interface JobResult {
  /** Rows of each view, sorted by the bytes of the row key. */
  readonly views: ReadonlyMap<string, readonly ViewRow[]>
  /** Records of each output by partition number, in the order in which they were written. */
  readonly outputs: ReadonlyMap<string, readonly (readonly OutputRecord[])[]>
  /** Sorted by source, topic, partition, offset. */
  readonly late: readonly LateRow[]
  /** Sorted by node and identity. */
  readonly dead: readonly DeadLetter[]
  /** By `late`, `dead`, and the id of each emitting node and each output. */
  readonly emitted: ReadonlyMap<string, DigestSummary>
  /** By source node: ms, or -Infinity, or +Infinity under `final`. */
  readonly watermarks: ReadonlyMap<string, number>
}

/**
 * The key of a view's row: the window's start where the view is windowed, the end too where the window is a session,
 * then the key; all order preserving.
 */
export function viewRowKey(windowStart: number | undefined, key: unknown, sessionEnd?: number): Uint8Array {
  const parts = [windowStart, sessionEnd].filter(part => part !== undefined)
  return concatBytes([...parts, key].map(canonicalBytes))
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Order of dead letters in a result. */
function compareDead(a: DeadLetter, b: DeadLetter): number {
  return compareText(a.node, b.node) || compareBytes(a.identity, b.identity)
}

/** Order of late rows in a result. */
function compareLate(a: LateRow, b: LateRow): number {
  return (
    compareText(a.source, b.source) ||
    compareText(a.topic, b.topic) ||
    a.partition - b.partition ||
    (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0)
  )
}

/** The same result with every list and map in its order: for results whose parts were collected in any order. */
export function sortedResult(result: JobResult): JobResult {
  const byName = <T>(map: ReadonlyMap<string, T>): Map<string, T> =>
    new Map([...map].sort((a, b) => compareText(a[0], b[0])))
  const views = [...result.views].map(
    ([name, rows]) => [name, [...rows].sort((a, b) => compareBytes(a.key, b.key))] as const,
  )
  return {
    views: byName(new Map(views)),
    outputs: byName(result.outputs),
    late: [...result.late].sort(compareLate),
    dead: [...result.dead].sort(compareDead),
    emitted: byName(result.emitted),
    watermarks: byName(result.watermarks),
  }
}

/** Canonical text of an identity in listings: its bytes in hex. */
export const identityText = (identity: Uint8Array): string => bytesToHex(identity)
