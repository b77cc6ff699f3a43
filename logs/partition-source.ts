// One partition of a log directory, as archive files or as segments.

import type { Chunk } from '../core/log/chunk.ts'
import type { PartitionRange, RangeOptions, ReadOptions } from './log.ts'

/** The range of a folder without files. */
export const NO_FILES: OffsetRange = Object.freeze({ start: 0n, end: 0n, bare: true })

/** First offset that exists and exclusive end, now. */
export type OffsetRange = Pick<PartitionRange, 'start' | 'end' | 'about' | 'bare'>

export interface PartitionSource {
  readonly kind: 'archive' | 'segments' | 'empty'
  range(options: RangeOptions): Promise<OffsetRange>
  /** See `Log.read`. */
  read(from: bigint, to: bigint, options: ReadOptions): AsyncIterable<Chunk>
}
