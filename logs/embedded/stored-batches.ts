// The record batches of a partition of an embedded log as they are stored, for those who send them on.
//
// Promises: exactly the records from <= offset < to, in order; a batch that begins before is made anew without the
// records before; the checksum of each one that was read has been checked. Reading goes on where it ended the last
// time. Batches that were written a moment ago are kept in memory, within a limit, and are not read at all.
// Not here: which offsets are published (the callers read no others).

import { type FileHandle, open, rm } from 'node:fs/promises'
import { crc32c } from '@node-rs/crc32'
import { fileFailure } from '../file-failures.ts'
import { listPartitionFiles, type PartitionFile } from '../layout.ts'
import { SEEK_BYTES } from '../limits.ts'
import { BatchBuilder } from '../record-batch/batch-builder.ts'
import { batchFailure, type Place } from '../record-batch/batch-failure.ts'
import { ATTRIBUTES_AT, HEADER_BYTES, lastOffsetOf, readBatchHeader, viewOf } from '../record-batch/batch-header.ts'
import { decodeBatches } from '../record-batch/decode.ts'
import type { WrittenBatch } from './embedded-writer.ts'

interface StoredBatch {
  /** The caller's own. */
  readonly bytes: Uint8Array
  /** Behind its last record. */
  readonly end: bigint
}

/** A place in the files where a batch begins. */
interface Cursor {
  readonly file: Pick<PartitionFile, 'path' | 'start'>
  readonly position: number
  readonly offset: bigint
}

export class StoredBatches {
  readonly #place: Place
  readonly #directory: string
  readonly #keptBytesMax: number
  #cursor: Cursor | null = null
  /** Written and not read yet: one behind the other, with nothing between them. */
  #kept: WrittenBatch[] = []
  #keptBytes = 0

  constructor(place: Place, directory: string, keptBytesMax = 0) {
    this.#place = place
    this.#directory = directory
    this.#keptBytesMax = keptBytesMax
  }

