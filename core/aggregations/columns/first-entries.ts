// The k first entries in some order: what `topK` and `sample` keep of a group.
//
// Promises: an entry that enters costs O(log k) steps, one that does not one comparison; memory for k entries.
// A list is a binary heap with the last of its entries on top (Williams, "Algorithm 232: Heapsort", 1964). A list that
// is sorted from last to first is such a heap, so that it may be sorted in place whenever it is read.

/** Below 0 where `a` comes before `b`. Never 0 for two entries of one list. */
type EntryOrder<E> = (a: E, b: E) => number

/** Adds an entry; of more than k the last one is forgotten. */
export function keepFirst<E>(heap: E[], k: number, entry: E, order: EntryOrder<E>): void {
  if (heap.length < k) siftUp(heap, entry, order)
  else if (k > 0 && order(entry, heap[0] as E) < 0) siftDown(heap, entry, order)
}

/** All entries, from first to last. */
export function firstToLast<E>(heap: E[], order: EntryOrder<E>): E[] {
  heap.sort((a, b) => order(b, a))
  return heap.toReversed()
}

function siftUp<E>(heap: E[], entry: E, order: EntryOrder<E>): void {
  let at = heap.length
  heap.push(entry)
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (order(heap[parent] as E, entry) > 0) break
    heap[at] = heap[parent] as E
    at = parent
  }
  heap[at] = entry
}

/** Puts the entry in place of the one on top. */
function siftDown<E>(heap: E[], entry: E, order: EntryOrder<E>): void {
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && order(heap[child + 1] as E, heap[child] as E) > 0) child++
    if (order(heap[child] as E, entry) < 0) break
    heap[at] = heap[child] as E
    at = child
  }
  heap[at] = entry
}
