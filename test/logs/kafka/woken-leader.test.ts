// A leader that has slept while another one took over: what it says of its partitions when it wakes is of the past.
//
// Promises: nobody takes an end from it that lies before what was confirmed since, whether they have read at the new
// leader or come fresh and know the old one alone.

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKafkaLog } from '../../../logs/kafka/index.ts'
import type { Log } from '../../../logs/log.ts'
import type { Broker } from '../../../scripts/kafka/broker.ts'
import { clientOf } from '../../../scripts/kafka/copy-topic.ts'
import { withCluster } from '../../sinks/kafka/support.ts'
import { everything, noKafka, QUICK, TestCluster } from './support/cluster.ts'

const LIMIT_MS = 120_000
const WATCHED_MS = 3_000
const REPLICATED = {
  'replica.lag.time.max.ms': '3000',
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
}

describe.skipIf(noKafka)('a leader that wakes', { timeout: LIMIT_MS }, () => {
  let cluster: TestCluster
  let brokers: readonly Broker[]
  beforeAll(async () => {
    cluster = await TestCluster.start({ properties: REPLICATED })
    brokers = [cluster.broker, await cluster.further(REPLICATED), await cluster.further(REPLICATED)]
  }, LIMIT_MS)
  afterAll(() => cluster?.end())

  const opened = (...addresses: string[]): Promise<Log> =>
    openKafkaLog(`kafka://${addresses.join(',')}`, { environment: {}, limits: QUICK })

  /** Led by the second broker, which does not control the cluster. */
  async function topicOfSecond(): Promise<string> {
    const name = 'slept'
    const replicaAssignment = [{ partition: 0, replicas: [2, 1, 3] }]
    const configEntries = [{ name: 'min.insync.replicas', value: '2' }]
    await cluster.admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic: name, replicaAssignment, configEntries }],
    })
    return name
  }

  test('tells nobody of an end that is past', async () => {
    const topic = await topicOfSecond()
    const [first, second] = brokers as [Broker, Broker]
    await cluster.send(topic, ['a', 'b'])
    const reader = await opened(second.address, first.address)
    expect(await everything(reader, topic)).toEqual(['0:a', '1:b'])
    second.pause()
    await withCluster(`kafka://${first.address}`, async asked => {
      while ((await asked.topic(topic)).partitions[0]?.leader !== 1) await sleep(100)
    })
    const producer = clientOf(first.address).producer()
    await producer.connect()
    await producer.send({
      topic,
      acks: -1,
      messages: [
        { value: 'c', partition: 0 },
        { value: 'd', partition: 0 },
      ],
    })
    await producer.disconnect()
    expect(await everything(reader, topic)).toEqual(['0:a', '1:b', '2:c', '3:d'])
    const ends: string[] = []
    second.resume()
    for (const until = performance.now() + WATCHED_MS; performance.now() < until; ) {
      ends.push(`reader ${(await reader.partitions(topic, { live: true }))[0]?.end}`)
      const fresh = await opened(second.address)
      ends.push(`fresh ${(await fresh.partitions(topic))[0]?.end}`)
      await fresh.close()
    }
    await reader.close()
    expect(new Set(ends)).toEqual(new Set(['reader 4', 'fresh 4']))
  })
})
