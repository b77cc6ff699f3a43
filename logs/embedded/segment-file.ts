// The segment that a writer fills: writes at a known place, syncs, and cuts off what was never published.
//
// Promises: a failure of the disk is typed; a short write is never taken for a whole one.

import { constants } from 'node:fs'
import { copyFile, type FileHandle, open, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { LyrebirdError } from '../../core/errors.ts'
import { fileFailure } from '../file-failures.ts'

export class SegmentFile {
  readonly start: bigint
  readonly path: string
  readonly #handle: FileHandle
  #bytes: number

  private constructor(start: bigint, path: string, handle: FileHandle, bytes: number) {
    this.start = start
    this.path = path
    this.#handle = handle
    this.#bytes = bytes
  }

  /**
   * Opens or makes the segment that starts at an offset; the next write goes to byte `bytes`. Throws `truncated` where
   * the file has fewer.
   */
  static async open(directory: string, start: bigint, bytes: number): Promise<SegmentFile> {
    const path = join(directory, segmentName(start))
    const flags = constants.O_RDWR | constants.O_NOFOLLOW | (bytes === 0 ? constants.O_CREAT : 0)
    const handle = await open(path, flags, 0o644).catch(e => {
      throw (e as { code?: unknown }).code === 'ENOENT' ? truncated(path, 'is gone', bytes) : fileFailure(path, e)
    })
    const { size } = await handle.stat().catch(async e => {
      await handle.close()
      throw fileFailure(path, e)
    })
    if (size >= bytes) return new SegmentFile(start, path, handle, bytes)
    await handle.close()
    throw truncated(path, `has ${size} bytes`, bytes)
  }

  get bytes(): number {
    return this.#bytes
  }

  async write(bytes: Uint8Array): Promise<void> {
    try {
      for (let written = 0; written < bytes.length; ) {
        const left = bytes.length - written
        const { bytesWritten } = await this.#handle.write(bytes, written, left, this.#bytes + written)
        written += bytesWritten
      }
    } catch (e) {
      throw fileFailure(this.path, e)
    }
    this.#bytes += bytes.length
  }

  async sync(): Promise<void> {
    try {
      await this.#handle.datasync()
    } catch (e) {
      throw fileFailure(this.path, e)
    }
  }

  /** Cuts off everything behind what was written through this object. */
  async truncate(): Promise<void> {
    try {
      await this.#handle.truncate(this.#bytes)
    } catch (e) {
      throw fileFailure(this.path, e)
    }
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}

/**
 * Puts a copy of a segment's first bytes in its place, durable on return: a process that still has the old file open
 * writes where nobody reads.
 */
export async function renewSegment(directory: string, start: bigint, bytes: number): Promise<void> {
  const path = join(directory, segmentName(start))
  const making = join(directory, `.${segmentName(start)}-new`)
  try {
    await copyFile(path, making)
    const handle = await open(making, 'r+')
    try {
      await handle.truncate(bytes)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(making, path)
  } catch (e) {
    // A segment that nothing was published of may not be there yet.
    if (!((e as { code?: unknown }).code === 'ENOENT' && bytes === 0)) throw fileFailure(path, e)
  }
}

function truncated(path: string, what: string, bytes: number): LyrebirdError {
  return new LyrebirdError('truncated', `${path} ${what}, but ${bytes} bytes were published`, {
    where: { path },
    hint: 'restore the file from a copy',
  })
}

/** Kafka's name of a segment: its first offset in 20 digits. */
const segmentName = (start: bigint): string => `${String(start).padStart(20, '0')}.log`
