// Produce v9: one record batch for one partition, confirmed by all replicas that are in sync.
//
// Not here: the bytes of the batch (`record-batch/batch-builder.ts`), and idempotence: a call that is tried again may
// write twice.

import { type ApiCall, WireReader, WireWriter } from './wire.ts'

interface Produced {
  readonly error: number
  /** Why the broker refuses a record; null where it says nothing. */
  readonly message: string | null
  readonly offset: bigint
}

const ALL_IN_SYNC = -1

export function produceCall(topic: string, partition: number, batch: Uint8Array, timeoutMs: number): ApiCall<Produced> {
  return {
    apiKey: 0,
    apiVersion: 9,
    apiName: 'Produce',
    encode() {
      const w = new WireWriter().tags().nullString().i16(ALL_IN_SYNC).i32(timeoutMs)
      w.array([topic], name => {
        w.string(name)
        w.array([partition], number => w.i32(number).bytes(batch).tags()).tags()
      })
      return w.tags().done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      const topics = r.array(() => {
        r.string()
        const partitions = r.array(() => readProduced(r))
        r.tags()
        return partitions
      })
      const produced = topics.flat()[0]
      if (produced === undefined) throw new RangeError('no partition in the answer')
      return produced
    },
  }
}

function readProduced(r: WireReader): Produced {
  r.i32() // partition
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
  return { error, message: message ?? reasons[0] ?? null, offset }
}
