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
  const ends: Uint8Array[] = []
  let [rows, bytes] = [0, 0]
  for (const piece of byKey(pieces)) {
    if (rows > 0 && (rows + piece.rows > limit.rows || bytes + piece.bytes > limit.bytes)) {
      ends.push(piece.firstKey)
      rows = 0
      bytes = 0
    }
    rows += piece.rows
    bytes += piece.bytes
  }
  return ends
}

/** In the order of their keys, those of one key as one. */
function byKey(pieces: readonly Piece[]): readonly Piece[] {
  const whole: Piece[] = []
  for (const piece of [...pieces].sort((a, b) => compareBytes(a.firstKey, b.firstKey))) {
    const last = whole.at(-1)
    if (last === undefined || compareBytes(last.firstKey, piece.firstKey) !== 0) whole.push(piece)
    else whole[whole.length - 1] = { ...last, rows: last.rows + piece.rows, bytes: last.bytes + piece.bytes }
  }
  return whole
}
