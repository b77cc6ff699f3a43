// A stream over a real broker across retention and lost records, between two runs.
//
// Promises: what was read may go, what was not read may not; a log that was cut back and written again is noticed, even
// where the new records look like the old ones.

import { statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { job, source } from '../../../dsl/index.ts'
import { runStream } from '../../../runtime-stream/index.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { programOf } from '../../support/run-job.ts'
import { temporaryDirectory } from '../support/directories.ts'
import { noKafka, TestCluster } from './support/cluster.ts'

/** Counts events by key. */
function counted(topic: string) {
  const counts = source<{ k: string }>(topic)
    .keyBy(e => e.k)
    .count()
  return interpretedModule(programOf(job('counted', { counts })))
}

describe.skipIf(noKafka)('between two runs of a stream', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await TestCluster.start()
  }, 120_000)
  afterAll(() => cluster?.end())

  /** Records from an index on, always the same for the same index. */
  const send = (topic: string, from: number, to: number, k = 'k') =>
    cluster.producer.send({
      topic,
      messages: Array.from({ length: to - from }, (_, i) => ({
        value: JSON.stringify({ k: `${k}${(from + i) % 3}` }),
        timestamp: String(1_700_000_000_000 + from + i),
        partition: 0,
      })),
    })

  async function deleteBefore(topic: string, offset: number): Promise<void> {
    await cluster.admin.fetchTopicOffsets(topic)
    await cluster.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] })
  }

  const run = async (topic: string, state: string) => {
    const { cut, records, views } = await runStream({
      functions: counted(topic),
      log: await cluster.log(),
      state,
      until: 'end',
    })
    return { cut: cut[`${topic}/0`], records, views }
  }

  test('records that were read may be deleted, some or all; one that was not read stops the next run', async () => {
    const [topic, state] = [await cluster.topic(), join(temporaryDirectory(), 'state')]
    await send(topic, 0, 20)
    await run(topic, state)
    await deleteBefore(topic, 10)
    await send(topic, 20, 25)
    expect(await run(topic, state)).toMatchObject({ cut: '25', records: 5 })
    await deleteBefore(topic, 25)
    const idle = await run(topic, state)
    expect(idle).toMatchObject({ cut: '25', records: 0 })
    const whole = await cluster.topic()
    await send(whole, 0, 25)
    expect(idle.views).toEqual((await run(whole, join(temporaryDirectory(), 'state'))).views)
    await send(topic, 25, 30)
    await deleteBefore(topic, 26)
    await expect(run(topic, state)).rejects.toMatchObject({
      code: 'range-lost',
      exitCode: 5,
      where: { from: '25', to: '26' },
    })
  })

  /** Keeps the first record and 19 more of a topic, then takes the 19 away from the broker's disk. */
  async function cutBack(topic: string, state: string): Promise<void> {
    await send(topic, 0, 1)
    const segment = join(cluster.broker.logDir, `${topic}-0`, '00000000000000000000.log')
    await expect.poll(() => statSync(segment).size).toBeGreaterThan(0)
    const { size } = statSync(segment)
    await send(topic, 1, 20)
    await run(topic, state)
    await cluster.broker.kill()
    truncateSync(segment, size)
    await cluster.broker.restart()
  }

  test('a log that was cut back is noticed: shorter, with other records, and with records that look the same', async () => {
    const [topic, state] = [await cluster.topic(), join(temporaryDirectory(), 'state')]
    await cutBack(topic, state)
    await expect(run(topic, state)).rejects.toMatchObject({ code: 'truncated', exitCode: 5 })
    await send(topic, 1, 10, 'other')
    await send(topic, 10, 25)
    const error = await run(topic, state).catch(e => e)
    expect(error).toMatchObject({ code: 'log-rewritten', exitCode: 5, where: { topic, partition: 0, offset: '19' } })
    expect(error.message).toContain('leader epoch')
  }, 60_000)

  test('a topic that was deleted and made anew is another one, however long it is', async () => {
    const [topic, state] = [await cluster.topic(), join(temporaryDirectory(), 'state')]
    await send(topic, 0, 20)
    await run(topic, state)
    await cluster.admin.deleteTopics({ topics: [topic] })
    await cluster.forget()
    await expect
      .poll(
        () =>
          cluster.topic({ name: topic }).then(
            () => true,
            () => false,
          ),
        { timeout: 20_000 },
      )
      .toBe(true)
    await send(topic, 0, 25)
    await expect(run(topic, state)).rejects.toMatchObject({ code: 'topic-recreated', exitCode: 5 })
  }, 60_000)
})
