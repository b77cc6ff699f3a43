// A chunk: some consecutive records of one partition, with their bytes kept together in one buffer.
//
// Promises: no object per record between log and columns. Readers fill typed arrays with places in `bytes`; emitted
// decoders read the bytes in place.
// Not here: where the bytes come from and whether they are intact (`logs`).

import type { KernelMemory } from '../kernel/memory.ts'
import type { RowLayout } from './row-layout.ts'

/** One header of a record; a record may repeat a header key. */
export interface Header {
  readonly key: string
  readonly value: Uint8Array | null
}

/** Consecutive records of one partition. Offsets strictly increase; gaps are possible (transactions, compaction). */
export interface Chunk {
  readonly topic: string
  readonly partition: number
  /** All key, value and header bytes of the chunk's records. Not written to once the chunk is given out. */
  readonly bytes: Uint8Array
  /** The kernel's memory that they lie in, where the reader was given one. */
  readonly memory?: KernelMemory | undefined
  readonly count: number
  /** Offset of record 0 where count > 0. */
  readonly baseOffset: bigint
  /** offset(i) = baseOffset + offsetDelta[i]; null means offset(i) = baseOffset + i. */
  readonly offsetDelta: Int32Array | null
  /** Byte range of value i in `bytes`; valueStart[i] = -1 means the value is null. */
  readonly valueStart: Int32Array
  readonly valueEnd: Int32Array
  /** Byte range of key i; -1 means null. Null arrays mean that this log has no keys at all (NDJSON). */
  readonly keyStart: Int32Array | null
  readonly keyEnd: Int32Array | null
  /** The log's own timestamps in ms, `NO_TIMESTAMP` where a record has none; null where the log has none (NDJSON). */
  readonly timestamps: Float64Array | null
  /** ticks[i] = 1 marks a tick (header `lyrebird-tick`, null value); null where the chunk has none. */
  readonly ticks: Uint8Array | null
  /** Headers of record i, decoded on demand. */
  headers(i: number): readonly Header[]
  /** How the rows of all its values are laid out, where the log kept it; one object for all chunks that share it. */
  readonly layout?: RowLayout | undefined
  /**
   * Offset to read next: past the last record and past everything skipped on purpose (control records, aborted ones).
   */
  readonly nextOffset: bigint
  /**
   * Says that nobody reads the chunk any more, so that its memory may be used for the next one. Whoever does not call
   * it leaves the memory to the engine.
   */
  release?(): void
  /** Leader epoch of the batch that holds the last record (Kafka's); absent where the log has none. */
  readonly leaderEpoch?: number
}

/** The offset of record i of a chunk. */
export function offsetAt(chunk: Chunk, i: number): bigint {
  return chunk.baseOffset + BigInt(chunk.offsetDelta === null ? i : (chunk.offsetDelta[i] as number))
}

/** What stands in a record batch where a record has no timestamp (Kafka's `RecordBatch.NO_TIMESTAMP`). */
export const NO_TIMESTAMP = -1

/** Header that marks a tick: a record without value, which advances event time to its timestamp. */
export const TICK_HEADER = 'lyrebird-tick'
/** Header that carries the identity of an element written by an output. */
export const IDENTITY_HEADER = 'lyrebird-identity'
