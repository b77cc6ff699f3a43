// Where the keys of many runs are divided, so that the rows of a range fit into memory.
//
// Promises: ranges have about as many rows, and bytes, as the limit says, and one block of each run more at most; rows
// of equal keys are in one range, however many they are.

import { compareBytes } from '../values/bytes.ts'

/** Some consecutive rows of a run. */
export interface Piece {
  readonly firstKey: Uint8Array
  readonly rows: number
  readonly bytes: number
}

export interface RangeLimit {
  readonly rows: number
  readonly bytes: number
}

export const EVERYTHING: RangeLimit = Object.freeze({
  rows: Number.POSITIVE_INFINITY,
  bytes: Number.POSITIVE_INFINITY,
})

/** The keys at which ranges end and the next ones begin, in order. */
export function rangeEnds(pieces: readonly Piece[], limit: RangeLimit): readonly Uint8Array[] {
  const sorted = [...pieces].sort((a, b) => compareBytes(a.firstKey, b.firstKey))
  const ends: Uint8Array[] = []
  let [rows, bytes] = [0, 0]
  let start: Uint8Array | undefined
  for (const piece of sorted) {
    const isFull = rows > 0 && (rows + piece.rows > limit.rows || bytes + piece.bytes > limit.bytes)
    if (isFull && compareBytes(piece.firstKey, start as Uint8Array) > 0) {
      ends.push(piece.firstKey)
      start = piece.firstKey
      rows = 0
      bytes = 0
    }
    start ??= piece.firstKey
    rows += piece.rows
    bytes += piece.bytes
  }
  return ends
}
