// The only writer of a partition of the embedded log.
//
// Promises: records are written, synced, then published: a reader never sees a record that a crash could take away.
// What was written but not published is cut off by the next writer, or published by `recover` where a state says that
// it was committed. After any failure the writer refuses further work; opening it again recovers. While the mark of
// what is published is in doubt nothing is cut off: only a state's count of the records can settle it here. A writer
// that took over from one that may still live works on new files, so that a late write of the old one has no effect.
// Not here: which records, and when they are published (the callers).

import { type FileHandle, rm } from 'node:fs/promises'
import { closeAll, orClose } from '../../core/close-all.ts'
import { invariant, isLyrebirdError, LyrebirdError } from '../../core/errors.ts'
import type { ProcessLock } from '../../host/process-lock.ts'
import { fileFailure } from '../file-failures.ts'
import { listPartitionFiles } from '../layout.ts'
import { CHUNK_BYTES, SEGMENT_BYTES, WRITE_BATCH_BYTES, WRITE_BATCH_RECORDS_MAX } from '../limits.ts'
import type { LogRecord } from '../log-record.ts'
import { BatchBuilder } from '../record-batch/batch-builder.ts'
import { batchFailure, type Place } from '../record-batch/batch-failure.ts'
import { type LockOptions, lockPartition } from './partition-lock.ts'
import {
  doubtOf,
  type FoundMark,
  missingMark,
  NOTHING_PUBLISHED,
  openPublished,
  type Published,
  readPublished,
  renewPublished,
  writePublished,
} from './published.ts'
import { renewSegment, SegmentFile } from './segment-file.ts'
import { Marks, readSegments, type Segment } from './segment-reader.ts'
import { syncDirectory } from './sync-directory.ts'
import { findWholeEnd } from './whole-end.ts'

export interface WriterOptions extends LockOptions {
  /** A segment is closed once it has this many bytes. Default SEGMENT_BYTES. */
  readonly segmentBytes?: number
  /** Gets each batch as it is written, before anything of it is durable or published. */
  readonly onBatch?: ((batch: WrittenBatch) => void) | undefined
}

/** A batch on its way to the files. */
export interface WrittenBatch {
  /** May be changed once `prepare` has resolved. */
  readonly bytes: Uint8Array
  /** Offset of its first record. */
  readonly start: bigint
  /** Behind its last record. */
  readonly end: bigint
  readonly file: Pick<SegmentFile, 'path' | 'start'>
  /** Where it ends in the file. */
  readonly position: number
}

/** An end that can be published: the offset and its place in the files. */
type Boundary = Omit<Published, 'sequence'>

export class EmbeddedWriter {
  readonly topic: string
  readonly partition: number
  readonly #directory: string
  readonly #segmentBytes: number
  readonly #onBatch: (batch: WrittenBatch) => void
  readonly #lock: ProcessLock
  readonly #builder = new BatchBuilder()
  readonly #pending: Boundary[] = []
  /** Why nobody knows what is published; null where it is known. */
  #doubt: LyrebirdError | null
  #publishedFile: FileHandle | null = null
  #published: Published
  #segment: SegmentFile | null = null
  #next: bigint
  #writing: Promise<void> | null = null
  #failure: unknown = null

  private constructor(
    place: Place,
    directory: string,
    lock: ProcessLock,
    found: FoundMark | LyrebirdError,
    { segmentBytes = SEGMENT_BYTES, onBatch = () => {} }: WriterOptions,
  ) {
    const published = isLyrebirdError(found) ? NOTHING_PUBLISHED : found.published
    this.topic = place.topic
    this.partition = place.partition
    this.#directory = directory
    this.#lock = lock
    this.#doubt = isLyrebirdError(found) ? found : null
    this.#published = published
    this.#next = published.end
    this.#segmentBytes = segmentBytes
    this.#onBatch = onBatch
  }

  /** Takes the partition's lock; call `recover` next. Throws `log-locked`. */
  static async open(place: Place, directory: string, options: WriterOptions = {}): Promise<EmbeddedWriter> {
    const lock = await lockPartition(place, directory, options)
    return await orClose(
      async () => {
        const found = (await readPublished(place, directory).catch(doubtOf)) ?? missingMark(place, directory)
        const writer = new EmbeddedWriter(place, directory, lock, found, options)
        if (!isLyrebirdError(found)) await writer.#takeMark(found.whole)
        return writer
      },
      () => lock.release(),
    )
  }

  /** Exclusive end of what readers may see. */
  get published(): bigint {
    return this.#published.end
  }

  /** Exclusive end of what is written: where the next record goes. */
  get position(): bigint {
    return this.#next
  }

