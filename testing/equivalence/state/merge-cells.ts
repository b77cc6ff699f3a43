// Compares two sorted sequences of rows, cell by cell, without keeping either.
//
// Promises: rows that only one side has differ from none; the text of a row is made only where it differs.

import { compareBytes } from '../../../core/values/bytes.ts'
import { type ComparedPart, type PartDifference, SHOWN_DIFFERENCES } from './comparison.ts'

/** A row: sorted by `order`, equal where `exact` is. */
export interface Cell {
  readonly order: Uint8Array
  readonly exact: Uint8Array
  /** Of the state: what it was is not known. */
  readonly unknown?: boolean
  readonly at: () => string
  readonly shown: () => string
}

export interface MergedCells extends Pick<ComparedPart, 'differing' | 'differences'> {
  /** Rows of the state that were compared, and those that could not be. */
  readonly rows: number
  readonly unknown: number
}

/** Both are sorted, no `order` twice. */
export function mergeCells(state: Iterable<Cell>, again: Iterable<Cell>): MergedCells {
  const [a, b] = [state[Symbol.iterator](), again[Symbol.iterator]()]
  let [left, right] = [a.next(), b.next()]
  let [rows, unknown, differing] = [0, 0, 0]
  const differences: PartDifference[] = []
  const differ = (one: Cell | null, other: Cell | null): void => {
    if (++differing > SHOWN_DIFFERENCES) return
    const [text, otherText] = [one?.shown() ?? 'absent', other?.shown() ?? 'absent']
    differences.push({ at: ((one ?? other) as Cell).at(), state: text, again: otherText })
  }
  while (left.done !== true || right.done !== true) {
    const order = left.done === true ? 1 : right.done === true ? -1 : compareBytes(left.value.order, right.value.order)
    const [one, other] = [order <= 0 ? left.value : null, order >= 0 ? right.value : null]
    if (one?.unknown === true) unknown++
    else {
      if (one !== null) rows++
      if (one === null || other === null || compareBytes(one.exact, other.exact) !== 0) differ(one, other)
    }
    if (order <= 0) left = a.next()
    if (order >= 0) right = b.next()
  }
  return { rows, unknown, differing, differences }
}
