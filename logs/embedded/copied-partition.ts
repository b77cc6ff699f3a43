// A partition whose segments were copied from a broker.
//
// Promises: gaps inside and between segments are normal; a cut-off tail of the newest segment is not read; the log ends
// at the first transaction that is still open; records of aborted ones are left out, found by the markers in the
// segments themselves. The broker's checkpoints beside the directory count: nothing before its log start, nothing from
// its high watermark on.
// Index files are not read, since they cannot be trusted.

import { open } from 'node:fs/promises'
import type { Chunk } from '../../core/log/chunk.ts'
import { fileFailure } from '../file-failures.ts'
import { listPartitionFiles, type PartitionFile } from '../layout.ts'
import { CHUNK_BYTES } from '../limits.ts'
import type { ReadOptions } from '../log.ts'
import { pastEnd, rangeLost } from '../log-failures.ts'
import { NO_FILES, type OffsetRange, type PartitionSource } from '../partition-source.ts'
import { AbortedFilter } from '../record-batch/aborted-transactions.ts'
import { batchFailure, type Place } from '../record-batch/batch-failure.ts'
import { batchBytesAt, HEADER_BYTES, lastOffsetOf, viewOf } from '../record-batch/batch-header.ts'
import { checkHead, wholeBatches } from '../record-batch/batch-ranges.ts'
import { checkpointOf } from './broker-checkpoints.ts'
import { Marks, readBytes, readSegments, type Segment } from './segment-reader.ts'
import { TransactionIndex } from './transaction-index.ts'

/** How far the heads of the batches have been read. */
interface IndexedTo {
  path: string
  bytes: number
}

interface Indexed {
  readonly files: readonly PartitionFile[]
  readonly start: bigint
  /** The last stable offset, or the high watermark where that is less. */
  readonly end: bigint
}

export class CopiedPartition implements PartitionSource {
  readonly kind = 'segments'
  readonly #place: Place
  readonly #directory: string
  readonly #brokerDirectory: string
  readonly #marks = new Marks()
  readonly #transactions = new TransactionIndex()
  #indexed: IndexedTo | null = null
  #end: bigint | null = null
  #indexing: Promise<Indexed> = Promise.resolve({ files: [], start: 0n, end: 0n })

  /** `brokerDirectory`: where the broker's checkpoints are. */
  constructor(place: Place, directory: string, brokerDirectory: string) {
    this.#place = place
    this.#directory = directory
    this.#brokerDirectory = brokerDirectory
  }

  async range(): Promise<OffsetRange> {
    const { files, start, end } = await this.#index()
    return files.length === 0 ? NO_FILES : { start, end }
  }

  async *read(from: bigint, to: bigint, options: ReadOptions): AsyncIterable<Chunk> {
    if (from >= to) return
    const { topic, partition } = this.#place
    const { files, start, end } = await this.#index()
    if (from < start) throw rangeLost(topic, partition, from, start)
    if (to > end) throw pastEnd(topic, partition, to, end)
    const segments: Segment[] = files.map(({ path, start: first }) => ({ path, start: first, bytesLimit: null }))
    const aborted = new AbortedFilter(this.#transactions.abortedFrom(from))
    const range = { from, to, gapless: false, aborted, chunkBytes: options.chunkBytes ?? CHUNK_BYTES }
    yield* readSegments(this.#place, segments, range, this.#marks)
  }

  /**
   * One walk at a time, since each continues where the last one ended; a failure stays, since it ended in the middle.
   */
  #index(): Promise<Indexed> {
    this.#indexing = this.#indexing.then(() => this.#indexOn())
    return this.#indexing
  }

  /** Reads the heads of all batches that are new since the last walk. */
  async #indexOn(): Promise<Indexed> {
    const { files } = await listPartitionFiles(this.#place.topic, this.#place.partition, this.#directory)
    const known = files.findIndex(file => file.path === this.#indexed?.path)
    for (let i = Math.max(known, 0); i < files.length; i++) {
      const file = files[i] as PartitionFile
      if (this.#end === null || file.start > this.#end) this.#end = file.start
      await this.#indexFile(file, files[i + 1] ?? null)
    }
    return { files, ...(await this.#limited(files[0]?.start ?? 0n, this.#transactions.stableEnd(this.#end ?? 0n))) }
  }

  /** The range that the broker's checkpoints leave. */
  async #limited(first: bigint, stableEnd: bigint): Promise<{ start: bigint; end: bigint }> {
    const logStart = (await checkpointOf(this.#brokerDirectory, 'logStart', this.#place)) ?? first
    const highWatermark = (await checkpointOf(this.#brokerDirectory, 'highWatermark', this.#place)) ?? stableEnd
    const start = logStart > first ? logStart : first
    const end = highWatermark < stableEnd ? highWatermark : stableEnd
    if (end < start) return { start, end: start }
    return { start, end }
  }

  async #indexFile(file: PartitionFile, following: PartitionFile | null): Promise<void> {
    const handle = await open(file.path, 'r').catch(e => {
      throw fileFailure(file.path, e)
    })
    try {
      const { size } = await handle.stat()
      let position = this.#indexed?.path === file.path ? this.#indexed.bytes : 0
      for (let wanted = CHUNK_BYTES; position < size; ) {
        const bytes = await readBytes(handle, position, Math.min(wanted, size - position), this.#place)
        const used = this.#indexBytes(bytes)
        position += used
        if (used > 0) wanted = CHUNK_BYTES
        else {
          wanted = this.#batchBytes(bytes)
          if (position + wanted <= size) continue
          if (following === null) break
          const span = { from: this.#end ?? file.start, to: following.start }
          throw batchFailure('truncated', this.#place, span, `${file.path} ends inside a record batch`)
        }
      }
      this.#indexed = { path: file.path, bytes: position }
    } finally {
      await handle.close()
    }
  }

  #indexBytes(bytes: Uint8Array): number {
    let used = 0
    for (const header of wholeBatches(bytes, this.#place)) {
      this.#transactions.add(bytes, header, this.#place)
      this.#end = lastOffsetOf(header) + 1n
      used = header.end
    }
    return used
  }

  #batchBytes(bytes: Uint8Array): number {
    if (bytes.length < HEADER_BYTES) return HEADER_BYTES
    checkHead(viewOf(bytes), 0, this.#place)
    return batchBytesAt(viewOf(bytes), 0)
  }
}
