// A partition of the embedded log, read while another process may be writing it.
//
// Promises: never reads past what the writer has published; every offset is there.
// Not here: everything that changes files (`embedded-writer.ts`).

import { dirname } from 'node:path'
import type { Chunk } from '../../core/log/chunk.ts'
import type { RowLayout } from '../../core/log/row-layout.ts'
import { listPartitionFiles } from '../layout.ts'
import { CHUNK_BYTES } from '../limits.ts'
import type { ReadOptions } from '../log.ts'
import { pastEnd, rangeLost } from '../log-failures.ts'
import type { PartitionSource } from '../partition-source.ts'
import type { Place } from '../record-batch/batch-failure.ts'
import { missingMark, type Published, readPublished } from './published.ts'
import { type LayoutRange, layoutsVersion, readLayouts } from './row-layouts.ts'
import { Marks, readSegments, type Segment } from './segment-reader.ts'

export class EmbeddedPartition implements PartitionSource {
  readonly kind = 'segments'
  readonly #place: Place
  readonly #directory: string
  readonly #marks = new Marks()
  #layouts: { readonly version: string | null; readonly ranges: readonly LayoutRange[] } = { version: null, ranges: [] }

  constructor(place: Place, directory: string) {
    this.#place = place
    this.#directory = directory
  }

  async range(): Promise<{ start: bigint; end: bigint }> {
    const published = await this.#published()
    const segments = await publishedSegments(this.#place, this.#directory, published)
    return { start: segments[0]?.start ?? published.end, end: published.end }
  }

  async *read(from: bigint, to: bigint, options: ReadOptions): AsyncIterable<Chunk> {
    if (from >= to) return
    const { topic, partition } = this.#place
    const published = await this.#published()
    if (to > published.end) throw pastEnd(topic, partition, to, published.end)
    const segments = await publishedSegments(this.#place, this.#directory, published)
    const start = segments[0]?.start ?? published.end
    if (from < start) throw rangeLost(topic, partition, from, start)
    const chunkBytes = options.chunkBytes ?? CHUNK_BYTES
    for (const { layout, ...part } of await this.#parts(from, to)) {
      const chunks = readSegments(this.#place, segments, { ...part, gapless: true, chunkBytes }, this.#marks)
      if (layout === null) yield* chunks
      else for await (const chunk of chunks) yield { ...chunk, layout }
    }
  }

  /** The range, divided where the rows of the topic begin to be laid out in another way. */
  async #parts(from: bigint, to: bigint) {
    const { partition } = this.#place
    const parts: { from: bigint; to: bigint; layout: RowLayout | null }[] = []
    let part: (typeof parts)[number] = { from, to, layout: null }
    for (const range of await this.#ranges()) {
      const start = range.from[partition] ?? 0n
      if (start >= to) break
      if (start > part.from) {
        parts.push({ ...part, to: start })
        part = { ...part, from: start }
      }
      part = { ...part, layout: range.layout }
    }
    return [...parts, part]
  }

  /** Layouts of one version of their file are the same objects at each read: decoders compare them by identity. */
  async #ranges(): Promise<readonly LayoutRange[]> {
    const { topic } = this.#place
    const log = dirname(dirname(this.#directory))
    const version = await layoutsVersion(log, topic)
    if (version === this.#layouts.version) return this.#layouts.ranges
    const ranges = await readLayouts(log, topic)
    this.#layouts = { version, ranges }
    return ranges
  }

  async #published(): Promise<Published> {
    const mark = await readPublished(this.#place, this.#directory)
    if (mark !== null) return mark.published
    throw missingMark(this.#place, this.#directory)
  }
}

/** The segments that hold published records. A newer one belongs to a write that was never published. */
async function publishedSegments(place: Place, directory: string, published: Published): Promise<Segment[]> {
  const { files } = await listPartitionFiles(place.topic, place.partition, directory)
  return files
    .filter(file => file.start <= published.segmentStart && file.start < published.end)
    .map(({ path, start }) => ({
      path,
      start,
      bytesLimit: start === published.segmentStart ? published.segmentBytes : null,
    }))
}
