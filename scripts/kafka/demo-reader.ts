// Reads a topic as a consumer with `isolation.level=read_committed` sees it, for the demo.

import { openKafkaLog } from '../../logs/kafka/index.ts'
import { writtenRecords } from '../../run/state/read-state.ts'

export interface CommittedRecord {
  readonly partition: number
  readonly key: string
  readonly value: string
}

const text = (bytes: Uint8Array | null): string => (bytes === null ? '' : Buffer.from(bytes).toString('utf8'))

/** All committed records, in the order of their partitions. */
export async function committedRecords(kafka: string, topic: string): Promise<readonly CommittedRecord[]> {
  const log = await openKafkaLog(kafka, {})
  const records: CommittedRecord[] = []
  try {
    for (const { partition, start, end } of await log.partitions(topic))
      for await (const { key, value } of writtenRecords(log, topic, partition, start, end))
        records.push({ partition, key: text(key), value: text(value) })
  } finally {
    await log.close()
  }
  return records
}
