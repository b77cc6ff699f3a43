// Ticks that a run writes into a real broker: into idle partitions only, never beside an open transaction, by a user
// who may; and a batch over the topic agrees.

import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runDeployment } from '../../deployment/index.ts'
import { endOfPartition } from '../../logs/kafka/ranges.ts'
import type { Notice } from '../../run/notices/notice.ts'
import type { RunSummary } from '../../run/summary.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { everything, noKafka, TestCluster } from '../logs/kafka/support/cluster.ts'
import { testFolder } from '../run/support/folder.ts'
import { withCluster } from '../sinks/kafka/support.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { PlanBuilder, tumbling } from '../support/jobs/graph-plan.ts'

const LIMIT_MS = 120_000

/** Counts by second, with the time from the value or from the log. */
function counts(topic: string, timed = true) {
  const plan = new PlanBuilder()
  const source = plan.source(topic, timed ? { time: (v: { t: number }) => v.t } : {})
  plan.view(
    'counts',
    plan.bare(
      plan.keyBy(source, () => 'all'),
      tumbling(1000),
      { kind: 'count' },
    ),
  )
  return interpretedModule(plan.program('counts'))
}

/** A live run; `heard` resolves with the first notice of an event. */
function live(functions: ReturnType<typeof counts>, log: string, state: string) {
  const stop = new AbortController()
  const said: Notice[] = []
  let tell = (): void => {}
  const done = runDeployment({
    functions,
    log,
    state,
    commitIntervalMs: 20,
    ticksMs: 300,
    signal: stop.signal,
    onNotice: notice => {
      said.push(notice)
      tell()
    },
    onProgress: () => tell(),
  })
  const until = async (reached: () => boolean): Promise<void> => {
    while (!reached()) await Promise.race([done, new Promise<void>(resolve => (tell = resolve))])
  }
  return {
    said,
    heard: (event: string) => until(() => said.some(notice => notice.event === event)),
    end: async (): Promise<RunSummary> => {
      stop.abort()
      return (await done) as RunSummary
    },
  }
}

/** With what is in open transactions. */
const endOf = (log: string, topic: string, partition: number): Promise<bigint> =>
  withCluster(log, cluster =>
    cluster.persist('asking where a partition ends', async () => {
      await cluster.topic(topic)
      return await endOfPartition(cluster, topic, partition, 'all')
    }),
  )

describe.skipIf(noKafka)('ticks of a run', { timeout: LIMIT_MS }, () => {
  let cluster: TestCluster
  let log = ''
  beforeAll(async () => {
    cluster = await TestCluster.start()
    log = `kafka://${cluster.broker.address}`
  }, LIMIT_MS)
  afterAll(() => cluster?.end())

  test('move the watermark on in idle partitions, and batch over the topic agrees', async () => {
    const topic = await cluster.topic({ partitions: 2 })
    const sent = Date.now() - 60_000
    await cluster.send(topic, [JSON.stringify({ t: sent })])
    const state = join(testFolder(), 'state')
    const running = live(counts(topic), log, state)
    await running.heard('ticking')
    const reader = await cluster.log()
    await expect.poll(async () => (await everything(reader, topic, 1)).length).toBeGreaterThan(0)
    await expect.poll(async () => (await everything(reader, topic, 0)).length).toBeGreaterThan(1)
    const summary = await running.end()
    expect(running.said[0]?.text).toContain(`${topic}/1`)
    expect(summary.sources[0]?.watermark).toBeGreaterThan(sent)
    expect(summary).toMatchObject({ late: 0, dead: 0 })
    const { views, sources } = await runBatch({
      functions: counts(topic),
      log,
      state: join(testFolder(), 'state'),
      until: new Map(Object.entries(summary.cut).map(([name, offset]) => [name, BigInt(offset)])),
    })
    expect([views, sources]).toEqual([summary.views, summary.sources])
  })

  test('are not written into a partition with an open transaction', async () => {
    const topic = await cluster.topic({ partitions: 2 })
    const producer = await cluster.transactional(`open-${topic}`)
    const transaction = await producer.transaction()
    await transaction.send({ topic, messages: [{ value: '{"t":1}', partition: 0 }] })
    const running = live(counts(topic), log, join(testFolder(), 'state'))
    await running.heard('ticking')
    // The tick of the other partition has been read, a while after which the next one is due in both.
    await expect.poll(() => endOf(log, topic, 1), { timeout: 20_000 }).toBeGreaterThan(1n)
    expect(await endOf(log, topic, 0)).toBe(1n)
    await transaction.abort()
    await running.end()
    expect(running.said.filter(({ event }) => event === 'no-ticks')).toEqual([])
  })

  test('say now where the broker stamps records, if the job takes its time from there; else they are refused', async () => {
    const topic = await cluster.topic({ settings: { 'message.timestamp.type': 'LogAppendTime' } })
    const before = Date.now()
    const stamped = live(counts(topic, false), log, join(testFolder(), 'state'))
    await stamped.heard('ticking')
    const reader = await cluster.log()
    await expect.poll(async () => (await everything(reader, topic)).length).toBeGreaterThan(0)
    await expect.poll(async () => (await everything(reader, topic)).length).toBeGreaterThan(1)
    expect((await stamped.end()).sources[0]?.watermark).toBeGreaterThanOrEqual(before)
    const other = live(counts(topic), log, join(testFolder(), 'state'))
    await other.heard('no-ticks')
    await other.end()
    expect(other.said[0]).toMatchObject({
      fields: { topic, code: 'usage' },
      text: expect.stringContaining('own clock'),
    })
  })
})
