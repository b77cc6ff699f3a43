// Feeds an executor with a group of partitions, one after the other.

import type { JobExecutor } from '../../core/executor/job-executor.ts'
import { splitPartition } from '../../core/log/cut.ts'
import type { Log } from '../../logs/log.ts'
import { prefetch } from '../../run/reading/prefetch.ts'
import type { Task } from '../divide.ts'

/** Gets the number of records and offsets of each chunk. */
type OnProgress = (records: number, offsets: number) => void

/** Spills groups where there are too many. */
export async function readGroup(
  log: Log,
  executor: JobExecutor,
  tasks: readonly Task[],
  onProgress: OnProgress,
): Promise<void> {
  for (const task of tasks) await readPart(log, executor, task, Number.POSITIVE_INFINITY, onProgress)
}

/** Reads a task until it has at least so many records; returns what is left of it, if anything may be. */
export async function readPart(
  log: Log,
  executor: JobExecutor,
  task: Task,
  records: number,
  onProgress: OnProgress,
): Promise<Task | null> {
  const { name, from, to, size } = task
  const { topic, partition } = splitPartition(name)
  let [at, done] = [from, 0]
  if (from === to) return null
  const chunks = log.read(topic, partition, from, to, { kernel: executor.kernelOf(topic) })
  for await (const chunk of prefetch(chunks, ahead => ahead.release?.())) {
    executor.feed(chunk)
    chunk.release?.()
    executor.spill()
    onProgress(chunk.count, Number(chunk.nextOffset - at))
    at = chunk.nextOffset
    done += chunk.count
    if (done >= records) return { name, from: at, to, size: Math.max(0, size - done) }
  }
  return null
}
