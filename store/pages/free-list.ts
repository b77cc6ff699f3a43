// The list of free pages of lmdb's file: which pages the next commits may overwrite.
//
// Promises: no page that is listed is in use. A damaged list would make the next commit overwrite rows.
// The form of a record is that of lmdb-js: the number of entries, then numbers of pages, each after minus the number of
// pages that follow each other where there are several, and zeros, which mean nothing.

import type { Meta } from './meta.ts'
import { type KeyOrder, OVERFLOW_HEADER_BYTES, overflowPages, pagesFor } from './page.ts'
import type { PageList } from './page-list.ts'
import { leavesOf, type TreeWalk } from './page-tree.ts'

/** Numbers of transactions; what is none counts as equal, and equal keys as damage. */
const byNumber: KeyOrder = (a, aStart, aEnd, b, bStart, bEnd) => {
  if (aEnd - aStart !== 8 || bEnd - bStart !== 8) return 0
  const [x, y] = [wide(a, aStart), wide(b, bStart)]
  return x < y ? -1 : x > y ? 1 : 0
}

/** Calls `free` with each range of free pages. Throws what `walk.damaged` gives. */
export function readFreeList(meta: Meta, walk: TreeWalk, free: (page: number, count: number) => void): void {
  const ordered: TreeWalk = { ...walk, order: byNumber }
  const leaves = leavesOf(meta.free, ordered)
  for (let i = 0; i < leaves.length; i++) {
    for (const record of recordsOf(leaves, i, meta, ordered)) {
      if (!addEntries(record, free)) throw walk.damaged(leaves.page(i), 'its list of free pages cannot be read')
    }
  }
}

function recordsOf(leaves: PageList, index: number, meta: Meta, walk: TreeWalk): readonly Uint8Array[] {
  const number = leaves.page(index)
  const { file, nodes, newest } = walk
  const page = file.page(number)?.slice()
  if (page === undefined || !nodes.read(page, { kind: 'leaf', number, newest, order: byNumber })) {
    throw walk.damaged(number, 'it is no leaf of the free list')
  }
  return Array.from({ length: nodes.count }, (_, i) => {
    const [start, end, length] = [nodes.keyStart[i], nodes.keyEnd[i], nodes.valueLength[i]] as [number, number, number]
    const isKey = end - start === 8 && wide(page, start) <= BigInt(meta.transaction)
    if (!isKey || length < 8 || length % 8 !== 0 || !leaves.isWithin(index, page, start, end, byNumber)) {
      throw walk.damaged(number, 'a record of the free list is none')
    }
    const [first, pages] = [nodes.page[i] as number, nodes.pages[i] as number]
    return first === 0 ? page.subarray(end, end + length) : bigRecord(first, pages, length, walk)
  })
}

function bigRecord(
  first: number,
  pages: number,
  length: number,
  { file, lastPage, newest, use, damaged }: TreeWalk,
): Uint8Array {
  const page = first >= 2 && first <= lastPage ? file.page(first) : undefined
  // A record that became smaller keeps its pages.
  const fits = pages >= pagesFor(length, file.pageSize) && first + pages - 1 <= lastPage
  if (page === undefined || !fits || overflowPages(page, first, newest) !== pages) {
    throw damaged(first, 'it is no big record')
  }
  for (let i = 0; i < pages; i++) {
    if (!use(first + i)) throw damaged(first + i, 'it is used twice')
  }
  const value = file.bytes(first * file.pageSize + OVERFLOW_HEADER_BYTES, length)
  if (value === undefined) throw damaged(first, 'the file ends before its end')
  return value
}

/** False where an entry is none. */
function addEntries(record: Uint8Array, free: (page: number, count: number) => void): boolean {
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
  const entry = (i: number): number => Number(view.getBigInt64(8 * i, true))
  const count = entry(0)
  if (count < 0 || count > record.length / 8 - 1) return false
  for (let i = 1; i <= count; i++) {
    const value = entry(i)
    if (value === 0) continue
    if (value > 0) free(value, 1)
    else if (i < count && entry(i + 1) > 0) free(entry(++i), -value)
    else return false
  }
  return true
}

const wide = (bytes: Uint8Array, at: number): bigint =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getBigUint64(at, true)
