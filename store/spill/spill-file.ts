// A temporary file for what does not fit in memory: bytes are appended, and read back any number of times.
//
// Promises: the file has no name once it is open (POSIX), so that a killed process leaves nothing behind. Whoever reads
// it from beginning to end learns whether the disk gave back what was written.
// Not here: what the bytes mean, and typed errors of the disk (the users, which know what had no room).

import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { invariant, LyrebirdError } from '../../core/errors.ts'
import { makeFolder } from '../../host/folders.ts'

/** An open file: whoever has this owns it. Threads of a process share it. */
interface OpenFile {
  readonly fd: number
  readonly path: string
  readonly directory: string
}

export class SpillFile {
  /** For whoever closes the file in place of this. */
  readonly file: OpenFile
  #length = 0
  /** CRC-32 of everything that was appended. */
  #checksum = 0

  /** A new file, or one that another one has left to this. */
  constructor(file: string | OpenFile) {
    this.file = typeof file === 'string' ? newFile(file) : file
  }

  /** Bytes so far. */
  get length(): number {
    return this.#length
  }

  append(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) at += writeSync(this.file.fd, bytes, at, bytes.length - at)
    this.#length += bytes.length
    this.#checksum = crc32(bytes, this.#checksum)
  }

  /** Fills `into` with the bytes from `position` on. */
  read(into: Uint8Array, position: number): void {
    for (let at = 0; at < into.length; ) {
      const read = readSync(this.file.fd, into, at, into.length - at, position + at)
      invariant(read > 0, 'a temporary file became shorter')
      at += read
    }
  }

  /** Throws `disk-failed` unless this is the CRC-32 of the whole file as it was written. */
  check(checksum: number): void {
    if (checksum !== this.#checksum) throw this.failure()
  }

  /** That the disk did not give back what was written. */
  failure(): LyrebirdError {
    const { directory } = this.file
    return new LyrebirdError(
      'disk-failed',
      `a temporary file in ${directory} gave back other bytes than were written`,
      {
        where: { directory },
        hint: 'nothing of this run was committed; check the disk, or name another: TMPDIR=/some/dir lyrebird ...',
      },
    )
  }

  close(): void {
    closeSync(this.file.fd)
    rmSync(this.file.path, { force: true })
  }
}

function newFile(directory: string): OpenFile {
  makeFolder(directory)
  const path = join(directory, `lyrebird-spill-${randomUUID()}.tmp`)
  const fd = openSync(path, 'wx+', 0o600)
  if (process.platform !== 'win32') rmSync(path, { force: true })
  return { fd, path, directory }
}
