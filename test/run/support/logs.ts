// Random logs of test/support as logs that executors read: in memory, and as embedded segments on the disk.

import fc from 'fast-check'
import type { InputPartition, ReferenceInput } from '../../../core/reference/input.ts'
import { OutputTopic } from '../../../logs/embedded/output-topic.ts'
import type { LogRecord } from '../../../logs/log-record.ts'
import { MemoryLog } from '../../../logs/memory.ts'
import { type LogShape, logArbitrary } from '../../support/random-log.ts'

/** The largest of several random logs of a seed, since most are small. */
export function largeLog(seed: number, shape: LogShape): ReferenceInput {
  const size = (log: ReferenceInput): number => log.reduce((sum, p) => sum + p.records.length, 0)
  const logs = fc.sample(logArbitrary(shape), { seed, numRuns: 40 })
  return logs.reduce((a, b) => (size(b) > size(a) ? b : a))
}

export const recordsOf = ({ records }: InputPartition): LogRecord[] =>
  records.map(({ timestamp, key, value, headers }) => ({ timestamp: timestamp ?? 0, key, value, headers }))

const countOf = (input: ReferenceInput, topic: string): number => input.filter(p => p.topic === topic).length

/** Offsets, gaps and starts as the input has them. */
export function memoryLog(input: ReferenceInput): MemoryLog {
  const log = new MemoryLog()
  for (const topic of new Set(input.map(p => p.topic))) log.createTopic(topic, countOf(input, topic))
  for (const partition of input) append(log, partition, 0)
  return log
}

/** Appends the records of a partition from an index on. */
export function append(log: MemoryLog, partition: InputPartition, from: number): void {
  const records = recordsOf(partition)
  for (let i = from; i < records.length; i++) {
    const { topic, partition: number } = partition
    log.append(topic, number, [records[i] as LogRecord], partition.records[i]?.offset as bigint)
  }
}

/** Offsets 0, 1, 2, ... in each partition. */
export async function embeddedLog(directory: string, input: ReferenceInput): Promise<void> {
  for (const topic of new Set(input.map(p => p.topic))) {
    const writer = await OutputTopic.openForAppend(directory, topic, countOf(input, topic))
    for (const partition of input) {
      if (partition.topic === topic) await writer.append(partition.partition, recordsOf(partition))
    }
    await writer.close()
  }
}
