// Checks the file of a state before lmdb maps it.
//
// Promises: a file that is no lmdb file, or that lacks pages which the last commit uses, is `state-corrupt`; without
// this check lmdb would touch pages past the end of the file, and the system would end the process (SIGBUS).
// Not here: damage inside the pages (the checksums of blocks and documents).

import { spawnSync } from 'node:child_process'
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { corrupt } from './root.ts'

const MAGIC = 0xbeefc0de
const META_BYTES = 160

/** Throws `state-corrupt`. */
export function checkFile(dir: string, path: string): void {
  const fd = openSync(path, 'r')
  try {
    const size = fstatSync(fd).size
    if (size === 0) return
    const first = readMeta(fd, 0)
    if (first === undefined) throw corrupt(dir, 'state.mdb is not a file of lmdb')
    const second = readMeta(fd, first.pageSize)
    if (second === undefined) throw corrupt(dir, 'the second meta page of state.mdb is missing or damaged')
    const newest = first.transaction > second.transaction ? first : second
    const needed = (newest.lastPage + 1) * first.pageSize
    // Whole pages at the end may be unused and never written. That is rare, so the slow check is affordable.
    if (needed > size && (size % first.pageSize > 0 || !isReadable(path))) {
      throw corrupt(dir, `state.mdb is cut short at ${size} bytes; ${needed} are in use`)
    }
  } finally {
    closeSync(fd)
  }
}

/**
 * The meta page at this place of the file, as lmdb 0.9 lays it out (mdb.c, MDB_meta) behind a page header of 24 bytes.
 */
function readMeta(fd: number, at: number): { pageSize: number; lastPage: number; transaction: number } | undefined {
  const bytes = new Uint8Array(META_BYTES)
  if (readSync(fd, bytes, 0, META_BYTES, at) < META_BYTES) return undefined
  const view = new DataView(bytes.buffer)
  if (view.getUint32(24, true) !== MAGIC) return undefined
  const pageSize = view.getUint32(48, true)
  if (pageSize < 512 || pageSize > 65536) return undefined
  return { pageSize, lastPage: number64(view, 144), transaction: number64(view, 152) }
}

const number64 = (view: DataView, at: number): number =>
  view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32

/** Reads every entry in a process of its own, since a missing page ends the process. */
function isReadable(path: string): boolean {
  const program = `
    const { open } = await import(${JSON.stringify(import.meta.resolve('lmdb'))})
    const db = open(process.argv[1], { encoding: 'binary', keyEncoding: 'binary', noSubdir: true, readOnly: true })
    let sum = 0
    for (const { value } of db.getRange()) for (const byte of value) sum += byte
  `
  const options = { stdio: 'ignore', timeout: 600_000 } as const
  return spawnSync(process.execPath, ['--input-type=module', '-e', program, path], options).status === 0
}
