// Feeds an executor with a group of partitions, one after the other.

import type { JobExecutor } from '../../core/executor/job-executor.ts'
import { splitPartition } from '../../core/log/cut.ts'
import type { Log } from '../../logs/log.ts'
import { prefetch } from '../../run/reading/prefetch.ts'
import type { Task } from '../divide.ts'

/** Calls `onProgress` with the number of records and offsets of each chunk. Spills groups where there are too many. */
export async function readGroup(
  log: Log,
  executor: JobExecutor,
  tasks: readonly Task[],
  onProgress: (records: number, offsets: number) => void,
): Promise<void> {
  for (const { name, from, to } of tasks) {
    const { topic, partition } = splitPartition(name)
    let at = from
    if (from === to) continue
    for await (const chunk of prefetch(log.read(topic, partition, from, to, { kernel: executor.kernelOf(topic) }))) {
      executor.feed(chunk)
      chunk.release?.()
      executor.spill()
      onProgress(chunk.count, Number(chunk.nextOffset - at))
      at = chunk.nextOffset
    }
  }
}
