// A partition stored as NDJSON files, laid out as Kafka Connect's S3 sink does: offset = START of the file + line
// number.
//
// Promises: a file that ends before the next one starts is `log-gap`, unless such gaps are declared
// (`archive-settings.ts`), one that goes on past it `log-overlap`; a file that changes once it has been seen is
// `input-changed`. Lines are counted once for each file and open log, and only where an end is asked for.
// Not here: what a line is (`line-reader.ts`).

import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { LyrebirdError } from '../../core/errors.ts'
import type { Chunk } from '../../core/log/chunk.ts'
import { listPartitionFiles, type PartitionFile } from '../layout.ts'
import { CHUNK_BYTES, SEEK_BYTES } from '../limits.ts'
import { OPEN_END, type RangeOptions, type ReadOptions } from '../log.ts'
import { pastEnd, rangeLost } from '../log-failures.ts'
import { NO_FILES, type OffsetRange, type PartitionSource } from '../partition-source.ts'
import { batchFailure, type Place } from '../record-batch/batch-failure.ts'
import { readSettings, settingsPath } from './archive-settings.ts'
import { type FileVersion, inputChanged, openGzip, openPlain, sameVersion, versionOf } from './byte-source.ts'
import { LineBuffers } from './line-buffers.ts'
import { chunkOfLines, dropByteOrderMark, NO_LINES, readLines } from './line-reader.ts'

/** A file, and what is known of its lines. */
interface ArchiveFile extends PartitionFile {
  readonly version: FileVersion
  /** Exclusive end; null until the lines have been counted. */
  end: bigint | null
  /** Some offsets and where their lines begin, ascending; plain files only. */
  readonly marks: { readonly offset: bigint; readonly position: number }[]
}

export class ArchivePartition implements PartitionSource {
  readonly kind = 'archive'
  readonly #place: Place
  readonly #directory: string
  #files: ArchiveFile[] = []

  constructor(place: Place, directory: string) {
    this.#place = place
    this.#directory = directory
  }

