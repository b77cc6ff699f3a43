// The topics of the bench: made fresh, filled from a log, counted, removed.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Admin } from 'kafkajs'
import { openLog } from '../../../logs/index.ts'
import { clientOf, copyRecords } from '../copy-topic.ts'

const PARTITIONS = 4
const COMMIT_LIMIT_MS = 30_000

/** Fills a new topic from a topic of a log directory, all partitions at once. */
export async function fillTopic(address: string, directory: string, from: string, topic: string): Promise<void> {
  const files = await openLog(directory)
  await freshTopic(address, topic)
  const ranges = await files.partitions(from)
  await Promise.all(ranges.map(range => copyRecords(clientOf(address), files, topic, [range])))
  await files.close()
}

/** Makes a topic; one that is there goes first. */
export async function freshTopic(address: string, topic: string): Promise<void> {
  await withAdmin(address, async admin => {
    if ((await admin.listTopics()).includes(topic)) await remove(admin, [topic])
    const configEntries = [
      { name: 'retention.ms', value: '-1' },
      { name: 'message.timestamp.after.max.ms', value: '9223372036854775807' },
    ]
    const topics = [{ topic, numPartitions: PARTITIONS, configEntries }]
    await admin.createTopics({ waitForLeaders: false, topics })
    while (!(await hasLeaders(admin, topic))) await sleep(50)
  })
}

/** The client's own wait for leaders gives up where a broker has not heard of the topic yet. */
async function hasLeaders(admin: Admin, topic: string): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))
  } catch {
    return false
  }
}

/** Removes what a peer has left: the topics of its application. */
export async function dropTopics(address: string, prefix: string): Promise<void> {
  await withAdmin(address, async admin => {
    await remove(
      admin,
      (await admin.listTopics()).filter(topic => topic.startsWith(prefix)),
    )
  })
}

async function remove(admin: Admin, topics: string[]): Promise<void> {
  if (topics.length === 0) return
  await admin.deleteTopics({ topics })
  while ((await admin.listTopics()).some(topic => topics.includes(topic))) await sleep(50)
}

async function withAdmin(address: string, act: (admin: Admin) => Promise<void>): Promise<void> {
  const admin = clientOf(address).admin()
  await admin.connect()
  try {
    await act(admin)
  } finally {
    await admin.disconnect()
  }
}

/**
 * Records of each partition that readers of committed records see, in a cluster or in a directory. A broker tells a
 * writer that it has committed before all partitions know.
 */
export async function recordsOf(place: string, topic: string): Promise<readonly number[]> {
  const log = await openLog(place)
  const limit = Date.now() + COMMIT_LIMIT_MS
  while ((await log.heldBack?.(topic))?.length && Date.now() < limit) await sleep(50)
  const counts: number[] = []
  for (const { partition, start, end } of await log.partitions(topic)) {
    counts[partition] = 0
    for await (const chunk of log.read(topic, partition, start, end)) counts[partition] += chunk.count
  }
  await log.close()
  return counts
}
