// Copies a topic of any log into a new topic of a broker: partition by partition, so that every record keeps its
// offset.
//
// Promises: key, value, timestamp and headers as they were (a header without a value gets an empty one: the client
// cannot send null); a copy with other offsets is an error. Not here: making the log and the broker (the callers).

import kafkajs, { type IHeaders, type Kafka, type Message } from 'kafkajs'
import { type Chunk, offsetAt } from '../../core/log/chunk.ts'
import type { Log, PartitionRange } from '../../logs/log.ts'

/** A client that logs nothing and retries for long: brokers of tests and demos have just been started. */
export function clientOf(address: string): Kafka {
  return new kafkajs.Kafka({
    clientId: 'copy',
    brokers: [address],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 20, maxRetryTime: 200, retries: 60 },
  })
}

/** Makes the topic with the partitions that it has in the log. No record is deleted or refused for its age. */
export async function createLike(kafka: Kafka, log: Log, topic: string): Promise<void> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    const numPartitions = (await log.partitions(topic)).length
    const configEntries = [
      { name: 'retention.ms', value: '-1' },
      { name: 'message.timestamp.after.max.ms', value: '9223372036854775807' },
    ]
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions, configEntries }] })
  } finally {
    await admin.disconnect()
  }
}

/** Sends the records of the ranges (default: all of its namesake) to a topic and returns how many there were. */
export async function copyRecords(
  kafka: Kafka,
  log: Log,
  topic: string,
  ranges?: readonly PartitionRange[],
): Promise<number> {
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner })
  await producer.connect()
  let copied = 0
  try {
    for (const { topic: from, partition, start, end } of ranges ?? (await log.partitions(topic))) {
      for await (const chunk of log.read(from, partition, start, end, { chunkBytes: 64 * 1024 })) {
        if (chunk.count === 0) continue
        const [sent] = await producer.send({ topic, acks: -1, messages: messagesOf(chunk) })
        if (sent?.baseOffset !== String(chunk.baseOffset)) {
          throw new Error(`${topic}/${partition}: offset ${chunk.baseOffset} became ${sent?.baseOffset}`)
        }
        copied += chunk.count
      }
    }
  } finally {
    await producer.disconnect()
  }
  return copied
}

function messagesOf(chunk: Chunk): Message[] {
  return Array.from({ length: chunk.count }, (_, i) => {
    if (offsetAt(chunk, i) !== chunk.baseOffset + BigInt(i)) throw new Error('a log with gaps cannot be copied')
    const timestamp = chunk.timestamps?.[i]
    return {
      partition: chunk.partition,
      key: bytesAt(chunk, chunk.keyStart, chunk.keyEnd, i),
      value: bytesAt(chunk, chunk.valueStart, chunk.valueEnd, i),
      headers: headersOf(chunk, i),
      ...(timestamp === undefined ? {} : { timestamp: String(timestamp) }),
    }
  })
}

function bytesAt(chunk: Chunk, starts: Int32Array | null, ends: Int32Array | null, i: number): Buffer | null {
  const start = starts?.[i] ?? -1
  return start < 0 ? null : Buffer.from(chunk.bytes.subarray(start, ends?.[i]))
}

function headersOf(chunk: Chunk, i: number): IHeaders {
  const all: Record<string, Buffer[]> = Object.create(null)
  for (const { key, value } of chunk.headers(i)) {
    const values = all[key] ?? []
    values.push(Buffer.from(value ?? []))
    all[key] = values
  }
  return all
}
