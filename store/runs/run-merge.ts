// Merges the runs of a table: of rows with the same key, the one of the newest run counts.
//
// Promises: sorted, no key twice, one pass.
// Not here: which runs, and what a deleted row means (the callers).
// Separate from spill/merge-sorted.ts, which keeps all rows and has many sources: a table has few runs, so that
// comparing all of them is cheaper than a heap, and comparing parts of blocks in place makes no object for a row that
// is only rewritten or hidden.

import type { Row } from '../../core/state/rows.ts'
import { compareRanges } from '../../core/values/bytes.ts'

import type { BlockSource, RunCursor, SortedRun } from './sorted-run.ts'

/** Walks the merged rows; `runs` come newest first. After `next()` returned true, `top` is at the row. */
export class RunMerge {
  top: RunCursor
  /** Cursors that are at a row, newest first. */
  readonly #live: RunCursor[] = []

  #started = false

  constructor(runs: readonly SortedRun[], from?: Uint8Array, source?: BlockSource) {
    for (const run of runs) {
      const cursor = run.cursor(from, source)
      if (cursor.next()) this.#live.push(cursor)
    }
    this.top = this.#live[0] as RunCursor
  }

  next(): boolean {
    if (this.#started) this.#step()
    this.#started = true
    const live = this.#live
    if (live.length === 0) return false
    let least = live[0] as RunCursor
    for (let i = 1; i < live.length; i++) {
      const cursor = live[i] as RunCursor
      if (compareKeys(cursor, least) < 0) least = cursor
    }
    this.top = least
    return true
  }

  /** Moves every cursor past the key of the current row. */
  #step(): void {
    const live = this.#live
    const top = this.top
    let kept = 0
    for (let i = 0; i < live.length; i++) {
      const cursor = live[i] as RunCursor
      const same = cursor !== top && compareKeys(cursor, top) === 0
      if (cursor === top) live[kept++] = cursor
      else if (!same || cursor.next()) live[kept++] = cursor
    }
    live.length = kept
    if (!top.next()) live.splice(live.indexOf(top), 1)
  }
}

/** Rows with from <= key < to that are not deleted. */
export function* mergedRows(
  runs: readonly SortedRun[],
  from?: Uint8Array,
  to?: Uint8Array,
  source?: BlockSource,
): Generator<Row> {
  const merge = new RunMerge(runs, from, source)
  while (merge.next()) {
    const { block, keyStart, keyEnd, valueStart, valueEnd } = merge.top
    if (to !== undefined && compareRanges(block, keyStart, keyEnd, to, 0, to.length) >= 0) return
    if (valueEnd >= 0) yield [block.subarray(keyStart, keyEnd), block.subarray(valueStart, valueEnd)]
  }
}

const compareKeys = (a: RunCursor, b: RunCursor): number =>
  compareRanges(a.block, a.keyStart, a.keyEnd, b.block, b.keyStart, b.keyEnd)
