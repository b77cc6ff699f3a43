// Produce v9 and v12: one record batch for each of some partitions, confirmed by all replicas that are in sync.
//
// Promises: with version 12 a partition enters the transaction of its producer with its first batch (KIP-890).
// Not here: the bytes of the batches (`record-batch`), and idempotence: a call whose batch has no sequence may write
// twice where it is tried again.

import { type ApiCall, WireReader, WireWriter } from './wire.ts'

export interface Produced {
  readonly topic: string
  readonly partition: number
  readonly error: number
  /** Why the broker refuses a record; null where it says nothing. */
  readonly message: string | null
  readonly offset: bigint
}

/** A record batch and where it goes. */
export interface PlacedBatch {
  readonly topic: string
  readonly partition: number
  readonly batch: Uint8Array
}

interface ProduceOptions {
  readonly timeoutMs: number
  /** Of the transaction that the batches belong to. */
  readonly transactionalId?: string
  /** Whether the partitions enter the transaction with this call. */
  readonly enters?: boolean
}

const ALL_IN_SYNC = -1

/** At most one batch for each partition. */
export function produceCall(
  batches: readonly PlacedBatch[],
  { timeoutMs, transactionalId, enters = false }: ProduceOptions,
): ApiCall<readonly Produced[]> {
  return {
    apiKey: 0,
    apiVersion: enters ? 12 : 9,
    apiName: 'Produce',
    encode() {
      const w = new WireWriter().tags()
      if (transactionalId === undefined) w.nullString()
      else w.string(transactionalId)
      w.i16(ALL_IN_SYNC).i32(timeoutMs)
      w.array([...new Set(batches.map(({ topic }) => topic))], name => {
        w.string(name)
        const own = batches.filter(({ topic }) => topic === name)
        w.array(own, ({ partition, batch }) => w.i32(partition).bytes(batch).tags()).tags()
      })
      return w.tags().done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      const topics = r.array(() => {
        const topic = r.string()
        const partitions = r.array(() => readProduced(r, topic))
        r.tags()
        return partitions
      })
      const produced = topics.flat()
      const missing = batches.find(b => !produced.some(p => p.topic === b.topic && p.partition === b.partition))
      if (missing !== undefined) throw new RangeError(`no word on ${missing.topic}/${missing.partition} in the answer`)
      return produced
    },
  }
}

function readProduced(r: WireReader, topic: string): Produced {
  const partition = r.i32()
  const error = r.i16()
  const offset = r.i64()
  r.i64() // time of the append, where the broker stamps records
  r.i64() // first offset of the log
  const reasons = r.array(() => {
    r.i32() // which record
    const reason = r.nullableString()
    r.tags()
    return reason
  })
  const message = r.nullableString()
  r.tags()
  return { topic, partition, error, message: message ?? reasons[0] ?? null, offset }
}
