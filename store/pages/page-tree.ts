// Walks the branches of a tree of lmdb, from its root to the numbers of its leaves.
//
// Promises: every page on the way is checked and met once, the tree is as deep everywhere as its meta page says, and
// the keys of each page lie between those beside its number above.
// Not here: the leaves themselves.

import { compareRanges } from '../../core/values/bytes.ts'
import type { TreeMeta } from './meta.ts'
import { type KeyOrder, type Nodes, transactionOf } from './page.ts'
import type { PageFile } from './page-file.ts'
import { PageList } from './page-list.ts'

export interface TreeWalk {
  readonly file: PageFile
  /** For the page that is read. */
  readonly nodes: Nodes
  readonly lastPage: number
  /** The transaction of the commit. */
  readonly newest: number
  readonly order?: KeyOrder
  /** Throws what the failure is. */
  readonly damaged: (page: number, why: string) => Error
  /** Notes a page as used; false where it was used already. */
  readonly use: (page: number) => boolean
}

const FIRST = new Uint8Array(0)

/** The leaves in order. */
export function leavesOf(tree: TreeMeta, walk: TreeWalk): PageList {
  let level = new PageList()
  if (tree.root === null) return level
  level.add(tree.root, FIRST, 0, 0)
  if (!walk.use(tree.root)) throw walk.damaged(tree.root, 'it is used twice')
  for (let depth = tree.depth; depth > 1; depth--) {
    const below = new PageList()
    for (let i = 0; i < level.length; i++) addChildren(below, level, i, walk)
    level = below
  }
  return level
}

/** The transaction that wrote the root. */
export function rootTransaction(tree: TreeMeta, { file, damaged }: TreeWalk): number {
  const page = tree.root === null ? undefined : file.page(tree.root)
  if (page === undefined) throw damaged(tree.root ?? 0, 'the file ends before it')
  return transactionOf(page)
}

function addChildren(below: PageList, level: PageList, index: number, walk: TreeWalk): void {
  const { file, nodes, newest, order = compareRanges } = walk
  const number = level.page(index)
  const page = file.page(number)
  if (page === undefined) throw walk.damaged(number, 'the file ends before it')
  if (!nodes.read(page, { kind: 'branch', number, newest, order })) {
    throw walk.damaged(number, 'it is no branch of its tree')
  }
  for (let i = 0; i < nodes.count; i++) {
    const child = nodes.page[i] as number
    if (child < 2 || child > walk.lastPage) throw walk.damaged(number, 'it leads to a page that is not there')
    if (!walk.use(child)) throw walk.damaged(child, 'it is used twice')
    const [start, end] = [nodes.keyStart[i] as number, nodes.keyEnd[i] as number]
    // Keys rise, so that the first and the last one say it of all.
    const isEdge = i === 1 || i === nodes.count - 1
    if (i === 0) below.addFirst(child, level, index)
    else if (isEdge && !level.isWithin(index, page, start, end, order)) {
      throw walk.damaged(number, 'its keys do not belong there')
    } else below.add(child, page, start, end)
  }
}
