// Sorts keys that lie in one buffer, eight bytes at a time, without a comparator: three-way multikey quicksort on typed
// arrays (Bentley and Sedgewick 1997).
//
// Promises: byte order, a prefix first; equal keys keep their order.
// Separate from core/operators/aggregate/sorted-keys.ts, which can be simpler: there no two keys are equal, and none is
// another one followed by zeros. Rows of a sorter may be both, and may share a million bytes, so that the ends of keys
// are compared here and nothing recurses on the depth of the keys.

/** Keys of rows: key i is the `lengths[i]` bytes of `bytes` from `starts[i]` on. */
interface Keys {
  readonly bytes: Uint8Array
  readonly starts: Uint32Array
  readonly lengths: Uint32Array
  readonly count: number
}

/** Numbers of the keys in sorted order. */
export function sortKeys(keys: Keys): Uint32Array {
  const order = new Uint32Array(keys.count)
  for (let i = 0; i < keys.count; i++) order[i] = i
  const sort: Sort = { keys, order, high: new Uint32Array(keys.count), low: new Uint32Array(keys.count), waiting: [] }
  // A list, not recursion: keys may agree in a million bytes.
  sort.waiting.push({ from: 0, to: keys.count, depth: 0 })
  for (let next = sort.waiting.pop(); next !== undefined; next = sort.waiting.pop()) sortDeeper(sort, next)
  return order
}

interface Sort {
  readonly keys: Keys
  readonly order: Uint32Array
  /** The eight bytes of each key at the current depth, as two words. */
  readonly high: Uint32Array
  readonly low: Uint32Array
  /** Parts that are not yet sorted. */
  readonly waiting: Part[]
}

/** order[from, to), whose keys agree in their first `depth` bytes and are at least that long. */
interface Part {
  readonly from: number
  readonly to: number
  readonly depth: number
}

/** Sorts a part by its next eight bytes; keys that agree in these wait. */
function sortDeeper(sort: Sort, { from, to, depth }: Part): void {
  for (let i = from; i < to; i++) loadWords(sort, i, depth)
  sortByWords(sort, from, to)
  for (let start = from; start < to; ) {
    let end = start + 1
    while (end < to && sort.high[end] === sort.high[start] && sort.low[end] === sort.low[start]) end++
    if (end - start > 1) sortEqual(sort, start, end, depth)
    start = end
  }
}

/** Orders keys with equal words: those that end here by length and then by number, before those that go on. */
function sortEqual(sort: Sort, from: number, to: number, depth: number): void {
  const { order, keys } = sort
  const ended: number[] = []
  let goOn = to
  for (let i = to - 1; i >= from; i--) {
    const row = order[i] as number
    if ((keys.lengths[row] as number) <= depth + 8) ended.push(row)
    else order[--goOn] = row
  }
  const length = (row: number): number => keys.lengths[row] as number
  ended.sort((a, b) => length(a) - length(b) || a - b)
  for (let i = 0; i < ended.length; i++) order[from + i] = ended[i] as number
  if (to - goOn > 1) sort.waiting.push({ from: goOn, to, depth: depth + 8 })
}

function loadWords(sort: Sort, at: number, depth: number): void {
  const { bytes, starts, lengths } = sort.keys
  const row = sort.order[at] as number
  const start = (starts[row] as number) + depth
  const left = (lengths[row] as number) - depth
  let high = 0
  let low = 0
  for (let i = 0; i < 4; i++) high = (high << 8) | (i < left ? (bytes[start + i] as number) : 0)
  for (let i = 4; i < 8; i++) low = (low << 8) | (i < left ? (bytes[start + i] as number) : 0)
  sort.high[at] = high
  sort.low[at] = low
}

/** Quicksort of the words with their numbers; recursion on the smaller side only. */
function sortByWords(sort: Sort, from: number, to: number): void {
  let first = from
  let end = to
  while (end - first > 16) {
    const [less, greater] = partition(sort, first, end)
    if (less - first < end - greater) {
      sortByWords(sort, first, less)
      first = greater
    } else {
      sortByWords(sort, greater, end)
      end = less
    }
  }
  for (let i = first + 1; i < end; i++) {
    for (let j = i; j > first && isLess(sort, j, j - 1); j--) swap(sort, j, j - 1)
  }
}

/** Three-way: [first, less) below the pivot, [less, greater) equal, [greater, end) above. */
function partition(sort: Sort, first: number, end: number): [less: number, greater: number] {
  const { high, low } = sort
  const at = pivotOf(sort, first, end)
  const pivotHigh = high[at] as number
  const pivotLow = low[at] as number
  let less = first
  let greater = end
  for (let i = first; i < greater; ) {
    const difference = (high[i] as number) - pivotHigh || (low[i] as number) - pivotLow
    if (difference < 0) swap(sort, less++, i++)
    else if (difference > 0) swap(sort, i, --greater)
    else i++
  }
  return [less, greater]
}

/** Median of three; of three medians in large parts. */
function pivotOf(sort: Sort, first: number, end: number): number {
  const step = (end - first) >>> 3
  const middle = (first + end) >>> 1
  if (end - first < 256) return median(sort, first, middle, end - 1)
  const a = median(sort, first, first + step, first + 2 * step)
  const b = median(sort, middle - step, middle, middle + step)
  const c = median(sort, end - 1 - 2 * step, end - 1 - step, end - 1)
  return median(sort, a, b, c)
}

function median(sort: Sort, a: number, b: number, c: number): number {
  if (isLess(sort, a, b)) return isLess(sort, b, c) ? b : isLess(sort, a, c) ? c : a
  return isLess(sort, a, c) ? a : isLess(sort, b, c) ? c : b
}

function isLess({ high, low }: Sort, a: number, b: number): boolean {
  const ah = high[a] as number
  const bh = high[b] as number
  return ah < bh || (ah === bh && (low[a] as number) < (low[b] as number))
}

function swap({ high, low, order }: Sort, a: number, b: number): void {
  const h = high[a] as number
  const l = low[a] as number
  const row = order[a] as number
  high[a] = high[b] as number
  low[a] = low[b] as number
  order[a] = order[b] as number
  high[b] = h
  low[b] = l
  order[b] = row
}
