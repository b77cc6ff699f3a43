// Checks the pages of lmdb's file before lmdb follows them.
//
// lmdb trusts every byte of its file: a damaged one may end the process with a signal, or bring back rows of an older
// commit. So the branches, the leaves of the documents and, for a writer, the list of free pages are checked when a
// state is opened, about one page of a hundred; each other leaf before the first of its blocks is read or deleted.
// Promises: what lmdb reads has passed `page.ts`, or the failure is `state-corrupt`. A page is read for this once.
// Not here: what lies in values, which has checksums of its own (runs/block.ts, root.ts), and pages that this process
// has written itself.

import { corrupt } from '../root.ts'
import { Bits } from './bits.ts'
import { readFreeList } from './free-list.ts'
import type { Meta } from './meta.ts'
import { Nodes, overflowPages, pagesFor } from './page.ts'
import { PageFile } from './page-file.ts'
import type { PageList } from './page-list.ts'
import { leavesOf, rootTransaction, type TreeWalk } from './page-tree.ts'

/**
 * Leaves beside those of deleted blocks that lmdb may touch: it merges a leaf that is nearly empty with one beside it.
 */
const BESIDE = 8
/** First byte of the key of a block (lmdb.ts), and its length. */
const BLOCK = 3
const BLOCK_KEY_BYTES = 11

export class PageGuard {
  /** Of the commit that was checked. */
  readonly transaction: number
  readonly #dir: string
  readonly #file: PageFile
  readonly #meta: Meta
  readonly #nodes: Nodes
  readonly #leaves: PageList
  readonly #checked: Uint8Array
  /** Pages that are known to be used, and those that are free: one bit each. */
  readonly #used: Bits
  readonly #free: Bits
  /** By run: one bit for each block whose leaf has been checked. */
  readonly #blocks = new Map<number, Bits>()
  #lastRun = -1
  #lastBlocks = new Bits(0)
  /** Runs from here on were written by this process. */
  #ownRuns = Number.POSITIVE_INFINITY

  /** Checks a commit, which a read transaction must pin meanwhile. Throws `state-corrupt`. */
  constructor(dir: string, path: string, meta: Meta, use: 'read' | 'write') {
    this.#dir = dir
    this.#meta = meta
    this.#file = new PageFile(path, meta.pageSize)
    this.#nodes = new Nodes(meta.pageSize)
    try {
      const { lastPage, main, transaction } = meta
      this.transaction = transaction
      this.#used = new Bits(lastPage + 1)
      this.#free = new Bits(lastPage + 1)
      const walk = this.#walk()
      // Each of our commits writes the root record.
      if (main.root !== null && rootTransaction(main, walk) !== transaction) {
        throw this.#damaged(main.root, 'it is of another transaction than the meta page')
      }
      this.#leaves = leavesOf(main, walk)
      this.#checked = new Uint8Array(this.#leaves.length)
      this.#ensure(0, this.#leaves.find(blockKeyOf(0, 0)) + 1)
      if (use === 'write') {
        this.#ensure(this.#leaves.length - BESIDE, this.#leaves.length)
        this.#checkFree(walk)
      }
    } catch (e) {
      this.#file.close()
      throw e
    }
  }

  /** Runs from this number on are written by this process itself. */
  ownRunsFrom(run: number): void {
    this.#ownRuns = run
  }

  /** To be called before a block is read. Throws `state-corrupt`. */
  block(run: number, ordinal: number): void {
    if (run >= this.#ownRuns || this.#blocks.get(run)?.has(ordinal) === true) return
    const leaf = this.#leaves.find(blockKeyOf(run, ordinal))
    this.#ensure(leaf, leaf + 1)
  }

  /** To be called before the blocks of a run are deleted. Throws `state-corrupt`. */
  run(run: number, blocks: number): void {
    const first = this.#leaves.find(blockKeyOf(run, 0))
    const last = this.#leaves.find(blockKeyOf(run, blocks))
    this.#ensure(first - BESIDE, last + BESIDE + 1)
  }

  close(): void {
    this.#file.close()
  }

  #walk(): TreeWalk {
    return {
      file: this.#file,
      nodes: this.#nodes,
      lastPage: this.#meta.lastPage,
      newest: this.transaction,
      damaged: (page, why) => this.#damaged(page, why),
      use: page => this.#used.add(page),
    }
  }

