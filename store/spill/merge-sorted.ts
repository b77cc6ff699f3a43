// Merges many sorted sequences of rows with a binary heap.
//
// Promises: all rows are returned, of equal keys the one of the earlier source first; a row is valid as long as its
// source promises.
// Separate from runs/run-merge.ts, which merges a handful of runs by parts of blocks, without an object for a row, and
// drops what a newer run hides: here nothing is dropped, and spilled files may be many, so that a heap pays.

import type { Row } from '../../core/state/rows.ts'
import { compareBytes } from '../../core/values/bytes.ts'

export function* mergeSorted(sources: readonly Iterator<Row>[]): Generator<Row> {
  const heap: { row: Row; source: number }[] = []
  for (let source = 0; source < sources.length; source++) {
    const first = (sources[source] as Iterator<Row>).next()
    if (!first.done) heap.push({ row: first.value, source })
  }
  for (let i = heap.length >>> 1; i >= 0; i--) sink(heap, i)
  while (heap.length > 0) {
    const top = heap[0] as { row: Row; source: number }
    yield top.row
    const next = (sources[top.source] as Iterator<Row>).next()
    if (!next.done) top.row = next.value
    else {
      const last = heap.pop() as { row: Row; source: number }
      if (heap.length > 0) heap[0] = last
    }
    sink(heap, 0)
  }
}

function sink(heap: { row: Row; source: number }[], from: number): void {
  let at = from
  for (;;) {
    let least = at
    for (const child of [2 * at + 1, 2 * at + 2])
      if (child < heap.length && comesFirst(heap, child, least)) least = child
    if (least === at) return
    const moved = heap[at] as { row: Row; source: number }
    heap[at] = heap[least] as { row: Row; source: number }
    heap[least] = moved
    at = least
  }
}

function comesFirst(heap: { row: Row; source: number }[], a: number, b: number): boolean {
  const x = heap[a] as { row: Row; source: number }
  const y = heap[b] as { row: Row; source: number }
  return (compareBytes(x.row[0], y.row[0]) || x.source - y.source) < 0
}
