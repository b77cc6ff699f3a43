// Feeds an executor with partitions, one after the other.

import type { JobExecutor } from '../../core/executor/job-executor.ts'
import { splitPartition } from '../../core/log/cut.ts'
import type { Log } from '../../logs/log.ts'
import { prefetch } from '../../run/reading/prefetch.ts'
import type { Task } from '../divide.ts'

/** Gets the number of records and offsets of each chunk. */
type OnProgress = (records: number, offsets: number) => void

/** Tasks that are asked for one after the other. */
type Tasks = Iterable<Task> | AsyncIterable<Task>

/** Spills what takes too much memory. Throws the reason of the signal where it aborts between two chunks. */
export async function readTasks(
  log: Log,
  executor: JobExecutor,
  tasks: Tasks,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<void> {
  for await (const { name, from, to } of tasks) {
    if (from === to) continue
    const { topic, partition } = splitPartition(name)
    let at = from
    const chunks = log.read(topic, partition, from, to, { kernel: executor.kernelOf(topic) })
    for await (const chunk of prefetch(chunks, ahead => ahead.release?.())) {
      signal?.throwIfAborted()
      executor.feed(chunk)
      chunk.release?.()
      executor.spill()
      onProgress(chunk.count, Number(chunk.nextOffset - at))
      at = chunk.nextOffset
    }
  }
}
