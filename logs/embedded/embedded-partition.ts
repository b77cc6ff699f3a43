// A partition of the embedded log, read while another process may be writing it.
//
// Promises: never reads past what the writer has published; every offset is there.
// Not here: everything that changes files (`embedded-writer.ts`).

import type { Chunk } from '../../core/log/chunk.ts'
import { listPartitionFiles } from '../layout.ts'
import { CHUNK_BYTES } from '../limits.ts'
import type { ReadOptions } from '../log.ts'
import { pastEnd, rangeLost } from '../log-failures.ts'
import type { PartitionSource } from '../partition-source.ts'
import type { Place } from '../record-batch/batch-failure.ts'
import { missingMark, type Published, readPublished } from './published.ts'
import { Marks, readSegments, type Segment } from './segment-reader.ts'

export class EmbeddedPartition implements PartitionSource {
  readonly kind = 'segments'
  readonly #place: Place
  readonly #directory: string
  readonly #marks = new Marks()

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
    const range = { from, to, gapless: true, chunkBytes: options.chunkBytes ?? CHUNK_BYTES }
    yield* readSegments(this.#place, segments, range, this.#marks)
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
