// Fetch v13: record batches as the broker's segments hold them, asked for by topic id, so that a topic that was deleted
// and created again is never taken for the first one (KIP-516). Committed records only: the broker stops at the last
// stable offset (KIP-98).
//
// Promises: `records` is a view of the answer.
// Not here: aborted transactions, checksums, records (`record-batch/`).

import type { AbortedTransaction } from '../../record-batch/aborted-transactions.ts'
import { type ApiCall, WireReader, WireWriter } from './wire.ts'

interface FetchPartition {
  readonly partition: number
  readonly offset: bigint
  /** The newest leader epoch that is known: a leader of an earlier one refuses to answer (KIP-320). */
  readonly leaderEpoch: number
  /**
   * Leader epoch of the batch before `offset` when it was read; -1 where that is not known. By it the leader detects
   * that its log was cut back since.
   */
  readonly lastEpoch: number
}

interface FetchRequest {
  readonly topics: readonly { readonly id: string; readonly partitions: readonly FetchPartition[] }[]
  /** How long the broker waits for the first byte. */
  readonly maxWaitMs: number
  /** Wanted bytes of each partition; the first batch comes whole, however large it is. */
  readonly maxBytes: number
}

export interface FetchedPartition {
  readonly id: string
  readonly partition: number
  readonly error: number
  /** -1 where there is an error. */
  readonly lastStableOffset: bigint
  readonly logStart: bigint
  /** Where the leader's log diverged from the one that `lastEpoch` was read from; null where it did not (KIP-595). */
  readonly divergedAt: bigint | null
  /** In the broker's order, which is that of the markers. */
  readonly aborted: readonly AbortedTransaction[]
  readonly records: Buffer
}

export interface Fetched {
  /** An error of the whole request; 0 for none. */
  readonly error: number
  readonly partitions: readonly FetchedPartition[]
}

const READ_COMMITTED = 1
const DIVERGING_EPOCH = 0
const NOTHING = Buffer.alloc(0)

export function fetchCall(request: FetchRequest): ApiCall<Fetched> {
  const { maxWaitMs, maxBytes } = request
  return {
    apiKey: 1,
    apiVersion: 13,
    apiName: 'Fetch',
    encode() {
      // No replica; at least one byte; no fetch session (session 0, epoch -1).
      const w = new WireWriter().tags().i32(-1).i32(maxWaitMs).i32(1).i32(maxBytes).i8(READ_COMMITTED).i32(0).i32(-1)
      w.array(request.topics, ({ id, partitions }) => {
        w.uuid(id)
        w.array(partitions, ({ partition, offset, leaderEpoch, lastEpoch }) =>
          // No log start of a replica.
          w.i32(partition).i32(leaderEpoch).i64(offset).i32(lastEpoch).i64(-1n).i32(maxBytes).tags(),
        ).tags()
      })
      return w
        .array([], () => {})
        .string('')
        .tags()
        .done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      const error = r.i16()
      r.i32() // session
      const partitions = r.array(() => {
        const id = r.uuid()
        const fetched = r.array(() => readPartition(r, id))
        r.tags()
        return fetched
      })
      return { error, partitions: partitions.flat() }
    },
  }
}

function readPartition(r: WireReader, id: string): FetchedPartition {
  const partition = r.i32()
  const error = r.i16()
  r.i64() // high watermark
  const lastStableOffset = r.i64()
  const logStart = r.i64()
  const aborted = r.array(() => {
    const transaction = { producerId: r.i64(), firstOffset: r.i64() }
    r.tags()
    return transaction
  })
  r.i32() // preferred replica
  const records = r.bytes() ?? NOTHING
  let divergedAt: bigint | null = null
  r.tags((tag, field) => {
    if (tag !== DIVERGING_EPOCH) return
    field.i32() // the epoch
    divergedAt = field.i64()
  })
  return { id, partition, error, lastStableOffset, logStart, divergedAt, aborted, records }
}
