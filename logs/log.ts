// The interface of every log: memory, stored files, embedded segments, Kafka.
//
// Promises: exact offsets; nothing skipped in silence; a range that cannot be delivered whole is a typed error that
// names it.
// Not here: how far to read, in which order between partitions, and where positions are kept (the executors).

import type { LyrebirdError } from '../core/errors.ts'
import type { OwnKernel } from '../core/kernel/kernel-over.ts'
import type { Chunk } from '../core/log/chunk.ts'

export interface PartitionRange {
  readonly topic: string
  readonly partition: number
  /** First offset that exists. */
  readonly start: bigint
  /** Exclusive end: nothing at or past it may be read now (unpublished, or not yet stable). */
  readonly end: bigint
  /** Where `end` is OPEN_END: about how many records there are. */
  readonly about?: number
  /** True for a folder that holds no file at all: where it begins and ends is not known, and both are 0. */
  readonly bare?: boolean
}

/** What records of a topic carry in this log. NDJSON files carry none of it. */
export interface TopicAbilities {
  readonly timestamps: boolean
  readonly keys: boolean
  readonly headers: boolean
  /** True where `lyrebird tick` writes into the topic. */
  readonly ticks?: boolean
}

/** What people want to know of a topic. */
export interface TopicFacts {
  /** How it is stored, in words. */
  readonly storage: string
  /** Bytes as stored by partition, as far as they are known. */
  readonly bytes: ReadonlyMap<number, number>
  readonly compacted: boolean
}

/** Records that readers do not get, since a transaction before them is open. */
export interface HeldBack {
  readonly topic: string
  readonly partition: number
  /** The first offset that is held back; it is the partition's end. */
  readonly from: bigint
  readonly offsets: bigint
  /** Whose transaction it is, for people; null where the log does not tell. */
  readonly owner: string | null
  /** When it began, in ms since 1970; null where the log does not tell. */
  readonly since: number | null
}

export interface Log {
  /** For people: the directory, or kafka://host:port. */
  readonly description: string
  /** Topics that exist, sorted. */
  topics(): Promise<readonly string[]>
  /** Partitions of a topic with their ranges now, sorted. Throws `unknown-topic`. */
  partitions(topic: string, options?: RangeOptions): Promise<readonly PartitionRange[]>
  /** Why there are no topics, where something of another layout lies there; null for an empty log. */
  otherLayout?(): Promise<LyrebirdError | null>
  abilities(topic: string): Promise<TopicAbilities>
  /** Partitions of a topic that end before what has been written. Logs without transactions omit this. */
  heldBack?(topic: string): Promise<readonly HeldBack[]>
  /** For people; logs in memory have none. */
  facts?(topic: string): Promise<TopicFacts>
  /** An id that changes when a topic is deleted and created again; null where the log has no such id. */
  topicId(topic: string): Promise<string | null>
  /**
   * True where the log itself removes older records of a key (Kafka's cleanup.policy), so that a record may be gone at
   * the next read. Logs that never do omit this. The executors refuse such a topic as `source` and allow it as `table`.
   */
  compacted?(topic: string): Promise<boolean>
  /** Of a compacted topic: for how many ms at least a record stays after a newer one of its key has been written. */
  compactionLagMs?(topic: string): Promise<number>
  /**
   * The first offset whose record has a timestamp of at least `time` (ms since 1970), or the end of the partition. Logs
   * without an index of times omit this.
   */
  offsetFrom?(topic: string, partition: number, time: number): Promise<bigint>
  /**
   * The records of one partition with from <= offset < to, as chunks in offset order; `nextOffset` of the last chunk is
   * `to` (its count may be 0), unless that is OPEN_END. Throws `range-lost` where `from` lies before the start, and the
   * errors of damaged files; never returns less.
   */
  read(topic: string, partition: number, from: bigint, to: bigint, options?: ReadOptions): AsyncIterable<Chunk>
  /**
   * Resolves when something may have been appended, after timeoutMs at the latest, or at once when the signal aborts.
   */
  changed(timeoutMs: number, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

/** An exclusive end that nobody has looked for: a read up to it ends where the partition does. */
export const OPEN_END = 2n ** 63n - 1n

export interface RangeOptions {
  /** Gives OPEN_END as the end of a partition where finding it would take reading all of it. */
  readonly open?: boolean
  /**
   * For who asks again and again: a partition that does not answer now has the range that it had last, and is left out
   * where it had none.
   */
  readonly live?: boolean
}

export interface ReadOptions {
  /** Wanted bytes of a chunk; one record may be larger. Default 1 MiB. */
  readonly chunkBytes?: number
  /**
   * A kernel whose memory the records of a chunk are best put into, as they are read there; a log may not do it. Each
   * chunk must be released.
   */
  readonly kernel?: OwnKernel | undefined
}

/** Topic names are Kafka's: 1 to 249 of [A-Za-z0-9._-], not `.` or `..`. */
export function isTopicName(name: string): boolean {
  return /^[A-Za-z0-9._-]{1,249}$/.test(name) && name !== '.' && name !== '..'
}
