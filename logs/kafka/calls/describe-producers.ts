// DescribeProducers v0: who writes to partitions, asked of their leader (KIP-664; Kafka 2.8 and later).

import { type ApiCall, WireReader, WireWriter } from './wire.ts'

interface ActiveProducer {
  readonly id: bigint
  /** ms since 1970, of its last batch. */
  readonly lastTimestamp: bigint
  /** First offset of its open transaction; -1 where none is open. */
  readonly transactionStart: bigint
}

interface DescribedPartition {
  readonly partition: number
  readonly error: number
  readonly producers: readonly ActiveProducer[]
}

export function describeProducersCall(
  topic: string,
  partitions: readonly number[],
): ApiCall<readonly DescribedPartition[]> {
  return {
    apiKey: 61,
    apiVersion: 0,
    apiName: 'DescribeProducers',
    encode() {
      const w = new WireWriter().tags()
      return w
        .topicPartitions(topic, partitions, partition => w.i32(partition))
        .tags()
        .done()
    },
    decode(bytes) {
      const r = new WireReader(bytes)
      r.tags()
      r.i32() // throttle time
      return r.topicPartitions(() => readPartition(r))
    },
  }
}

function readPartition(r: WireReader): DescribedPartition {
  const partition = r.i32()
  const error = r.i16()
  r.nullableString() // message
  const producers = r.array(() => {
    const id = r.i64()
    r.i32() // epoch
    r.i32() // last sequence
    const lastTimestamp = r.i64()
    r.i32() // epoch of the coordinator
    const transactionStart = r.i64()
    r.tags()
    return { id, lastTimestamp, transactionStart }
  })
  r.tags()
  return { partition, error, producers }
}
