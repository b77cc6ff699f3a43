// Writes ticks into a log, embedded or Kafka: what moves event time on in a partition that gets no records.
//
// Promises: what is reported is on the disk, or confirmed by the cluster; nothing is made: a topic or partition that is
// not there is an error.

import { thenClose } from '../core/close-all.ts'
import { LyrebirdError } from '../core/errors.ts'
import { TICK_HEADER } from '../core/log/chunk.ts'
import { DirectoryLog } from './directory.ts'
import { EmbeddedWriter } from './embedded/embedded-writer.ts'
import { OutputTopic } from './embedded/output-topic.ts'
import { MOMENT } from './embedded/partition-lock.ts'
import { partitionDirectory } from './embedded/topic-file.ts'
import { isKafkaAddress } from './kafka/login/address.ts'
import { unknownPartition } from './log-failures.ts'
import type { IdleTick, Tick, TickWriter, WrittenTick } from './tick.ts'

/**
 * Throws `unknown-topic`, `not-appendable` where the topic takes none, `topic-owned`, `log-locked`, `disk-full`, and
 * for Kafka `usage` and the failures of brokers.
 */
export async function writeTicks(log: string, ticks: readonly Tick[]): Promise<readonly WrittenTick[]> {
  if (isKafkaAddress(log)) {
    const { writeKafkaTicks } = await import('./kafka/ticks.ts')
    return await writeKafkaTicks(log, ticks)
  }
  const written: WrittenTick[] = []
  for (const tick of ticks) written.push(...(await writeToDirectory(log, tick)))
  return written
}

/** For a run that writes ticks again and again: a connection stays open. */
export async function openTickWriter(log: string): Promise<TickWriter> {
  if (isKafkaAddress(log)) {
    const { KafkaTickWriter } = await import('./kafka/ticks.ts')
    return new KafkaTickWriter(log)
  }
  return { write: tick => writeToIdle(log, tick), close: async () => {} }
}

const recordOf = (time: number) => ({
  timestamp: time,
  key: null,
  value: null,
  headers: [{ key: TICK_HEADER, value: null }],
})

async function writeToDirectory(directory: string, tick: Tick): Promise<readonly WrittenTick[]> {
  const { topic, partition: asked, time } = tick
  await checkTakesTicks(directory, topic)
  const writer = await OutputTopic.openForAppend(directory, topic, null, MOMENT)
  try {
    const all = Array.from({ length: writer.partitions }, (_, partition) => partition)
    if (asked !== null && asked >= writer.partitions) throw unknownPartition(topic, asked, all)
    const written: WrittenTick[] = []
    for (const partition of asked === null ? all : [asked]) {
      written.push({ topic, partition, offset: await writer.append(partition, [recordOf(time)]), time })
    }
    return written
  } finally {
    await writer.close()
  }
}

/** Locks the one partition, for the moment of writing: who appends to others, or to it later, is not held up. */
async function writeToIdle(directory: string, { topic, partition, time, end }: IdleTick): Promise<bigint | null> {
  const folder = partitionDirectory(directory, topic, partition)
  const writer = await EmbeddedWriter.open({ topic, partition }, folder, MOMENT)
  return await thenClose(
    async () => {
      await writer.recover()
      return writer.position === end ? await writer.append([recordOf(time)]) : null
    },
    () => writer.close(),
  )
}

async function checkTakesTicks(directory: string, topic: string): Promise<void> {
  const log = await DirectoryLog.open(directory)
  try {
    if ((await log.abilities(topic)).ticks === true) return
  } finally {
    await log.close()
  }
  throw takesNoTick(topic, directory)
}

export function takesNoTick(topic: string, log: string): LyrebirdError {
  return new LyrebirdError('not-appendable', `topic ${topic} in ${log} takes no tick`, {
    where: { topic, path: log },
    hint: 'only topics that lyrebird append made take one: files and copied segments stay as they are, and an output is written by its job alone',
  })
}