  /** Takes a batch that is just being written. Where they become too many, all of them are read from the files. */
  keep(batch: WrittenBatch): void {
    const last = this.#kept.at(-1)
    const fits = this.#keptBytes + batch.bytes.length <= this.#keptBytesMax
    if (!fits || (last !== undefined && last.end !== batch.start)) this.#forget()
    if (batch.bytes.length > this.#keptBytesMax) return
    this.#kept.push(batch)
    this.#keptBytes += batch.bytes.length
  }

  async *read(from: bigint, to: bigint): AsyncGenerator<StoredBatch> {
    let next = from
    while (next < to) {
      const kept = this.#takeKept(next, to)
      if (kept !== null) {
        const { bytes, end, file, position } = kept
        next = end
        this.#cursor = { file, position, offset: end }
        yield { bytes, end }
        continue
      }
      const [before, remembered] = [next, this.#cursor?.offset === next]
      const cursor = await this.#cursorAt(next)
      const handle = await open(cursor.file.path, 'r').catch(error => {
        throw fileFailure(cursor.file.path, error)
      })
      try {
        for await (const { batch, position } of this.#batches(handle, cursor, next, to)) {
          next = batch.end
          this.#cursor = { file: cursor.file, position, offset: next }
          yield batch
          if (this.#kept[0]?.start === next) break
        }
      } finally {
        await handle.close()
      }
      if (next === to || this.#kept[0]?.start === next) continue
      // The file has no more; what was remembered may have been its end.
      this.#cursor = null
      if (next === before && !remembered) throw this.#missing(next, to)
    }
  }

  /** Deletes the files that have no record from an offset on, but the last one. */
  async deleteBefore(offset: bigint): Promise<void> {
    const files = await this.#files()
    for (const [i, file] of files.entries()) {
      const next = files[i + 1]
      if (next === undefined || next.start > offset) return
      await rm(file.path, { force: true })
    }
  }

  /** The kept batch that begins at an offset, which nobody keeps any longer. */
  #takeKept(offset: bigint, to: bigint): WrittenBatch | null {
    while (this.#kept[0] !== undefined && this.#kept[0].end <= offset) this.#shift()
    const first = this.#kept[0]
    return first?.start === offset && first.end <= to ? this.#shift() : null
  }

  #shift(): WrittenBatch {
    const first = this.#kept.shift() as WrittenBatch
    this.#keptBytes -= first.bytes.length
    return first
  }

  #forget(): void {
    this.#kept = []
    this.#keptBytes = 0
  }

  async #files(): Promise<readonly PartitionFile[]> {
    const { topic, partition } = this.#place
    return (await listPartitionFiles(topic, partition, this.#directory)).files
  }

  async #cursorAt(offset: bigint): Promise<Cursor> {
    if (this.#cursor?.offset === offset) return this.#cursor
    const file = (await this.#files()).findLast(({ start }) => start <= offset)
    if (file === undefined) throw this.#missing(offset, offset)
    return { file, position: 0, offset: file.start }
  }

  /** The batches of a file from the cursor on that have records from <= offset < to, and where the next one begins. */
  async *#batches(handle: FileHandle, { position, offset }: Cursor, from: bigint, to: bigint) {
    let [at, next] = [position, offset]
    let buffer = new Uint8Array(SEEK_BYTES)
    let [filled, start] = [0, at]
    while (next < to) {
      const inBuffer = at - start
      const head = filled - inBuffer
      const wanted = head < HEADER_BYTES ? HEADER_BYTES : readBatchHeader(viewOf(buffer), inBuffer).end - inBuffer
      if (head < wanted) {
        // The next batch is read from its beginning on, into room for all of it.
        if (wanted > buffer.length) buffer = new Uint8Array(wanted)
        start = at
        filled = (await handle.read(buffer, 0, buffer.length, at)).bytesRead
        if (filled < wanted && (filled < HEADER_BYTES || wanted > HEADER_BYTES)) return
        continue
      }
      const bytes = buffer.slice(inBuffer, inBuffer + wanted)
      const header = readBatchHeader(viewOf(bytes), 0)
      if (header.count <= 0 || header.baseOffset !== next) return
      next = lastOffsetOf(header) + 1n
      at += wanted
      if (next <= from) continue
      this.#check(bytes, header.crc, header.baseOffset)
      const batch = header.baseOffset < from ? this.#behind(bytes, from, next) : bytes
      yield { batch: { bytes: batch, end: next }, position: at }
    }
  }

  #check(bytes: Uint8Array, crc: number, offset: bigint): void {
    if (crc32c(bytes.subarray(ATTRIBUTES_AT)) === crc) return
    throw batchFailure('bad-crc', this.#place, { from: offset }, 'the checksum of a batch is wrong')
  }

  /** The batch without its records before an offset. */
  #behind(bytes: Uint8Array, from: bigint, end: bigint): Uint8Array {
    const builder = new BatchBuilder()
    const { chunks } = decodeBatches(bytes, { ...this.#place, from, to: end })
    for (const chunk of chunks) {
      for (let i = 0; i < chunk.count; i++) {
        const part = (starts: Int32Array | null, ends: Int32Array | null): Uint8Array | null => {
          const at = starts?.[i] ?? -1
          return at < 0 ? null : chunk.bytes.slice(at, ends?.[i])
        }
        builder.add({
          timestamp: chunk.timestamps?.[i] ?? -1,
          key: part(chunk.keyStart, chunk.keyEnd),
          value: part(chunk.valueStart, chunk.valueEnd),
          headers: chunk.headers(i),
        })
      }
    }
    return builder.finish(from)
  }

  #missing(from: bigint, to: bigint): Error {
    return batchFailure('truncated', this.#place, { from, to }, 'records that the state counts are not in its outbox')
  }
}
