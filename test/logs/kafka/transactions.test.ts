// Transactions on a real broker: aborted records are never delivered, open ones end the log.
//
// The first three tests are cases in which kafkajs's own decoder delivers aborted records (docs/kafka.md). Each is also
// read from every offset, since a read may begin inside a transaction.

import { randomUUID } from 'node:crypto'
import type { Producer, Transaction } from 'kafkajs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { HeldBack } from '../../../logs/log.ts'
import { heldBackText } from '../../../run/reading/held-back.ts'
import { chunksOf, everything, noKafka, TestCluster, texts } from './support/cluster.ts'

describe.skipIf(noKafka)('transactions', () => {
  let cluster: TestCluster
  let producers: Producer[]
  beforeAll(async () => {
    cluster = await TestCluster.start()
  }, 120_000)
  beforeEach(async () => {
    producers = [await cluster.transactional(randomUUID()), await cluster.transactional(randomUUID())]
  })
  afterAll(() => cluster?.end())

  const begin = (which: number): Promise<Transaction> => (producers[which] as Producer).transaction()
  const send = (to: { send: Transaction['send'] }, topic: string, ...values: string[]) =>
    to.send({ topic, messages: values.map(value => ({ value, partition: 0 })) })

  /** Waits for markers, which are written some time after the producer has been answered. */
  async function ended(topic: string, end: number): Promise<void> {
    const log = await cluster.log()
    await expect.poll(async () => (await log.partitions(topic))[0]?.end, { timeout: 10_000 }).toBe(BigInt(end))
  }

  test('an open one that holds the log back is named with its producer and its age', async () => {
    const topic = await cluster.topic({ partitions: 2 })
    const id = randomUUID()
    const open = await (await cluster.transactional(id)).transaction()
    await send(open, topic, 'a')
    await cluster.send(topic, ['b', 'c'])
    await cluster.send(topic, ['d'], 1)
    const log = await cluster.log()
    const [held, ...others] = (await log.heldBack?.(topic)) ?? []
    expect(others).toEqual([])
    expect(held).toMatchObject({ topic, partition: 0, from: 0n, offsets: 3n })
    expect(held?.owner).toMatch(new RegExp(`^producer \\d+ \\(transactional id ${id}, Ongoing\\)$`))
    expect(Math.abs(Date.now() - (held?.since ?? 0))).toBeLessThan(60_000)
    expect(heldBackText(held as HeldBack)).toContain(
      `${topic}/0 stands at 0: offsets 0 to 2 are held back by a transaction`,
    )
    await open.commit()
    await ended(topic, 4)
    expect(await log.heldBack?.(topic)).toEqual([])
  })

  test('nothing holds back records that come while it is looked at', async () => {
    const topic = await cluster.topic()
    const log = await cluster.log()
    let looking = true
    const sending = (async () => {
      while (looking) await cluster.send(topic, ['a'])
    })()
    try {
      for (let look = 0; look < 150; look++) expect(await log.heldBack?.(topic)).toEqual([])
    } finally {
      looking = false
      await sending
    }
  })

  test('a topic tells its bytes, and records can be looked at', async () => {
    const topic = await cluster.topic()
    await cluster.send(topic, ['a'.repeat(500)])
    const facts = await (await cluster.log()).facts?.(topic)
    expect(facts).toMatchObject({ storage: 'Kafka', compacted: false })
    expect(facts?.bytes.get(0)).toBeGreaterThan(500)
  })

  /** Checks that a read from each offset gives the tail of a read from the start, also in fetches of one batch. */
  async function expectCommitted(topic: string, expected: readonly string[]): Promise<void> {
    const log = await cluster.log()
    expect(await everything(log, topic)).toEqual(expected)
    const end = (await log.partitions(topic))[0]?.end as bigint
    for (let from = 0n; from <= end; from++) {
      const tail = expected.filter(text => BigInt(text.split(':')[0] as string) >= from)
      for (const chunkBytes of [1, 1024 * 1024]) {
        const chunks = await chunksOf(log, topic, from, end, { chunkBytes })
        expect(texts(chunks)).toEqual(tail)
        if (from < end) expect(chunks.at(-1)?.nextOffset).toBe(end)
      }
    }
  }

  test('an aborted transaction inside another: the broker lists the inner one first (K1)', async () => {
    const topic = await cluster.topic()
    const outer = await begin(0)
    const inner = await begin(1)
    await send(outer, topic, 'a', 'b')
    await send(inner, topic, 'c')
    await send(outer, topic, 'd')
    await inner.abort()
    await send(outer, topic, 'e')
    await outer.abort()
    await ended(topic, 7)
    const last = await begin(0)
    await send(last, topic, 'z')
    await last.commit()
    await ended(topic, 9)
    await expectCommitted(topic, ['7:z'])
  })

  test('an aborted record whose key is the bytes of an abort marker (K3)', async () => {
    const topic = await cluster.topic()
    const aborted = await begin(0)
    const key = Buffer.from([0, 0, 0, 0])
    await send(aborted, topic, 'a')
    await aborted.send({ topic, messages: [{ key, value: 'b', partition: 0 }] })
    await send(aborted, topic, 'c')
    await aborted.abort()
    await ended(topic, 4)
    await cluster.producer.send({ topic, messages: [{ key, value: 'kept', partition: 0 }] })
    await expectCommitted(topic, ['4:kept'])
  })

  test('a read that begins inside two aborted transactions at once (K2)', async () => {
    const topic = await cluster.topic()
    const first = await begin(0)
    const second = await begin(1)
    await send(first, topic, 'a')
    await send(second, topic, 'b')
    await send(second, topic, 'c')
    await send(first, topic, 'd')
    await send(second, topic, 'e')
    await first.abort()
    await second.abort()
    await ended(topic, 7)
    await cluster.send(topic, ['plain'])
    await expectCommitted(topic, ['7:plain'])
  })

  test('aborted and committed ones of one producer, with plain records between', async () => {
    const topic = await cluster.topic()
    const expected: string[] = []
    let offset = 0
    for (let i = 0; i < 6; i++) {
      const transaction = await begin(0)
      await send(transaction, topic, `t${i}`)
      await cluster.send(topic, [`p${i}`])
      await (i % 3 === 1 ? transaction.commit() : transaction.abort())
      if (i % 3 === 1) expected.push(`${offset}:t${i}`)
      expected.push(`${offset + 1}:p${i}`)
      offset += 3
      await ended(topic, offset)
    }
    await expectCommitted(topic, expected)
  })

  test('a log that ends in markers and aborted records is read to its exact end', async () => {
    const topic = await cluster.topic()
    const transaction = await begin(0)
    await send(transaction, topic, 'a', 'b')
    await transaction.abort()
    await ended(topic, 3)
    const log = await cluster.log()
    const [range] = await log.partitions(topic)
    expect(range).toMatchObject({ start: 0n, end: 3n })
    const chunks = await chunksOf(log, topic, 0n, 3n)
    expect(texts(chunks)).toEqual([])
    expect(chunks.at(-1)?.nextOffset).toBe(3n)
    expect((await chunksOf(log, topic, 2n, 3n)).at(-1)?.nextOffset).toBe(3n)
  })

  test('an open transaction ends the log before its first record and wakes no reader; its commit does', async () => {
    const topic = await cluster.topic()
    await cluster.send(topic, ['before'])
    const open = await begin(0)
    await send(open, topic, 'open')
    await cluster.send(topic, ['after'])
    const log = await cluster.log()
    expect((await log.partitions(topic))[0]?.end).toBe(1n)
    expect(await everything(log, topic)).toEqual(['0:before'])
    const quiet = performance.now()
    await log.changed(300)
    expect(performance.now() - quiet).toBeGreaterThan(280)
    const woken = log.changed(20_000)
    const start = performance.now()
    await open.commit()
    await woken
    expect(performance.now() - start).toBeLessThan(5_000)
    await expect.poll(async () => (await log.partitions(topic))[0]?.end, { timeout: 10_000 }).toBe(4n)
    expect(await everything(log, topic)).toEqual(['0:before', '1:open', '2:after'])
  })
})
