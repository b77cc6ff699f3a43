// One record as writers take it: appends, output topics and the memory log.
//
// Promises: plain data. For writing only: readers get chunks, without an object per record.

import type { Header } from '../core/log/chunk.ts'

export interface LogRecord {
  /** The log's own timestamp in ms, an integer; -1 for none. */
  readonly timestamp: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array | null
  readonly headers: readonly Header[]
}
