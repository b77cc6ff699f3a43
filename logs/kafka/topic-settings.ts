// The settings of a topic that matter to us.

import { describeTopicCall } from './calls/describe-configs.ts'
import type { Cluster } from './cluster.ts'
import { checkError } from './failures.ts'

interface TopicSettings {
  /** The cluster removes older records of a key. */
  readonly compacted: boolean
  /** For how many ms it keeps a record at least. */
  readonly compactionLagMs: number
  /** Timestamps are those of the broker's clock. */
  readonly stampedByBroker: boolean
}

/** Throws `unknown-topic` and broker failures. */
export function topicSettings(cluster: Cluster, topic: string): Promise<TopicSettings> {
  return cluster.persist(`the settings of topic ${topic}`, async () => {
    await cluster.topic(topic)
    const { error, settings } = await cluster.ask(
      describeTopicCall(topic, ['cleanup.policy', 'min.compaction.lag.ms', 'message.timestamp.type']),
    )
    checkError(error, `the settings of topic ${topic}`, { topic }, 'DescribeConfigs')
    const policies = (settings.get('cleanup.policy') ?? '').split(',')
    return {
      compacted: policies.some(policy => policy.trim() === 'compact'),
      compactionLagMs: Number(settings.get('min.compaction.lag.ms') ?? 0),
      stampedByBroker: settings.get('message.timestamp.type') === 'LogAppendTime',
    }
  })
}