  async range({ open = false }: RangeOptions = {}): Promise<OffsetRange> {
    const files = await this.#list()
    const first = files[0]
    const last = files.at(-1)
    if (first === undefined || last === undefined) return NO_FILES
    if (open && last.end === null && last.version.bytes > 0) {
      const bytes = last.version.bytes * (last.gz ? UNPACKED : 1)
      const about = Number(last.start - first.start) + Math.ceil(bytes / LINE_BYTES)
      return { start: first.start, end: OPEN_END, about }
    }
    return { start: first.start, end: last.end ?? (await this.#count(last)) }
  }

  async *read(from: bigint, to: bigint, options: ReadOptions): AsyncIterable<Chunk> {
    if (from >= to) return
    const { topic, partition } = this.#place
    const files = this.#holds(to) ? this.#files : await this.#list()
    let index = files.findLastIndex(file => file.start <= from)
    if (index < 0) throw rangeLost(topic, partition, from, files[0]?.start ?? to)
    for (let next = from; next < to; index++) {
      const file = files[index]
      if (file === undefined && to === OPEN_END) return
      if (file === undefined) throw pastEnd(topic, partition, to, next)
      const following = files[index + 1] ?? null
      next = yield* this.#readFile(file, following, next, to, options)
      // A declared gap has no line that would bring the reader to its end.
      if (next >= to && file.end !== null && file.end < to) yield chunkOfLines(this.#place, NO_LINES, 0, 0, to)
    }
  }

  /** Whether files that are known hold everything below an offset. One that has changed is found when it is opened. */
  #holds(to: bigint): boolean {
    const last = this.#files.at(-1)
    return last !== undefined && last.end !== null && to <= last.end
  }

  /** Reads the lines of one file with from <= offset < to; returns the offset to go on with. */
  async *#readFile(
    file: ArchiveFile,
    following: ArchiveFile | null,
    from: bigint,
    to: bigint,
    { chunkBytes = CHUNK_BYTES, kernel }: ReadOptions,
  ): AsyncGenerator<Chunk, bigint> {
    const mark = file.marks.findLast(m => m.offset <= from) ?? { offset: file.start, position: 0 }
    const source = await this.#open(file, mark.position).catch(error => this.#explain(error, file, from))
    let { offset, position } = mark
    const buffers = new LineBuffers(kernel ?? null)
    try {
      const wanted = offset < from ? Math.max(chunkBytes, SEEK_BYTES) : chunkBytes
      const bytes = roomFor(file, position, wanted)
      for await (const lines of readLines(source, this.#place, offset, bytes, buffers)) {
        if (position === 0) dropByteOrderMark(lines)
        const end = offset + BigInt(lines.count)
        if (following !== null && end > following.start) throw this.#overlap(file, following)
        if (end > from) {
          const first = from > offset ? Number(from - offset) : 0
          const last = to < end ? Number(to - offset) : lines.count
          yield chunkOfLines(this.#place, lines, first, last, offset + BigInt(first))
        } else lines.release()
        offset = end
        position += lines.bytesUsed
        this.#mark(file, offset, position)
        // Where the next file starts at `to`, this one is read to its end, to check that it does not go on past that
        // offset.
        if (offset >= to && to !== following?.start) return to
      }
    } finally {
      buffers.end()
      await source.close()
    }
    file.end = offset
    // A read that began past the last line of its file has found the gap that follows it.
    return await this.#checkEnd(file, following, offset)
  }

  /** A file that cannot be opened may have been removed, as retention does, since the files were listed. */
  async #explain(error: unknown, file: ArchiveFile, from: bigint): Promise<never> {
    if (existsSync(file.path)) throw error
    const [first] = await this.#list()
    if (first !== undefined && first.start <= from) throw error
    throw rangeLost(this.#place.topic, this.#place.partition, from, first?.start ?? file.end ?? from)
  }

  async #checkEnd(file: ArchiveFile, following: ArchiveFile | null, end: bigint): Promise<bigint> {
    if (following === null || end === following.start) return end
    const path = settingsPath(this.#directory)
    const { gaps } = await readSettings(path)
    const missing = following.start - end
    if (gaps === null || missing <= gaps) return following.start
    const span = { from: end, to: following.start }
    const what = `missing between ${file.path} and ${following.path}`
    const { code, message, where } = batchFailure('log-gap', this.#place, span, what)
    throw new LyrebirdError(code, message, {
      where: { ...where },
      hint: `restore the missing file; or, where the sink leaves out records (markers of transactions, filtered ones), declare it: echo '{"gaps": ${missing}}' > ${path}`,
    })
  }

  #overlap(file: ArchiveFile, following: ArchiveFile): Error {
    const span = { from: following.start }
    return batchFailure('log-overlap', this.#place, span, `${file.path} goes on past the start of ${following.path}`)
  }

  #mark(file: ArchiveFile, offset: bigint, position: number): void {
    const last = file.marks.at(-1)
    if (!file.gz && (last === undefined || offset > last.offset)) file.marks.push({ offset, position })
  }

  async #count(file: ArchiveFile): Promise<bigint> {
    const source = await this.#open(file, 0)
    let offset = file.start
    let position = 0
    try {
      // Two buffers: one is filled while the lines of the other are counted.
      const bytes = roomFor(file, 0, CHUNK_BYTES)
      let [buffer, other] = [Buffer.allocUnsafeSlow(bytes), Buffer.allocUnsafeSlow(bytes)]
      let lastByte = LINE_FEED
      let next = source.fill(buffer, 0)
      for (let filled = buffer.length; filled === buffer.length; ) {
        filled = await next
        const bytes = buffer.subarray(0, filled)
        ;[buffer, other] = [other, buffer]
        if (filled === buffer.length) next = source.fill(buffer, 0)
        next.catch(() => {}) // awaited at the next turn
        let lineStart = -1
        for (let at = bytes.indexOf(LINE_FEED); at >= 0; at = bytes.indexOf(LINE_FEED, at + 1)) {
          offset++
          lineStart = at + 1
        }
        if (lineStart >= 0) this.#mark(file, offset, position + lineStart)
        if (filled > 0) lastByte = bytes[filled - 1] as number
        position += filled
      }
      if (lastByte !== LINE_FEED) offset++
    } finally {
      await source.close()
    }
    file.end = offset
    return offset
  }

  #open(file: ArchiveFile, position: number) {
    const source = { ...this.#place, path: file.path, version: file.version }
    return file.gz ? openGzip(source) : openPlain(source, position)
  }

  /** The files now. Files seen before must be unchanged; new ones may follow the last. */
  async #list(): Promise<readonly ArchiveFile[]> {
    const { topic, partition } = this.#place
    const { files } = await listPartitionFiles(topic, partition, this.#directory)
    const known = new Map(this.#files.map(file => [file.path, file]))
    const listed: ArchiveFile[] = []
    for (const file of files) {
      const before = known.get(file.path)
      const isLast = file === files.at(-1)
      if (before !== undefined && !isLast) {
        listed.push(before)
        continue
      }
      const version = await this.#versionOf(file)
      if (before !== undefined && !sameVersion(version, before.version))
        throw inputChanged({ ...this.#place, path: file.path })
      listed.push(before ?? { ...file, version, end: null, marks: [] })
    }
    this.#files = listed
    return listed
  }

  async #versionOf(file: PartitionFile): Promise<FileVersion> {
    try {
      return versionOf(await stat(file.path))
    } catch {
      throw inputChanged({ ...this.#place, path: file.path })
    }
  }
}

/** Bytes of a read: no more than show where the file ends. Fresh memory costs, also where nothing is put into it. */
const roomFor = ({ gz, version }: ArchiveFile, position: number, wanted: number): number =>
  gz ? wanted : Math.min(wanted, Math.max(0, version.bytes - position) + 1)

const LINE_FEED = 0x0a
/** Of a line, where nobody has counted: for estimates. */
const LINE_BYTES = 200
/** How much larger a gzip file's content is. */
const UNPACKED = 5
