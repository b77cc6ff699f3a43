// A temporary file of sorted rows: written once, read from the start as often as wanted.
//
// Promises: the file has no name any more once it is open (POSIX), so that a killed process leaves nothing behind.
// A row is [key length, 4 bytes][value length, 4 bytes][key][value]. Leaves to `row-sorter.ts`: merging.

import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'
import type { Row, Rows } from '../../core/state/rows.ts'

const BUFFER_BYTES = 1 << 20
let made = 0

export class SpillFile {
  readonly #fd: number
  readonly #path: string
  #length = 0

  /** Throws `disk-full`. */
  constructor(dir: string, rows: Rows) {
    this.#path = join(dir, `lyrebird-sort-${process.pid}-${Date.now().toString(36)}-${made++}.tmp`)
    this.#fd = openSync(this.#path, 'wx+', 0o600)
    if (process.platform !== 'win32') rmSync(this.#path, { force: true })
    try {
      this.#writeAll(rows)
    } catch (e) {
      this.close()
      throw noRoom(e, dir)
    }
  }

  /** The rows, in parts of buffers that are not written again. */
  *rows(): Generator<Row> {
    let buffer: Uint8Array = new Uint8Array(0)
    let view = new DataView(buffer.buffer)
    let at = 0
    let position = 0
    const need = (bytes: number): void => {
      if (at + bytes <= buffer.length) return
      const rest = buffer.subarray(at)
      const wanted = Math.min(Math.max(BUFFER_BYTES, bytes), rest.length + this.#length - position)
      buffer = new Uint8Array(wanted)
      buffer.set(rest)
      position += readFully(this.#fd, buffer.subarray(rest.length), position)
      view = new DataView(buffer.buffer)
      at = 0
    }
    while (at < buffer.length || position < this.#length) {
      need(8)
      const keyEnd = 8 + view.getUint32(at)
      const valueEnd = keyEnd + view.getUint32(at + 4)
      need(valueEnd)
      yield [buffer.subarray(at + 8, at + keyEnd), buffer.subarray(at + keyEnd, at + valueEnd)]
      at += valueEnd
    }
  }

  close(): void {
    closeSync(this.#fd)
    rmSync(this.#path, { force: true })
  }

  #writeAll(rows: Rows): void {
    let buffer = new Uint8Array(BUFFER_BYTES)
    let view = new DataView(buffer.buffer)
    let length = 0
    for (const [key, value] of rows) {
      const size = 8 + key.length + value.length
      if (length + size > buffer.length) {
        this.#write(buffer.subarray(0, length))
        length = 0
        if (size > buffer.length) buffer = new Uint8Array(size)
        view = new DataView(buffer.buffer)
      }
      view.setUint32(length, key.length)
      view.setUint32(length + 4, value.length)
      buffer.set(key, length + 8)
      buffer.set(value, length + 8 + key.length)
      length += size
    }
    this.#write(buffer.subarray(0, length))
  }

  #write(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at, bytes.length - at)
    this.#length += bytes.length
  }
}

function readFully(fd: number, into: Uint8Array, position: number): number {
  let at = 0
  while (at < into.length) {
    const read = readSync(fd, into, at, into.length - at, position + at)
    if (read === 0) throw new Error('lyrebird invariant broken: a temporary file became shorter')
    at += read
  }
  return at
}

function noRoom(e: unknown, dir: string): unknown {
  const code = (e as NodeJS.ErrnoException).code
  if (code !== 'ENOSPC' && code !== 'EDQUOT' && code !== 'EFBIG') return e
  return new LyrebirdError('disk-full', `no room for temporary files in ${dir}`, {
    where: { directory: dir },
    hint: 'make room, or name another directory: TMPDIR=/some/dir lyrebird ...',
    cause: e,
  })
}
