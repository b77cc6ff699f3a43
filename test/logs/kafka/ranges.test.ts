// Ranges that no longer exist, on a real broker: deleted records, deleted and recreated topics, ends that were never
// reached, compaction.
//
// Promises: each is a typed failure that names the range, at once; no offset is ever reset.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reference } from '../../../core/reference/reference.ts'
import { job, source, table } from '../../../dsl/index.ts'
import { rangesNow } from '../../../run/reading/bind-log.ts'
import { readInput, verdictLines, verifyJob } from '../../../testing/equivalence/index.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { rowsOf, writtenOf } from '../../support/read-result.ts'
import { programOf } from '../../support/run-job.ts'
import { chunksOf, everything, noKafka, TestCluster, texts } from './support/cluster.ts'

describe.skipIf(noKafka)('ranges that were lost', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await TestCluster.start({ properties: { 'log.cleaner.backoff.ms': '50' } })
  }, 120_000)
  afterAll(() => cluster?.end())

  async function deleteBefore(topic: string, offset: number): Promise<void> {
    await cluster.admin.fetchTopicOffsets(topic)
    await cluster.admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: String(offset) }] })
  }

  test('deleted records are range-lost with the offsets; what is left is read', async () => {
    const topic = await cluster.topic()
    await cluster.send(topic, ['a', 'b', 'c', 'd', 'e'])
    await deleteBefore(topic, 3)
    const log = await cluster.log()
    expect((await log.partitions(topic))[0]).toEqual({ topic, partition: 0, start: 3n, end: 5n })
    expect(await everything(log, topic)).toEqual(['3:d', '4:e'])
    const lost = { code: 'range-lost', exitCode: 5, where: { topic, partition: 0, from: '1', to: '3' } }
    await expect(chunksOf(log, topic, 1n, 5n)).rejects.toMatchObject(lost)
    await expect(chunksOf(log, topic, 1n, 5n)).rejects.toThrow(`offsets 1 to 2 of ${topic}/0 were deleted`)
  })

  test('the first offset of a time is that of the first record which is not older', async () => {
    const topic = await cluster.topic()
    const times = [10, 40, 30, 50, 20, 60]
    const messages = times.map(time => ({ value: `${time}`, timestamp: String(time), partition: 0 }))
    // Batches of two: the index of a broker knows batches.
    for (let i = 0; i < messages.length; i += 2)
      await cluster.producer.send({ topic, messages: messages.slice(i, i + 2) })
    const log = await cluster.log()
    for (let time = -5; time <= 65; time += 5) {
      const first = times.findIndex(t => t >= time)
      expect(await log.offsetFrom?.(topic, 0, time), `${time}`).toBe(BigInt(first < 0 ? times.length : first))
    }
  })

  test('records deleted in the middle of a read end it, after those before them were delivered', async () => {
    const topic = await cluster.topic()
    for (let i = 0; i < 40; i++) await cluster.send(topic, [`${i}`.padEnd(1000, '.')])
    const reading = (await cluster.log()).read(topic, 0, 0n, 40n, { chunkBytes: 100 })[Symbol.asyncIterator]()
    expect(texts([(await reading.next()).value])).toHaveLength(1)
    await deleteBefore(topic, 30)
    let last = 1n
    const rest = async (): Promise<void> => {
      for (let next = await reading.next(); next.done !== true; next = await reading.next())
        last = next.value.nextOffset
    }
    await expect(rest()).rejects.toMatchObject({ code: 'range-lost' })
    expect(last).toBeLessThan(4n)
  })

  test('an end that the log has not reached is range-lost, not an endless wait and not a shorter read', async () => {
    const topic = await cluster.topic()
    await cluster.send(topic, ['a', 'b'])
    const log = await cluster.log()
    const beyond = { code: 'range-lost', where: { from: '2', to: '9' } }
    await expect(chunksOf(log, topic, 0n, 9n)).rejects.toMatchObject(beyond)
    await expect(chunksOf(log, topic, 7n, 9n)).rejects.toMatchObject(beyond)
  })

  test('compaction leaves gaps and empty batches: the same offsets, and progress to the end', async () => {
    const topic = await cluster.topic({
      settings: {
        'cleanup.policy': 'compact',
        'segment.ms': '300',
        'min.cleanable.dirty.ratio': '0.001',
        'max.compaction.lag.ms': '300',
      },
    })
    const send = (key: string, value: string) =>
      cluster.producer.send({ topic, messages: [{ key, value, partition: 0 }] })
    for (let i = 0; i < 20; i++) await send(`k${i % 3}`, `v${i}`)
    const log = await cluster.log()
    const stirred = async (): Promise<string[]> => {
      await send('stir', 'x')
      return (await everything(log, topic)).filter(text => !text.endsWith(':x'))
    }
    await expect.poll(stirred, { timeout: 20_000, interval: 200 }).toEqual(['17:v17', '18:v18', '19:v19'])
    const end = (await log.partitions(topic))[0]?.end as bigint
    for (const from of [0n, 5n, 16n, 18n]) {
      const chunks = await chunksOf(log, topic, from, end, { chunkBytes: 1 })
      expect(chunks.at(-1)?.nextOffset).toBe(end)
      expect(texts(await chunksOf(log, topic, from, 17n))).toEqual([])
    }
  }, 30_000)

  test('a compacted topic is a table: its newest versions and deletions, in batch, stream and reference', async () => {
    const orders = await cluster.topic()
    const users = await cluster.topic({ settings: { 'cleanup.policy': 'compact' } })
    const upsert = (key: string, plan: string | null, timestamp: number) =>
      cluster.producer.send({
        topic: users,
        messages: [
          { key, value: plan === null ? null : JSON.stringify({ plan }), timestamp: String(timestamp), partition: 0 },
        ],
      })
    for (const [key, plan, at] of [
      ['ann', 'free', 1],
      ['bob', 'team', 2],
      ['ann', 'team', 5],
      ['bob', null, 6],
    ] as const) {
      await upsert(key, plan, 1_000_000 * at)
    }
    await upsert('end', 'none', 99_000_000)
    const order = (user: string, at: number) => ({ value: JSON.stringify({ user }), timestamp: String(1_000_000 * at) })
    const messages = [order('ann', 3), order('bob', 3), order('ann', 5), order('bob', 7), order('end', 98)]
    await cluster.producer.send({ topic: orders, messages: messages.map(m => ({ ...m, partition: 0 })) })

    const plans = table<{ plan: string }>(users)
    const joined = source<{ user: string }>(orders)
      .keyBy(o => o.user)
      .joinTable(plans, { type: 'left' })
      .mapValues(({ right }) => right?.plan ?? 'gone')
    const program = programOf(job('compacted', { plans, joined: joined.to('joined') }))
    const log = await cluster.log()
    const verdict = await verifyJob({ functions: interpretedModule(program), log, interleavings: 3, seed: 1 })
    expect(verdict.difference, verdictLines(verdict).join('\n')).toBeNull()
    const ranges = await rangesNow(log, program.plan)
    const at = (side: 'start' | 'end') => new Map([...ranges].map(([name, range]) => [name, range[side]]))
    const input = await readInput(log, at('end'), at('start'))
    const result = reference(program, input)
    expect(rowsOf(result, 'plans')).toEqual([
      ['ann', { plan: 'team' }],
      ['end', { plan: 'none' }],
    ])
    expect(writtenOf(result, 'joined')).toEqual([
      ['3000000 ann "free"', '3000000 bob "team"', '5000000 ann "team"', '7000000 bob "gone"'],
    ])
  }, 30_000)

  test('a topic that is created again has another id and is topic-recreated for readers of the first one', async () => {
    const topic = await cluster.topic({ name: 'again' })
    await cluster.send(topic, ['a', 'b', 'c'])
    const log = await cluster.log()
    const id = await log.topicId(topic)
    expect(await everything(log, topic)).toHaveLength(3)
    await cluster.admin.deleteTopics({ topics: [topic] })
    await cluster.forget()
    const remade = async (): Promise<boolean> => {
      await cluster.topic({ name: topic })
      return true
    }
    await expect.poll(() => remade().catch(() => false), { timeout: 10_000 }).toBe(true)
    await cluster.send(topic, ['x', 'y', 'z', 'w'])
    const recreated = { code: 'topic-recreated', exitCode: 5 }
    await expect(chunksOf(log, topic, 1n, 3n)).rejects.toMatchObject(recreated)
    await expect(log.partitions(topic)).rejects.toMatchObject(recreated)
    const fresh = await cluster.log()
    expect(await fresh.topicId(topic)).not.toBe(id)
    expect(await everything(fresh, topic)).toHaveLength(4)
  })

  test('a deleted topic is topic-recreated too, within its time limit', async () => {
    const topic = await cluster.topic()
    await cluster.send(topic, ['a'])
    const log = await cluster.log()
    expect(await everything(log, topic)).toEqual(['0:a'])
    await cluster.admin.deleteTopics({ topics: [topic] })
    await cluster.forget()
    await expect(log.partitions(topic)).rejects.toMatchObject({ code: 'topic-recreated' })
  }, 15_000)
})
