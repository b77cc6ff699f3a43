// The two meta pages of lmdb's file: where the trees of the last commit begin.
//
// Promises: damage is told from a commit of another process that happens meanwhile. lmdb takes the meta page with the
// greater transaction; here the pair must be one that it writes, so that a damaged number cannot bring back the commit
// before the last.
// The layout is that of lmdb's MDB_meta and MDB_db (mdb.c), behind a page header of 24 bytes.

import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { corrupt } from '../root.ts'

/** One of the two trees. */
export interface TreeMeta {
  /** Page of its root; null where it is empty. */
  readonly root: number | null
  readonly depth: number
  /** Pages of all kinds: branches, leaves, overflow. */
  readonly pages: number
}

export interface Meta {
  readonly pageSize: number
  readonly transaction: number
  readonly lastPage: number
  readonly free: TreeMeta
  readonly main: TreeMeta
}

const META_BYTES = 168
const MAGIC = 0xbeefc0de
const VERSION = 2
const META_PAGE = 8
/** Keys of the free list are integers; the other flag says that the environment is a file and not a folder. */
const FREE_FLAGS = 0x4008
const DEPTH_MAX = 32

/** The meta page of the last commit. Throws `state-corrupt`. */
export const readMeta = (dir: string, path: string): Meta => readMetas(dir, path)[1]

/** The meta page of a transaction that is pinned; undefined where newer ones have been written over it. */
export function readMetaOf(dir: string, path: string, transaction: number): Meta | undefined {
  return readMetas(dir, path).find(meta => meta?.transaction === transaction)
}

/** The commit before the last, undefined where it is damaged, and the last. */
type Metas = readonly [Meta | undefined, Meta]

function readMetas(dir: string, path: string): Metas {
  const fd = openSync(path, 'r')
  try {
    for (let before = ''; ; ) {
      const pair = readPair(fd)
      const found = pair === undefined ? 'state.mdb is not a file of lmdb' : checkPair(pair, fstatSync(fd).size)
      if (typeof found !== 'string') return found
      // Another process may write a meta page while it is read here.
      const now = pair === undefined ? 'short' : Buffer.concat(pair).toString('latin1')
      if (now === before) throw corrupt(dir, found)
      before = now
    }
  } finally {
    closeSync(fd)
  }
}

/** Bytes of the pages that a commit uses, and of a file that has room for them. */
export const bytesOf = ({ pageSize, lastPage, main, free }: Meta): { used: number; file: number } => ({
  used: (2 + main.pages + free.pages) * pageSize,
  file: (lastPage + 1) * pageSize,
})

type Pair = readonly [Uint8Array, Uint8Array]

function readPair(fd: number): Pair | undefined {
  const first = bytesAt(fd, 0)
  if (first === undefined || word(first, 24) !== MAGIC) return undefined
  const pageSize = word(first, 48)
  if (pageSize < 512 || pageSize > 65536 || (pageSize & (pageSize - 1)) !== 0) return undefined
  const second = bytesAt(fd, pageSize)
  return second === undefined ? undefined : [first, second]
}

function bytesAt(fd: number, at: number): Uint8Array | undefined {
  const bytes = new Uint8Array(META_BYTES)
  return readSync(fd, bytes, 0, META_BYTES, at) === META_BYTES ? bytes : undefined
}

/** The older and the newer meta, or what is wrong. */
function checkPair(pair: Pair, fileBytes: number): Metas | string {
  const pageSize = word(pair[0], 48)
  for (const [slot, bytes] of pair.entries()) {
    const isPage = long(bytes, 0) === slot && long(bytes, 8) === 0
    const head = half(bytes, 16) === 0 && half(bytes, 18) === META_PAGE
    const body = word(bytes, 24) === MAGIC && word(bytes, 28) === VERSION && long(bytes, 32) === 0
    const free = word(bytes, 48) === pageSize && half(bytes, 52) === FREE_FLAGS
    const main = word(bytes, 96) === 0 && half(bytes, 100) === 0
    if (!(isPage && head && body && free && main)) return `meta page ${slot} of state.mdb is damaged`
  }
  const [even, odd] = [long(pair[0], 152), long(pair[1], 152)]
  // Transaction n writes the page n % 2; before the first one both are 0.
  const follow = even % 2 === 0 && odd % 2 === 1 && Math.abs(even - odd) === 1
  if (!follow && (even !== 0 || odd !== 0)) return `the meta pages of state.mdb are of transactions ${even} and ${odd}`
  const [before, last] = even > odd ? [pair[1], pair[0]] : pair
  const [older, newer] = [metaOf(before, pageSize, fileBytes), metaOf(last, pageSize, fileBytes)]
  return typeof newer === 'string' ? newer : [typeof older === 'string' ? undefined : older, newer]
}

function metaOf(bytes: Uint8Array, pageSize: number, fileBytes: number): Meta | string {
  const lastPage = long(bytes, 144)
  const inFile = Math.floor(fileBytes / pageSize)
  // The last pages may be free and never written: few, since they were made and freed in one transaction.
  if (lastPage < 1 || lastPage > 2 * inFile + 64) return `state.mdb has ${inFile} pages; ${lastPage + 1} are in use`
  const [free, main] = [treeOf(bytes, 48, lastPage), treeOf(bytes, 96, lastPage)]
  if (free === undefined || main === undefined) return 'a tree of state.mdb has no root that there can be'
  return { pageSize, transaction: long(bytes, 152), lastPage, free, main }
}

function treeOf(bytes: Uint8Array, at: number, lastPage: number): TreeMeta | undefined {
  const depth = half(bytes, at + 6)
  const pages = long(bytes, at + 8) + long(bytes, at + 16) + long(bytes, at + 24)
  const isEmpty = word(bytes, at + 40) === 0xffffffff && word(bytes, at + 44) === 0xffffffff
  if (isEmpty) return depth === 0 ? { root: null, depth, pages } : undefined
  const root = long(bytes, at + 40)
  if (depth < 1 || depth > DEPTH_MAX || root < 2 || root > lastPage || pages > lastPage) return undefined
  return { root, depth, pages }
}

/** Little-endian numbers. */
export const half = (bytes: Uint8Array, at: number): number => (bytes[at] as number) | ((bytes[at + 1] as number) << 8)
export const word = (bytes: Uint8Array, at: number): number => (half(bytes, at) | (half(bytes, at + 2) << 16)) >>> 0
/** Past 2^53 not exact, and then greater than any number of a page. */
export const long = (bytes: Uint8Array, at: number): number => word(bytes, at) + word(bytes, at + 4) * 2 ** 32
