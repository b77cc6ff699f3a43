// ListTransactions v0 and DescribeTransactions v0: the transactions that a coordinator knows (KIP-664).

import { type ApiCall, WireReader, WireWriter } from './wire.ts'

/** Transactional ids that a broker coordinates, of one producer; without those that this user may not see. */
export function listTransactionsCall(producer: bigint): ApiCall<readonly string[]> {
  return {
    apiKey: 66,
    apiVersion: 0,
    apiName: 'ListTransactions',
    encode() {
      // In any state.
      const w = new WireWriter().tags().array([], () => {})
      return w
        .array([producer], id => w.i64(id))
        .tags()
        .done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      r.i16() // error, and then nothing is listed
      r.array(() => r.string()) // states that the broker does not know
      return r.array(() => {
        const id = r.string()
        r.i64() // producer
        r.string() // state
        r.tags()
        return id
      })
    },
  }
}

interface DescribedTransaction {
  readonly error: number
  readonly state: string
  /** Its id. */
  readonly producer: bigint
  /** ms after which the coordinator aborts it. */
  readonly timeoutMs: number
  /** ms since 1970. */
  readonly startedAt: bigint
}

/** One transaction, asked of its coordinator. */
export function describeTransactionCall(transactionalId: string): ApiCall<DescribedTransaction> {
  return {
    apiKey: 65,
    apiVersion: 0,
    apiName: 'DescribeTransactions',
    encode() {
      const w = new WireWriter().tags()
      return w
        .array([transactionalId], id => w.string(id))
        .tags()
        .done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      const [first] = r.array(() => readTransaction(r))
      if (first === undefined) throw new RangeError('no transaction in the answer')
      return first
    },
  }
}

function readTransaction(r: WireReader): DescribedTransaction {
  const error = r.i16()
  r.string() // id
  const state = r.string()
  const timeoutMs = r.i32()
  const startedAt = r.i64()
  const producer = r.i64()
  r.i16() // epoch
  r.array(() => {
    r.string()
    r.array(() => r.i32())
    r.tags()
  })
  r.tags()
  return { error, state, producer, timeoutMs, startedAt }
}
