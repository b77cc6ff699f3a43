// Failures of a real broker: killed and restarted in the middle of a read, hung, absent, locked.
//
// Promises: a read continues where it was, without a record lost or read twice, or ends in a typed failure within its
// time limit.

import { statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openKafkaLog } from '../../../logs/kafka/index.ts'
import { chunksOf, everything, noKafka, QUICK, TestCluster, texts } from './support/cluster.ts'

describe('a broker that is not there', () => {
  test('is broker-unreachable within the time limit', async () => {
    const start = performance.now()
    const opening = openKafkaLog('kafka://127.0.0.1:1,127.0.0.1:2', {
      environment: {},
      limits: { ...QUICK, openMs: 500 },
    })
    await expect(opening).rejects.toMatchObject({ code: 'broker-unreachable', exitCode: 4 })
    expect(performance.now() - start).toBeLessThan(5_000)
  })
})

describe.skipIf(noKafka)('a broker that fails', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await TestCluster.start({ sasl: true })
  }, 120_000)
  afterAll(() => cluster?.end())

  async function filled(): Promise<string> {
    const topic = await cluster.topic()
    for (let i = 0; i < 30; i++) await cluster.send(topic, [`${i}`.padEnd(500, '.')])
    return topic
  }
  const expected = Array.from({ length: 30 }, (_, i) => `${i}:${`${i}`.padEnd(500, '.')}`)

  test('a wrong password is broker-auth at once and is in no message; the right one reads', async () => {
    const topic = await cluster.topic()
    await cluster.send(topic, ['a'])
    const open = (password: string) =>
      openKafkaLog(`kafka://${cluster.broker.saslAddress}`, {
        environment: { LYREBIRD_KAFKA_SASL: 'plain', LYREBIRD_KAFKA_USER: 'alice', LYREBIRD_KAFKA_PASSWORD: password },
        limits: QUICK,
      })
    const failure = await open('secret-and-wrong').catch((e: unknown) => e)
    expect(failure).toMatchObject({ code: 'broker-auth', exitCode: 4 })
    expect(String(failure)).not.toContain('secret-and-wrong')
    const log = await open('alice-pw')
    expect(await everything(log, topic)).toEqual(['0:a'])
    await log.close()
  })

  test('a kill -9 and a restart in the middle of a read lose nothing and repeat nothing', async () => {
    const topic = await filled()
    const log = await cluster.log()
    const read: string[] = []
    const failing: string[] = []
    for await (const chunk of log.read(topic, 0, 0n, 30n, { chunkBytes: 100 })) {
      read.push(...texts([chunk]))
      if (read.length !== 10) continue
      await cluster.broker.kill()
      failing.push('killed')
      void cluster.broker.restart().then(() => failing.push('restarted'))
    }
    expect(failing).toEqual(['killed', 'restarted'])
    expect(read).toEqual(expected)
    expect((await log.partitions(topic))[0]).toMatchObject({ start: 0n, end: 30n })
  }, 60_000)

  test('connections to a broker that hangs are given up, and reading continues when it wakes', async () => {
    const topic = await filled()
    const log = await cluster.log()
    await log.partitions(topic)
    cluster.broker.pause()
    const wake = setTimeout(() => cluster.broker.resume(), 4_000)
    try {
      expect(await everything(log, topic)).toEqual(expected)
    } finally {
      clearTimeout(wake)
      cluster.broker.resume()
    }
  }, 60_000)

  test('an outage past its limit is broker-unreachable; waiting for records does not spin', async () => {
    const topic = await filled()
    const log = await cluster.log({ outageMs: 600 })
    await log.partitions(topic)
    await cluster.broker.stop()
    const start = performance.now()
    await log.changed(200)
    await expect(log.partitions(topic)).rejects.toMatchObject({ code: 'broker-unreachable', exitCode: 4 })
    expect(performance.now() - start).toBeLessThan(5_000)
    await cluster.broker.restart()
    expect(await everything(log, topic)).toEqual(expected)
  }, 60_000)

  test('a log that is followed waits for its broker, says so, and reads on; a stop does not wait', async () => {
    const topic = await filled()
    const stop = new AbortController()
    const told: string[] = []
    const log = await openKafkaLog(`kafka://${cluster.broker.address}`, {
      environment: {},
      limits: QUICK,
      patience: {
        outageMs: Number.POSITIVE_INFINITY,
        signal: stop.signal,
        onAway: away => void told.push(away === null ? 'back' : 'away'),
      },
    })
    await log.partitions(topic)
    await cluster.broker.stop()
    const reading = everything(log, topic)
    await expect.poll(() => told.length, { timeout: 15_000 }).toBeGreaterThan(0)
    await cluster.broker.restart()
    expect(await reading).toEqual(expected)
    expect(new Set(told)).toEqual(new Set(['away', 'back']))
    expect(told.filter(word => word === 'back')).toHaveLength(1)

    await cluster.broker.stop()
    const waiting = expect(everything(log, topic)).rejects.toMatchObject({ code: 'broker-error' })
    setTimeout(() => stop.abort(), 1_000)
    const start = performance.now()
    await waiting
    expect(performance.now() - start).toBeLessThan(6_000)
    await log.close()
    await cluster.broker.restart()
  }, 240_000)

  test('a broker that lost confirmed records is detected, even with other records at their offsets', async () => {
    const topic = await cluster.topic()
    await cluster.send(topic, ['kept'])
    const log = await cluster.log()
    expect(await everything(log, topic)).toEqual(['0:kept'])
    const segment = join(cluster.broker.logDir, `${topic}-0`, '00000000000000000000.log')
    const { size } = statSync(segment)
    await cluster.send(topic, ['lost', 'lost too'])
    expect(texts(await chunksOf(log, topic, 1n, 3n))).toEqual(['1:lost', '2:lost too'])
    await cluster.broker.kill()
    truncateSync(segment, size)
    await cluster.broker.restart()
    await cluster.send(topic, ['other', 'other', 'other'])
    await expect(chunksOf(log, topic, 3n, 4n)).rejects.toMatchObject({
      code: 'truncated',
      exitCode: 5,
      where: { topic, partition: 0, from: '1', to: '3' },
    })
    expect(await everything(await cluster.log(), topic)).toEqual(['0:kept', '1:other', '2:other', '3:other'])
  }, 60_000)

  test('a read continues at the next leader when the first one is killed', async () => {
    const leader = await cluster.further()
    const topic = `led-by-${leader.node}`
    await cluster.admin.createTopics({
      waitForLeaders: false,
      topics: [{ topic, replicaAssignment: [{ partition: 0, replicas: [leader.node, cluster.broker.node] }] }],
    })
    for (let i = 0; i < 30; i++) {
      await cluster.producer.send({ topic, acks: -1, messages: [{ value: `${i}`.padEnd(500, '.'), partition: 0 }] })
    }
    const log = await cluster.log()
    const later = await cluster.log()
    await later.partitions(topic)
    const read: string[] = []
    for await (const chunk of log.read(topic, 0, 0n, 30n, { chunkBytes: 100 })) {
      read.push(...texts([chunk]))
      if (read.length === 10) await leader.kill()
    }
    expect(read).toEqual(expected)
    // A read that begins when there is no way to the leader that was known asks for another one too.
    expect(texts(await chunksOf(later, topic, 0n, 30n))).toEqual(expected)
    expect((await log.partitions(topic))[0]).toMatchObject({ start: 0n, end: 30n })
  }, 60_000)

  test('closing the log ends a read that waits', async () => {
    const topic = await filled()
    const log = await cluster.log()
    await log.partitions(topic)
    await cluster.broker.kill()
    const ended = expect(everything(log, topic)).rejects.toMatchObject({ code: 'broker-error' })
    const waiting = log.changed(60_000)
    await log.close()
    await waiting
    await ended
  }, 60_000)
})
