// Ticks into a real broker: they are read back as ticks, move a watermark, admit a new partition, and are refused where
// a topic cannot hold them.

import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Tick } from '../../../logs/tick.ts'
import { writeTicks } from '../../../logs/ticks.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { verdictLines, verifyJob } from '../../../testing/equivalence/index.ts'
import { testFolder } from '../../run/support/folder.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { PlanBuilder, tumbling } from '../../support/jobs/graph-plan.ts'
import { noKafka, TestCluster } from './support/cluster.ts'

const tick = (topic: string, partition: number | null, time: number, isNow = false): Tick => ({
  topic,
  partition,
  time,
  isNow,
})

function counts(topic: string) {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source(topic, { time: (v: { t: number }) => v.t }), () => 'all')
  plan.view('counts', plan.bare(keyed, tumbling(1000), { kind: 'count' }))
  return interpretedModule(plan.program('counts'))
}

describe.skipIf(noKafka)('a tick', () => {
  let cluster: TestCluster
  let log: string
  beforeAll(async () => {
    cluster = await TestCluster.start()
    log = `kafka://${cluster.broker.address}`
  }, 120_000)
  afterAll(() => cluster?.end())

  test('moves the watermark of a partition that gets no records, and admits a new one', async () => {
    const topic = await cluster.topic({ partitions: 2 })
    await cluster.send(topic, ['{"t":5000}'])
    const functions = counts(topic)
    const state = join(testFolder(), 'state')
    const idle = await runBatch({ functions, log, state })
    expect(idle.sources[0]).toMatchObject({ watermark: null, heldBy: `${topic}/1` })
    expect(idle.warnings.join()).toContain(`lyrebird tick ${topic}/1 --at TIME --log ${log}`)
    expect(await writeTicks(log, [tick(topic, 1, 4000)])).toEqual([{ topic, partition: 1, offset: 0n, time: 4000 }])
    expect((await runBatch({ functions, log, state })).sources[0]).toMatchObject({ watermark: 4000 })

    await cluster.admin.createPartitions({ topicPartitions: [{ topic, count: 4 }] })
    await expect.poll(async () => (await cluster.admin.fetchTopicOffsets(topic)).length).toBe(4)
    await writeTicks(log, [tick(topic, 2, 4000)])
    // The producer drops in silence what is for a partition that it does not know yet.
    await cluster.forget()
    await cluster.send(topic, ['{"t":3999}', '{"t":4000}'], 3)
    const refused = await runBatch({ functions, log, state }).catch((e: unknown) => e)
    expect(refused).toMatchObject({ code: 'partition-added', message: expect.stringContaining(`${topic}/3`) })
    expect((refused as { hint: string }).hint).toContain(`lyrebird tick ${topic}/3 --at 1970-01-01T00:00:04.000Z`)
    const admitted = await runBatch({ functions, log, state, admit: true })
    expect(admitted).toMatchObject({ late: 1, sources: [{ watermark: 4000 }], cut: { [`${topic}/2`]: '1' } })
    const verdict = await verifyJob({ functions, log, state, interleavings: 1, seed: 1 })
    expect(verdict.difference, verdictLines(verdict).join('\n')).toBeNull()
  }, 120_000)

  test('has a key in a compacted topic, and says now where the broker stamps records', async () => {
    const compacted = await cluster.topic({ settings: { 'cleanup.policy': 'compact' } })
    expect(await writeTicks(log, [tick(compacted, null, 1000)])).toHaveLength(1)
    const stamped = await cluster.topic({ settings: { 'message.timestamp.type': 'LogAppendTime' } })
    await expect(writeTicks(log, [tick(stamped, 0, 1000)])).rejects.toMatchObject({
      code: 'usage',
      hint: 'write --at now',
    })
    expect(await writeTicks(log, [tick(stamped, 0, Date.now(), true)])).toHaveLength(1)
  })

  test('is refused where the topic takes no such time, and where there is no such topic or partition', async () => {
    const narrow = await cluster.topic({ settings: { 'message.timestamp.after.max.ms': '1000' } })
    await expect(writeTicks(log, [tick(narrow, 0, Date.now() + 3_600_000)])).rejects.toMatchObject({ code: 'usage' })
    await expect(writeTicks(log, [tick(narrow, 7, 1000)])).rejects.toMatchObject({ code: 'usage' })
    await expect(writeTicks(log, [tick('nowhere', 0, 1000)])).rejects.toMatchObject({ code: 'unknown-topic' })
  })
})