  /** Checks from <= leaf < to, as far as there are leaves. */
  #ensure(from: number, to: number): void {
    for (let leaf = Math.max(0, from); leaf < Math.min(to, this.#leaves.length); leaf++) {
      if (this.#checked[leaf] === 1) continue
      this.#checkLeaf(leaf)
      this.#checked[leaf] = 1
    }
  }

  #checkLeaf(leaf: number): void {
    const number = this.#leaves.page(leaf)
    const page = this.#file.page(number)
    if (page === undefined) throw this.#damaged(number, 'the file ends before it')
    const nodes = this.#nodes
    if (!nodes.read(page, { kind: 'leaf', number, newest: this.transaction })) {
      throw this.#damaged(number, 'it is no leaf of its tree')
    }
    const { keyStart, keyEnd, count } = nodes
    // Keys rise, so that the first and the last one say it of all.
    for (const i of [0, count - 1]) {
      if (!this.#leaves.isWithin(leaf, page, keyStart[i] as number, keyEnd[i] as number)) {
        throw this.#damaged(number, 'its keys do not belong there')
      }
    }
    for (let i = 0; i < count; i++) {
      const start = keyStart[i] as number
      if (page[start] === BLOCK && (keyEnd[i] as number) - start === BLOCK_KEY_BYTES) this.#noteBlock(page, start)
    }
    for (let i = 0; i < count; i++) if ((nodes.page[i] as number) > 0) this.#checkBig(i)
  }

  #noteBlock(page: Uint8Array, at: number): void {
    const run = half16(page, at + 1) * 2 ** 32 + word32(page, at + 3)
    if (run !== this.#lastRun) {
      this.#lastRun = run
      this.#lastBlocks = this.#blocks.get(run) ?? new Bits(1024)
      this.#blocks.set(run, this.#lastBlocks)
    }
    this.#lastBlocks.add(word32(page, at + 7))
  }

  /** A value in pages of its own, of the leaf that was read last. */
  #checkBig(node: number): void {
    const { lastPage } = this.#meta
    const first = this.#nodes.page[node] as number
    const wanted = pagesFor(this.#nodes.valueLength[node] as number, this.#file.pageSize)
    const end = first + wanted
    const page = first >= 2 && end - 1 <= lastPage ? this.#file.page(first) : undefined
    const pages = page === undefined ? 0 : overflowPages(page, first, this.transaction)
    if (pages !== wanted || this.#nodes.pages[node] !== wanted) throw this.#damaged(first, 'it is no big value')
    if (end * this.#file.pageSize > this.#file.size) throw this.#damaged(first, 'the file ends before its end')
    for (let number = first; number < end; number++) {
      if (this.#free.has(number)) throw this.#damaged(number, 'it is used and counts as free')
      if (!this.#used.add(number)) throw this.#damaged(number, 'it is used twice')
    }
  }

  #checkFree(walk: TreeWalk): void {
    const { lastPage, free, main } = this.#meta
    let count = 0
    readFreeList(this.#meta, walk, (first, pages) => {
      if (first < 2 || first + pages - 1 > lastPage) throw this.#damaged(first, 'it counts as free and is not there')
      // lmdb skips a page that is listed twice.
      for (let number = first; number < first + pages; number++) if (this.#free.add(number)) count++
    })
    for (let number = 2; number <= lastPage; number++) {
      if (this.#free.has(number) && this.#used.has(number)) throw this.#damaged(number, 'it is used and counts as free')
    }
    if (2 + free.pages + main.pages + count > lastPage + 1)
      throw corrupt(this.#dir, 'state.mdb has more pages than it counts')
  }

  #damaged(page: number, why: string): Error {
    return corrupt(this.#dir, `page ${page} of state.mdb: ${why}`)
  }
}

/** Big-endian, as in keys. */
const half16 = (bytes: Uint8Array, at: number): number => ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
const word32 = (bytes: Uint8Array, at: number): number => half16(bytes, at) * 65536 + half16(bytes, at + 2)

const scratch = new Uint8Array(BLOCK_KEY_BYTES)
const scratchView = new DataView(scratch.buffer)
scratch[0] = BLOCK

function blockKeyOf(run: number, ordinal: number): Uint8Array {
  scratchView.setUint16(1, Math.floor(run / 2 ** 32))
  scratchView.setUint32(3, run >>> 0)
  scratchView.setUint32(7, ordinal)
  return scratch
}
