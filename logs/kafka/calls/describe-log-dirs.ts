// DescribeLogDirs v2: how many bytes the replicas of one broker have.

import { type ApiCall, WireReader, WireWriter } from './wire.ts'

/** Bytes by partition number, as far as the broker has a replica and tells. */
export function describeLogDirsCall(
  topic: string,
  partitions: readonly number[],
): ApiCall<ReadonlyMap<number, number>> {
  return {
    apiKey: 35,
    apiVersion: 2,
    apiName: 'DescribeLogDirs',
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
      const directories = r.array(() => {
        r.i16() // error of the directory, whose list is empty then
        r.string()
        const sizes = r.topicPartitions(() => readSize(r))
        r.tags()
        return sizes
      })
      return new Map(directories.flat())
    },
  }
}

function readSize(r: WireReader): [partition: number, bytes: number] {
  const size: [number, number] = [r.i32(), Number(r.i64())]
  r.i64() // how far behind the leader
  r.bool() // a replica that is being moved
  r.tags()
  return size
}
