// The topics that a sink writes: made where they are missing, looked at where they are there.
//
// Promises: a topic has the partitions of the job, and keeps what it must: one for changes is compacted. Timestamps are
// those of the elements, so that one that is made here never expires by time and takes times to come.

import { LyrebirdError } from '../../core/errors.ts'
import { createTopicCall, type NewTopic } from '../../logs/kafka/calls/create-topic.ts'
import { describeTopicCall } from '../../logs/kafka/calls/describe-configs.ts'
import type { Cluster } from '../../logs/kafka/cluster.ts'
import { checkError, ERROR, lacksRight, Passing } from '../../logs/kafka/failures.ts'
import { WRITE_BATCH_BYTES } from '../../logs/limits.ts'
import type { SinkTopic, TopicOptions } from '../sink.ts'
import { CONTROL_PARTITIONS, CONTROL_SETTINGS, CONTROL_TOPIC, checkControlSettings } from './control-topic.ts'

/** Heads of a batch and of its one record, with identity and other headers. */
const BATCH_OVERHEAD_BYTES = 2048
const CREATE_MS = 10_000
const CLUSTER_DEFAULT = -1
const ALREADY_THERE = 36
const NOT_CONTROLLER = 41
const INVALID_CONFIG = 40
const INVALID_REPLICATION = 38
const TOPIC_REFUSED = 29
const CLUSTER_REFUSED = 31
/** The greatest time that brokers know. */
const EVER = '9223372036854775807'
/** Brokers before 3.6 have none of these, and take any time. */
const TIMES = { 'message.timestamp.before.max.ms': EVER, 'message.timestamp.after.max.ms': EVER }

/** Throws `partition-count`, `broker-auth`, `broker-error`. */
export async function ensureTopic(cluster: Cluster, wanted: SinkTopic, options: TopicOptions): Promise<void> {
  const { topic, partitions, content } = wanted
  const settings = { 'cleanup.policy': content === 'changes' ? 'compact' : 'delete', 'retention.ms': '-1' }
  const made = await create(cluster, { topic, partitions, settings }, options)
  if (made) return await checkSizes(cluster, wanted)
  const found = await cluster.persist(`topic ${topic}`, () => cluster.topic(topic))
  if (found.partitions.length !== partitions) {
    throw new LyrebirdError(
      'partition-count',
      `topic ${topic} has ${found.partitions.length} partitions in the cluster; the job writes ${partitions}`,
      {
        where: { topic, partitions: found.partitions.length },
        hint: `write to(topic, { partitions: ${found.partitions.length} }), or another topic`,
      },
    )
  }
  const { 'cleanup.policy': policy = '' } = Object.fromEntries(await settingsOf(cluster, topic, ['cleanup.policy']))
  const compacts = policy.split(',').includes('compact')
  if (compacts !== (content === 'changes')) throw wrongPolicy(topic, policy, content)
  await checkSizes(cluster, wanted)
}

/** Whether the brokers take the batches of the outbox, and the largest record that the job writes. */
async function checkSizes(cluster: Cluster, { topic, maxBytes }: SinkTopic): Promise<void> {
  const name = 'max.message.bytes'
  const takes = Number((await settingsOf(cluster, topic, [name])).get(name))
  const needed = Math.max(2 * WRITE_BATCH_BYTES, maxBytes ?? 0) + BATCH_OVERHEAD_BYTES
  if (!(takes < needed)) return
  throw new LyrebirdError('too-big', `topic ${topic} takes batches of ${takes} bytes; the job needs ${needed}`, {
    where: { topic, takes, needed },
    hint: `set ${name} of the topic to ${needed} at least${maxBytes === null ? '' : `, or maxBytes of to() to less`}`,
  })
}

export async function ensureControlTopic(cluster: Cluster, options: TopicOptions): Promise<void> {
  const made = await create(
    cluster,
    { topic: CONTROL_TOPIC, partitions: CONTROL_PARTITIONS, settings: CONTROL_SETTINGS },
    options,
  )
  if (!made) checkControlSettings(await settingsOf(cluster, CONTROL_TOPIC, ['cleanup.policy']))
}

/** False where the topic is there already. */
async function create(
  cluster: Cluster,
  { topic, partitions, settings }: Omit<NewTopic, 'replication'>,
  { replication = CLUSTER_DEFAULT, minInSync }: TopicOptions,
): Promise<boolean> {
  if (await cluster.persist(`topic ${topic}`, () => cluster.has(topic))) return false
  const kept = minInSync === undefined ? settings : { ...settings, 'min.insync.replicas': String(minInSync) }
  let times: Record<string, string> = TIMES
  const made = await cluster.persist(`making topic ${topic}`, async () => {
    const call = createTopicCall({ topic, partitions, replication, settings: { ...kept, ...times } }, CREATE_MS)
    const { error, message } = await cluster.ask(call)
    if (error === ALREADY_THERE) return false
    if (error === NOT_CONTROLLER) throw new Passing(`making topic ${topic}: asked another broker than the controller`)
    if (error === INVALID_CONFIG && times === TIMES) {
      times = {}
      throw new Passing(`making topic ${topic}: ${message}`)
    }
    if (error !== ERROR.none) throw notMade(topic, error, message)
    return true
  })
  // Brokers learn of it one after the other.
  await cluster.persist(`topic ${topic}`, async () => {
    const found = await cluster.everyTopic()
    const leaders = found.find(({ topic: name }) => name === topic)?.partitions.map(({ leader }) => leader) ?? []
    if (leaders.length < partitions || leaders.some(leader => leader < 0))
      throw new Passing(`${topic} has no leader yet`)
    await cluster.topic(topic)
  })
  return made
}

function settingsOf(cluster: Cluster, topic: string, names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  return cluster.persist(`the settings of topic ${topic}`, async () => {
    const { error, settings } = await cluster.ask(describeTopicCall(topic, names))
    checkError(error, `the settings of topic ${topic}`, { topic }, 'DescribeConfigs')
    return new Map([...settings].map(([name, value]) => [name, value ?? '']))
  })
}

function notMade(topic: string, error: number, message: string | null): LyrebirdError {
  const why = message ?? `error ${error}`
  if (error === TOPIC_REFUSED || error === CLUSTER_REFUSED) {
    return lacksRight(`topic ${topic} is not there and cannot be made`, 'Create', { topic }, message)
  }
  return new LyrebirdError('broker-error', `topic ${topic} cannot be made: ${why}`, {
    where: { topic },
    ...(error === INVALID_REPLICATION
      ? { hint: 'ask for no more replicas than there are brokers: --replication N' }
      : {}),
  })
}

function wrongPolicy(topic: string, policy: string, content: SinkTopic['content']): LyrebirdError {
  const [is, wanted] =
    content === 'changes'
      ? ['keeps every change for ever or drops old ones', 'compact']
      : ['would lose elements whose key comes again', 'delete']
  return new LyrebirdError('broker-error', `topic ${topic} has cleanup.policy ${policy}, so it ${is}`, {
    where: { topic },
    hint: `set its cleanup.policy to ${wanted}, or write to another topic`,
  })
}