  /**
   * Makes the partition end at `position` exactly (default: at what is published): publishes up to it and cuts off the
   * rest. Throws `bad-crc` where nobody knows what is published, and no position is given or whole records do not end
   * there; `truncated` and others where the records before it are not all there; `state-incompatible` where it lies
   * before what readers have already seen.
   */
  async recover(wanted?: bigint): Promise<void> {
    await this.#guarded(async () => {
      if (this.#doubt !== null) await this.#settle(this.#doubt, wanted)
      const position = wanted ?? this.#published.end
      if (position < this.#published.end) throw this.#olderThanOutput(position)
      const boundary = position === this.#published.end ? this.#published : await this.#findBoundary(position)
      await this.#segment?.close()
      await this.#removeSegmentsPast(boundary)
      if (!this.#lock.proven) await renewSegment(this.#directory, boundary.segmentStart, boundary.segmentBytes)
      const segment = await SegmentFile.open(this.#directory, boundary.segmentStart, boundary.segmentBytes)
      this.#segment = segment
      await segment.truncate()
      await segment.sync()
      await syncDirectory(this.#directory)
      this.#pending.length = 0
      this.#next = position
      if (position > this.#published.end) await this.#publish(boundary, true)
    })
  }

  /** Writes and publishes: durable and visible once this resolves. Returns the offset of the first record. */
  async append(records: Iterable<LogRecord>): Promise<bigint> {
    const first = this.#next
    const end = await this.prepare(records)
    if (end > first) await this.publish(end)
    return first
  }

  /** Writes records and syncs them, without showing them to readers. Returns the position behind them. */
  async prepare(records: Iterable<LogRecord>): Promise<bigint> {
    return await this.#guarded(async () => {
      await this.#checkOwner()
      for (const record of records) {
        // A large record stands alone: a batch is not larger than two, or than its one record.
        const together = this.#builder.bytes + (record.key?.length ?? 0) + (record.value?.length ?? 0)
        if (this.#builder.count > 0 && together > 2 * WRITE_BATCH_BYTES) await this.#writeBatch()
        this.#builder.add(record)
        const full = this.#builder.bytes >= WRITE_BATCH_BYTES || this.#builder.count >= WRITE_BATCH_RECORDS_MAX
        if (full) await this.#writeBatch()
      }
      if (this.#builder.count > 0) await this.#writeBatch()
      await this.#written()
      const { start, bytes } = this.#open()
      if (this.#next > (this.#pending.at(-1)?.end ?? this.#published.end)) {
        await this.#open().sync()
        this.#pending.push({ end: this.#next, segmentStart: start, segmentBytes: bytes })
      }
      return this.#next
    })
  }

  /**
   * Shows readers everything before a position that `prepare` returned. With `durable: false` the system chooses when
   * the published end reaches the disk; safe only where a state holds the position too. Throws `stale-owner` where
   * another process took over.
   */
  async publish(position: bigint, options: { readonly durable?: boolean } = {}): Promise<void> {
    if (position === this.#published.end) return
    await this.#guarded(async () => {
      const index = this.#pending.findIndex(boundary => boundary.end === position)
      const boundary = this.#pending[index]
      invariant(boundary !== undefined, `${this.topic}/${this.partition}: ${position} is no prepared position`)
      await this.#publish(boundary, options.durable !== false)
      this.#pending.splice(0, index + 1)
    })
  }

  /** Releases the partition. What was not published stays hidden. */
  async close(): Promise<void> {
    const [segment, file] = [this.#segment, this.#publishedFile]
    this.#segment = null
    this.#publishedFile = null
    await closeAll(
      () => segment?.close(),
      () => file?.close(),
      () => this.#lock.release(),
    )
  }

  async #writeBatch(): Promise<void> {
    const count = BigInt(this.#builder.count)
    const batch = this.#builder.finish(this.#next)
    await this.#written()
    let segment = this.#open()
    if (segment.bytes >= this.#segmentBytes) {
      // A closed segment holds nothing but its records, so that its end is the start of the next.
      await segment.truncate()
      await segment.sync()
      await segment.close()
      segment = await SegmentFile.open(this.#directory, this.#next, 0)
      this.#segment = segment
      await segment.truncate()
      await syncDirectory(this.#directory)
    }
    const start = this.#next
    this.#onBatch({ bytes: batch, start, end: start + count, file: segment, position: segment.bytes + batch.length })
    this.#writing = segment.write(batch)
    // Who waits for it learns of a failure.
    this.#writing.catch(() => {})
    this.#next = start + count
  }

  /** Waits for the batch on its way to the file: the next one is made meanwhile. */
  async #written(): Promise<void> {
    const writing = this.#writing
    this.#writing = null
    await writing
  }

  /** Opens the file of the mark, and puts a new one in its place where the old one is not whole or not only ours. */
  async #takeMark(whole: boolean): Promise<void> {
    if (!(whole && this.#lock.proven)) await renewPublished(this.#directory, this.#published)
    this.#publishedFile = await openPublished(this.#directory)
  }

  /** Settles a mark in doubt by the records that a state counts, which must be all that there are. */
  async #settle(doubt: LyrebirdError, position: bigint | undefined): Promise<void> {
    if (position === undefined) throw doubt
    const { end, segmentStart, segmentBytes } = await findWholeEnd(this, this.#directory)
    if (end !== position) throw this.#notCounted(position, end, doubt)
    this.#published = { end, segmentStart, segmentBytes, sequence: 0n }
    await this.#takeMark(false)
    this.#doubt = null
  }

  async #publish(boundary: Boundary, durable: boolean): Promise<void> {
    const file = this.#publishedFile
    invariant(file !== null, `${this.topic}/${this.partition} is published before it was recovered`)
    await this.#checkOwner()
    const { end, segmentStart, segmentBytes } = boundary
    const published = { end, segmentStart, segmentBytes, sequence: this.#published.sequence + 1n }
    await writePublished(file, published)
    if (durable) await file.datasync()
    // One that took over in between has read the mark without this write.
    await this.#checkOwner()
    this.#published = published
  }

  /** Checks the unpublished records up to `position` and finds where they end. */
  async #findBoundary(position: bigint): Promise<Boundary> {
    const { end, segmentStart, segmentBytes } = this.#published
    const { files } = await listPartitionFiles(this.topic, this.partition, this.#directory)
    const segments: Segment[] = files
      .filter(file => file.start >= segmentStart && file.start < position)
      .map(({ path, start }) => ({ path, start, bytesLimit: null }))
    const marks = new Marks()
    const current = segments.find(segment => segment.start === segmentStart)
    if (current !== undefined) marks.add(current.path, { offset: end, position: segmentBytes })
    const range = { from: end, to: position, gapless: true, chunkBytes: CHUNK_BYTES }
    for await (const chunk of readSegments(this, segments, range, marks))
      invariant(chunk.nextOffset <= position, 'past the end')
    const last = segments.at(-1)
    const mark = last === undefined ? null : marks.before(last, position)
    if (last !== undefined && mark?.offset === position) {
      return { end: position, segmentStart: last.start, segmentBytes: mark.position }
    }
    throw batchFailure('bad-batch', this, { from: position }, 'the position of the state lies inside a record batch')
  }

  async #removeSegmentsPast(boundary: Boundary): Promise<void> {
    const { files } = await listPartitionFiles(this.topic, this.partition, this.#directory)
    for (const file of files) if (file.start > boundary.segmentStart) await rm(file.path)
  }

  /** A process that has lost its lock would overwrite what the other one has published. */
  async #checkOwner(): Promise<void> {
    if (!(await this.#lock.isHeld())) {
      throw new LyrebirdError('stale-owner', `${this.topic}/${this.partition} was taken over by another process`, {
        where: { topic: this.topic, partition: this.partition },
        hint: 'nothing of this write is visible; the other process goes on',
      })
    }
  }

  #open(): SegmentFile {
    invariant(this.#segment !== null, `${this.topic}/${this.partition} is written before it was recovered`)
    return this.#segment
  }

  #olderThanOutput(position: bigint): LyrebirdError {
    const message = `${this.topic}/${this.partition}: the state holds position ${position}, but readers have seen up to ${this.#published.end}`
    return new LyrebirdError('state-incompatible', message, {
      where: {
        topic: this.topic,
        partition: this.partition,
        position: String(position),
        published: String(this.#published.end),
      },
      hint: 'the state is older than its outputs (restored from a copy?); recompute into a new state directory',
    })
  }

  #notCounted(position: bigint, end: bigint, doubt: LyrebirdError): LyrebirdError {
    const { topic, partition } = this
    const message = `${doubt.message}; the state counts records up to ${position}, and whole ones end at ${end}`
    return new LyrebirdError('bad-crc', message, {
      where: { topic, partition, position: String(position), end: String(end) },
      hint: `nothing was cut off; put ${this.#directory} aside, or compute the state anew into another directory`,
    })
  }

  /** After a failure the file's tail is unknown, so every later call fails too. */
  async #guarded<T>(action: () => Promise<T>): Promise<T> {
    if (this.#failure !== null) throw this.#failure
    try {
      return await action()
    } catch (e) {
      this.#failure = fileFailure(this.#directory, e)
      throw this.#failure
    }
  }
}
