// One partition of a log directory, as archive files or as segments.

import type { Chunk } from '../core/log/chunk.ts'
import type { ReadOptions } from './log.ts'

export interface PartitionSource {
  readonly kind: 'archive' | 'segments' | 'empty'
  /** First offset that exists and exclusive end, now. */
  range(): Promise<{ readonly start: bigint; readonly end: bigint }>
  /** See `Log.read`. */
  read(from: bigint, to: bigint, options: ReadOptions): AsyncIterable<Chunk>
}
