// ListOffsets v7: first offset and end of partitions, asked of their leader.
//
// Promises: a leader of an earlier epoch than the one given refuses to answer (KIP-320); the end is the last stable
// offset, unless all records are asked for: readers of committed records read nothing at or past it (KIP-98).

import { type ApiCall, WireReader, WireWriter } from './wire.ts'

/** Special timestamps. */
export const EARLIEST = -2n
export const LATEST = -1n

export interface ListedOffset {
  readonly partition: number
  readonly error: number
  readonly offset: bigint
}

/** Up to where: the last stable offset, or everything that was written. */
export type Records = 'committed' | 'all'

const READ_UNCOMMITTED = 0
const READ_COMMITTED = 1

/** A partition and the newest leader epoch that is known of it; -1 where none is. */
export interface LedPartition {
  readonly partition: number
  readonly leaderEpoch: number
}

/** The offsets of some partitions of one topic; with `all` the end is that of everything that was written. */
export function listOffsetsCall(
  topic: string,
  partitions: readonly LedPartition[],
  timestamp: bigint,
  records: Records = 'committed',
): ApiCall<readonly ListedOffset[]> {
  return {
    apiKey: 2,
    apiVersion: 7,
    apiName: 'ListOffsets',
    encode() {
      const w = new WireWriter()
        .tags()
        .i32(-1)
        .i8(records === 'all' ? READ_UNCOMMITTED : READ_COMMITTED)
      return w
        .topicPartitions(topic, partitions, ({ partition, leaderEpoch }) =>
          w.i32(partition).i32(leaderEpoch).i64(timestamp).tags(),
        )
        .tags()
        .done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      return r.topicPartitions(() => readOffset(r))
    },
  }
}

function readOffset(r: WireReader): ListedOffset {
  const partition = r.i32()
  const error = r.i16()
  r.i64() // timestamp
  const offset = r.i64()
  r.i32() // leader epoch
  r.tags()
  return { partition, error, offset }
}
