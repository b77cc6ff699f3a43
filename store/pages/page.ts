// One page of a tree of lmdb: its header, and where its nodes lie.
//
// Promises: a page that passes has nothing that points outside it: each node lies in the page, the nodes fill what is
// used exactly, and keys rise. lmdb itself checks none of that and reads wherever the bytes point.
// The layout is that of lmdb's MDB_page and MDB_node (mdb.c).

import { compareRanges } from '../../core/values/bytes.ts'
import { half, long, word } from './meta.ts'

export type KeyOrder = typeof compareRanges

/** What a page must be. */
interface Expected {
  readonly kind: 'branch' | 'leaf'
  readonly number: number
  /** The transaction of the commit: none of its pages is of a later one. */
  readonly newest: number
  /** Order of the keys. Default: byte by byte. */
  readonly order?: KeyOrder
}

const HEADER_BYTES = 24
const NODE_BYTES = 8
const BRANCH = 1
const LEAF = 2
const OVERFLOW = 4
/** Flag of a node whose value lies in pages of its own; it then has the first one, its transaction, and how many. */
const BIG = 1
const BIG_BYTES = 24

/** The nodes of the page that was read last, by their index. One object for many pages, since there are many. */
export class Nodes {
  count = 0
  /** Where a key lies in its page. A value begins where the key ends. */
  readonly keyStart: Uint32Array
  readonly keyEnd: Uint32Array
  /** Of a leaf. */
  readonly valueLength: Float64Array
  /** Of a branch: the page below. Of a leaf: the first page of a big value, or 0. */
  readonly page: Float64Array
  /** How many pages a big value says that it has. */
  readonly pages: Float64Array

  constructor(pageSize: number) {
    const most = pageSize / 2
    this.keyStart = new Uint32Array(most)
    this.keyEnd = new Uint32Array(most)
    this.valueLength = new Float64Array(most)
    this.page = new Float64Array(most)
    this.pages = new Float64Array(most)
  }

  /** False where the page is damaged. */
  read(page: Uint8Array, { kind, number, newest, order = compareRanges }: Expected): boolean {
    this.count = 0
    const isBranch = kind === 'branch'
    if (!isHead(page, isBranch ? BRANCH : LEAF, number, newest)) return false
    const [lower, upper, room] = [half(page, 20), half(page, 22), page.length - HEADER_BYTES]
    if (lower % 2 !== 0 || lower > upper || upper > room || lower === 0) return false
    let bytes = 0
    for (let i = 0; i < lower / 2; i++) {
      const start = half(page, HEADER_BYTES + 2 * i)
      if (start < upper || start + NODE_BYTES > room || start % 2 !== 0) return false
      const end = this.#readNode(page, HEADER_BYTES + start, i, isBranch)
      if (end > page.length) return false
      bytes += even(end - HEADER_BYTES - start)
      // The first key of a branch means nothing.
      if (i > (isBranch ? 1 : 0) && this.#compare(page, i - 1, i, order) >= 0) return false
    }
    this.count = lower / 2
    return bytes === room - upper
  }

  /** Where the node ends. */
  #readNode(page: Uint8Array, at: number, i: number, isBranch: boolean): number {
    const keyStart = at + NODE_BYTES
    const keyEnd = keyStart + half(page, at + 6)
    const flags = half(page, at + 4)
    this.keyStart[i] = keyStart
    this.keyEnd[i] = keyEnd
    if (isBranch) {
      this.page[i] = word(page, at) + flags * 2 ** 32
      return keyEnd
    }
    const length = word(page, at)
    this.valueLength[i] = length
    this.page[i] = 0
    if (flags === 0) return keyEnd + length
    // Any other flag is none that we use.
    if (flags !== BIG || keyEnd + BIG_BYTES > page.length) return Number.POSITIVE_INFINITY
    this.page[i] = long(page, keyEnd)
    this.pages[i] = long(page, keyEnd + 16)
    return keyEnd + BIG_BYTES
  }

  #compare(page: Uint8Array, a: number, b: number, order: KeyOrder): number {
    const { keyStart, keyEnd } = this
    return order(page, keyStart[a] as number, keyEnd[a] as number, page, keyStart[b] as number, keyEnd[b] as number)
  }
}

/** The number of pages that a big value takes, from the header of its first one; undefined where it is damaged. */
export function overflowPages(page: Uint8Array, number: number, newest: number): number | undefined {
  return isHead(page, OVERFLOW, number, newest) ? word(page, 20) : undefined
}

/** The number of pages that a big value of so many bytes needs. */
export const pagesFor = (bytes: number, pageSize: number): number =>
  Math.floor((HEADER_BYTES - 1 + bytes) / pageSize) + 1

/** Bytes before a big value in its first page. */
export const OVERFLOW_HEADER_BYTES = HEADER_BYTES

/** The transaction that wrote a page. */
export const transactionOf = (page: Uint8Array): number => long(page, 8)

/** lmdb takes a page of a later transaction for one that it is writing, and looks for it in memory. */
const isHead = (page: Uint8Array, kind: number, number: number, newest: number): boolean =>
  long(page, 0) === number && transactionOf(page) <= newest && half(page, 16) === 0 && half(page, 18) === kind

const even = (n: number): number => n + (n % 2)
