// Makes the file of a new state.
//
// Promises: the file appears whole or not at all, so that an empty one is a damaged one: a state that lost all its
// bytes must not begin anew in silence.
// The content is what lmdb makes of a new file: two meta pages of transaction 0, with empty trees (mdb.c, MDB_meta).

import { randomUUID } from 'node:crypto'
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

const PAGE_BYTES = 4096

/** Throws what the file system throws. */
export function makeStateFile(dir: string, path: string): void {
  const fresh = `${path}.${randomUUID()}.new`
  try {
    writeFileSync(fresh, emptyPages(), { flush: true })
    renameSync(fresh, path)
  } finally {
    rmSync(fresh, { force: true })
  }
  for (const name of [dir, dirname(dir)]) syncFolder(name)
}

function emptyPages(): Uint8Array {
  const view = new DataView(new ArrayBuffer(2 * PAGE_BYTES))
  for (const page of [0, 1]) {
    const at = page * PAGE_BYTES
    view.setUint32(at, page, true)
    view.setUint16(at + 18, 8, true) // a meta page
    view.setUint32(at + 24, 0xbeefc0de, true) // magic
    view.setUint32(at + 28, 2, true) // version
    view.setUint32(at + 40, 1 << 20, true) // size of the map
    view.setUint32(at + 48, PAGE_BYTES, true)
    view.setUint16(at + 52, 0x4008, true) // flags of the free list and of the environment
    for (const tree of [48, 96]) view.setBigInt64(at + tree + 40, -1n, true) // no root
    view.setUint32(at + 144, 1, true) // last page
  }
  return new Uint8Array(view.buffer)
}

function syncFolder(name: string): void {
  const fd = openSync(name, 'r')
  try {
    fsyncSync(fd)
  } finally {
    closeSync(fd)
  }
}
