// The calls that make transactions: InitProducerId v4, AddPartitionsToTxn v3, EndTxn v3 and v5 (KIP-98, KIP-890).
//
// Not here: which of them a cluster needs, and what their errors mean (`../producer`).

import { type ApiCall, WireReader, WireWriter } from './wire.ts'

/** A producer as its coordinator knows it. */
export interface ProducerIdentity {
  readonly id: bigint
  readonly epoch: number
}

interface InitAnswer {
  readonly error: number
  readonly producer: ProducerIdentity
}

/** Fences all earlier producers of the id; an open transaction of theirs is aborted. */
export function initProducerIdCall(transactionalId: string, timeoutMs: number): ApiCall<InitAnswer> {
  return {
    apiKey: 22,
    apiVersion: 4,
    apiName: 'InitProducerId',
    encode: () => new WireWriter().tags().string(transactionalId).i32(timeoutMs).i64(-1n).i16(-1).tags().done(),
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      const error = r.i16()
      return { error, producer: { id: r.i64(), epoch: r.i16() } }
    },
  }
}

export interface TopicPartitions {
  readonly topic: string
  readonly partitions: readonly number[]
}

/** A topic and its error, 0 where there is none. */
interface Entered {
  readonly topic: string
  readonly error: number
}

/** The first error of any partition; 0 where there is none. */
export function addPartitionsCall(
  transactionalId: string,
  producer: ProducerIdentity,
  topics: readonly TopicPartitions[],
): ApiCall<Entered> {
  return {
    apiKey: 24,
    apiVersion: 3,
    apiName: 'AddPartitionsToTxn',
    encode() {
      const w = new WireWriter().tags().string(transactionalId).i64(producer.id).i16(producer.epoch)
      w.array(topics, ({ topic, partitions }) => {
        w.string(topic)
        w.array(partitions, partition => w.i32(partition)).tags()
      })
      return w.tags().done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      const entered = r.array(() => {
        const topic = r.string()
        const partitions = r.array(() => {
          r.i32() // partition
          const error = r.i16()
          r.tags()
          return { topic, error }
        })
        r.tags()
        return partitions
      })
      const failed = entered.flat().filter(({ error }) => error !== 0)
      // Where one partition is refused, the others are told that nothing was attempted with them.
      const first = failed.find(({ error }) => error !== OPERATION_NOT_ATTEMPTED) ?? failed[0]
      return first ?? { topic: '', error: 0 }
    },
  }
}

const OPERATION_NOT_ATTEMPTED = 55

/** `bumps`: version 5, where each end of a transaction gives the producer another epoch. */
export function endTransactionCall(
  transactionalId: string,
  producer: ProducerIdentity,
  { commit, bumps }: { readonly commit: boolean; readonly bumps: boolean },
): ApiCall<InitAnswer> {
  return {
    apiKey: 26,
    apiVersion: bumps ? 5 : 3,
    apiName: 'EndTxn',
    encode() {
      const w = new WireWriter().tags().string(transactionalId).i64(producer.id).i16(producer.epoch)
      return w.bool(commit).tags().done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      const error = r.i16()
      return { error, producer: bumps && error === 0 ? { id: r.i64(), epoch: r.i16() } : producer }
    },
  }
}
