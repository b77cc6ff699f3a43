// Writes ticks into a log, embedded or Kafka: what moves event time on in a partition that gets no records.
//
// Promises: what is reported is on the disk, or confirmed by the cluster; nothing is made: a topic or partition that is
// not there is an error.

import { LyrebirdError } from '../core/errors.ts'
import { TICK_HEADER } from '../core/log/chunk.ts'
import { DirectoryLog } from './directory.ts'
import { OutputTopic } from './embedded/output-topic.ts'
import { isKafkaAddress } from './kafka/login/address.ts'
import { unknownPartition } from './log-failures.ts'
import type { Tick, WrittenTick } from './tick.ts'

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

async function writeToDirectory(directory: string, tick: Tick): Promise<readonly WrittenTick[]> {
  const { topic, partition: asked, time } = tick
  await checkTakesTicks(directory, topic)
  const writer = await OutputTopic.openForAppend(directory, topic, null)
  try {
    const all = Array.from({ length: writer.partitions }, (_, partition) => partition)
    if (asked !== null && asked >= writer.partitions) throw unknownPartition(topic, asked, all)
    const record = { timestamp: time, key: null, value: null, headers: [{ key: TICK_HEADER, value: null }] }
    const written: WrittenTick[] = []
    for (const partition of asked === null ? all : [asked]) {
      written.push({ topic, partition, offset: await writer.append(partition, [record]), time })
    }
    return written
  } finally {
    await writer.close()
  }
}

async function checkTakesTicks(directory: string, topic: string): Promise<void> {
  const log = await DirectoryLog.open(directory)
  try {
    if ((await log.abilities(topic)).ticks === true) return
  } finally {
    await log.close()
  }
  throw new LyrebirdError('not-appendable', `topic ${topic} in ${directory} takes no tick`, {
    where: { topic, path: directory },
    hint: 'only topics that lyrebird append made take one: files and copied segments stay as they are, and an output is written by its job alone',
  })
}
