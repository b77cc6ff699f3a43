// The bytes of an archive file, plain or gzip, filled into buffers that the reader gives.
//
// Promises: a file that has changed since it was first seen is `input-changed`; a cut-off gzip file is `truncated`, a
// damaged one `bad-crc`.
// Not here: which file, and how far (`archive-partition.ts`).

import { createReadStream, fstatSync, type Stats } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import { LyrebirdError } from '../../core/errors.ts'
import { fileFailure } from '../file-failures.ts'
import { GZIP_READ_BYTES } from '../limits.ts'
import type { Place } from '../record-batch/batch-failure.ts'

/** What identifies the content of a file that must not change. */
export interface FileVersion {
  readonly bytes: number
  readonly modifiedMs: number
  readonly inode: number
}

export interface ByteSource {
  /** Fills target[at..] as far as there are bytes; less than asked for means the end. */
  fill(target: Buffer, at: number): Promise<number>
  close(): Promise<void>
}

export const versionOf = (stats: Stats): FileVersion => ({
  bytes: stats.size,
  modifiedMs: stats.mtimeMs,
  inode: stats.ino,
})

export const sameVersion = (a: FileVersion, b: FileVersion): boolean =>
  a.bytes === b.bytes && a.modifiedMs === b.modifiedMs && a.inode === b.inode

interface SourceFile extends Place {
  readonly path: string
  readonly version: FileVersion
}

/** Opens a plain file at a byte position. */
export async function openPlain(file: SourceFile, position: number): Promise<ByteSource> {
  const handle = await openFile(file)
  let at = position
  return {
    async fill(target, start) {
      let filled = start
      while (filled < target.length) {
        const { bytesRead } = await handle.read(target, filled, target.length - filled, at)
        if (bytesRead === 0) break
        filled += bytesRead
        at += bytesRead
      }
      if (filled < target.length && at !== file.version.bytes) throw inputChanged(file)
      checkVersion(handle, file)
      return filled - start
    },
    close: () => handle.close(),
  }
}

/** Opens a gzip file at its start; it is unpacked as it is read. */
export async function openGzip(file: SourceFile): Promise<ByteSource> {
  const handle = await openFile(file)
  const raw = createReadStream(file.path, { fd: handle, highWaterMark: GZIP_READ_BYTES, autoClose: false })
  const unpacked = createGunzip({ chunkSize: GZIP_READ_BYTES })
  raw.on('error', e => unpacked.destroy(e))
  const parts = raw.pipe(unpacked)[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  let part: Buffer = Buffer.alloc(0)
  return {
    async fill(target, start) {
      let filled = start
      while (filled < target.length) {
        if (part.length === 0) {
          const next = await parts.next().catch(e => {
            throw gzipFailure(file, e)
          })
          if (next.done === true) break
          part = next.value
        }
        const taken = part.copy(target, filled)
        part = part.subarray(taken)
        filled += taken
      }
      checkVersion(handle, file)
      return filled - start
    },
    async close() {
      raw.destroy()
      unpacked.destroy()
      await handle.close()
    },
  }
}

async function openFile(file: SourceFile): Promise<FileHandle> {
  try {
    return await open(file.path, 'r')
  } catch (e) {
    if ((e as { code?: unknown }).code === 'ENOENT') throw inputChanged(file)
    throw fileFailure(file.path, e)
  }
}

/** Synchronous: a trip to another thread for each read costs more than the read. */
function checkVersion(handle: FileHandle, file: SourceFile): void {
  if (!sameVersion(versionOf(fstatSync(handle.fd)), file.version)) throw inputChanged(file)
}

export function inputChanged({ topic, partition, path }: Place & { readonly path: string }): LyrebirdError {
  return new LyrebirdError('input-changed', `${topic}/${partition}: ${path} has changed since it was first seen`, {
    where: { topic, partition, path },
    hint: 'archive files are complete once they are there; put new records into a new file',
  })
}

function gzipFailure(file: SourceFile, cause: unknown): LyrebirdError {
  const { topic, partition, path } = file
  const cut = (cause as { code?: unknown }).code === 'Z_BUF_ERROR'
  const what = cut ? 'is cut off' : `cannot be unpacked (${(cause as Error).message})`
  return new LyrebirdError(cut ? 'truncated' : 'bad-crc', `${topic}/${partition}: ${path} ${what}`, {
    where: { topic, partition, path },
    hint: 'restore the file from a copy',
    cause,
  })
}
