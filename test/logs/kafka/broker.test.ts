// Reading from a real broker: exact offsets, exact ends, codecs, headers, names, partitions, following.
//
// Promises: what was produced is what is read, at the same offsets, and nothing else.

import kafkajs from 'kafkajs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chunksOf, everything, noKafka, parts, TestCluster, texts } from './support/cluster.ts'

if (typeof parts === 'string')
  process.stderr.write(`KAFKA TESTS SKIPPED, all suites of test/kafka that need a broker: ${parts}\n`)

describe.skipIf(noKafka)('a log on a real broker', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await TestCluster.start()
  }, 120_000)
  afterAll(() => cluster?.end())

  test('delivers keys, values, headers, timestamps and ticks as they were produced', async () => {
    const topic = await cluster.topic()
    const messages = [
      { key: 'k', value: '{"a":1}', timestamp: '1000', headers: { one: ['x', 'y'], constructor: 'c', __proto__: 'p' } },
      { key: null, value: '', timestamp: '-1', headers: {} },
      { key: Buffer.from([0, 0, 0, 0]), value: null, timestamp: '2000', headers: { 'lyrebird-tick': '' } },
      { key: '', value: null, timestamp: '1767225600000' },
    ].map(message => ({ ...message, partition: 0 }))
    Object.defineProperty(messages[0]?.headers, '__proto__', { value: 'p', enumerable: true })
    await cluster.producer.send({ topic, messages })
    const [chunk] = await chunksOf(await cluster.log(), topic, 0n, 4n)
    if (chunk === undefined) throw new Error('no chunk')
    expect(texts([chunk])).toEqual(['0:{"a":1}', '1:', '2:null', '3:null'])
    expect([...(chunk.keyStart as Int32Array)].map(start => start < 0)).toEqual([false, true, false, false])
    expect(chunk.timestamps?.[0]).toBe(1000)
    expect(chunk.timestamps?.[3]).toBe(1767225600000)
    expect([...(chunk.ticks as Uint8Array)]).toEqual([0, 0, 1, 0])
    const headers = chunk.headers(0).map(({ key, value }) => `${key}=${Buffer.from(value ?? []).toString()}`)
    expect(headers).toEqual(['one=x', 'one=y', 'constructor=c', '__proto__=p'])
  })

  test('cuts batches to the range asked for, in chunks that end where the next begins', async () => {
    const topic = await cluster.topic()
    await cluster.send(
      topic,
      Array.from({ length: 100 }, (_, i) => `v${i}`),
    )
    await cluster.send(
      topic,
      Array.from({ length: 100 }, (_, i) => `v${100 + i}`),
    )
    const log = await cluster.log()
    for (const [from, to] of [
      [0n, 200n],
      [7n, 8n],
      [99n, 101n],
      [150n, 200n],
      [13n, 100n],
      [100n, 113n],
    ] as const) {
      const chunks = await chunksOf(log, topic, from, to)
      const expected = Array.from({ length: Number(to - from) }, (_, i) => `${Number(from) + i}:v${Number(from) + i}`)
      expect(texts(chunks)).toEqual(expected)
      expect(chunks.at(-1)?.nextOffset).toBe(to)
    }
    expect(texts(await chunksOf(log, topic, 5n, 5n))).toEqual([])
  })

  test('reads every partition of a topic at its own offsets, also side by side and with small fetches', async () => {
    const topic = await cluster.topic({ partitions: 4 })
    const values = (p: number): string[] => Array.from({ length: 500 + p }, (_, i) => `${p}-${i}`.padEnd(200, '.'))
    for (let p = 0; p < 4; p++)
      for (let at = 0; at < 500 + p; at += 50) await cluster.send(topic, values(p).slice(at, at + 50), p)
    const log = await cluster.log()
    const ranges = await log.partitions(topic)
    expect(ranges.map(({ partition, start, end }) => `${partition}:${start}-${end}`)).toEqual([
      '0:0-500',
      '1:0-501',
      '2:0-502',
      '3:0-503',
    ])
    const read = await Promise.all(
      ranges.map(({ partition, end }) => chunksOf(log, topic, 0n, end, { partition, chunkBytes: 4096 })),
    )
    for (const [p, chunks] of read.entries()) {
      expect(texts(chunks)).toEqual(values(p).map((value, i) => `${i}:${value}`))
      expect(chunks.length).toBeGreaterThan(5)
    }
  })

  test('reads gzip batches', async () => {
    const topic = await cluster.topic()
    const values = Array.from({ length: 1000 }, (_, i) => `value ${i}`)
    const messages = values.map(value => ({ value, partition: 0 }))
    await cluster.producer.send({ topic, messages, compression: kafkajs.CompressionTypes.GZIP })
    expect(await everything(await cluster.log(), topic)).toEqual(values.map((value, i) => `${i}:${value}`))
  })

  test.each(['snappy', 'lz4', 'zstd'])('reads batches that the broker itself compressed with %s', async codec => {
    const topic = await cluster.topic({ settings: { 'compression.type': codec } })
    const values = Array.from({ length: 3000 }, (_, i) => `value ${i} ${i % 7}`.repeat(1 + (i % 5)))
    for (let at = 0; at < 3000; at += 1500) await cluster.send(topic, values.slice(at, at + 1500))
    expect(await everything(await cluster.log(), topic)).toEqual(values.map((value, i) => `${i}:${value}`))
  })

  test('one batch larger than the byte limit of a fetch comes whole', async () => {
    const topic = await cluster.topic()
    const large = 'x'.repeat(900_000)
    await cluster.send(topic, [large])
    await cluster.send(topic, ['small'])
    const chunks = await chunksOf(await cluster.log(), topic, 0n, 2n, { chunkBytes: 1000 })
    expect(texts(chunks)).toEqual([`0:${large}`, '1:small'])
  })

  test('names topics and their ids, and recognises a compacted topic', async () => {
    const log = await cluster.log()
    const plain = await cluster.topic({ name: '__proto__' })
    const compacted = await cluster.topic({ name: 'constructor', settings: { 'cleanup.policy': 'compact,delete' } })
    await cluster.send(plain, ['a'])
    expect(await everything(log, plain)).toEqual(['0:a'])
    expect(await log.topics()).toEqual(expect.arrayContaining(['__proto__', 'constructor']))
    expect(await log.topics()).not.toContain('__transaction_state')
    expect(await log.topicId(plain)).toMatch(/^[\w-]{22}$/)
    expect(await log.topicId(compacted)).not.toBe(await log.topicId(plain))
    expect(await log.compacted?.(plain)).toBe(false)
    expect(await log.compacted?.(compacted)).toBe(true)
    expect(await log.abilities(plain)).toEqual({ timestamps: true, keys: true, headers: true, ticks: true })
  })

  test('a topic that does not exist is unknown-topic, in every call', async () => {
    const log = await cluster.log()
    const unknown = expect.objectContaining({ code: 'unknown-topic', exitCode: 2 })
    await expect(log.partitions('absent')).rejects.toEqual(unknown)
    await expect(log.topicId('../x')).rejects.toEqual(unknown)
    await expect(chunksOf(log, 'absent', 0n, 1n)).rejects.toEqual(unknown)
    await expect(log.compacted?.('absent')).rejects.toEqual(unknown)
  })

  test('wakes up when a record comes, at the time limit when none does, at once when it is stopped', async () => {
    const topic = await cluster.topic({ partitions: 2 })
    const log = await cluster.log()
    await log.partitions(topic)
    const quiet = performance.now()
    await log.changed(150)
    expect(performance.now() - quiet).toBeGreaterThan(140)
    const woken = log.changed(20_000)
    const sent = performance.now()
    await cluster.send(topic, ['now'], 1)
    await woken
    expect(performance.now() - sent).toBeLessThan(5_000)
    const ranges = await log.partitions(topic)
    expect(ranges.map(({ end }) => end)).toEqual([0n, 1n])
    const stop = new AbortController()
    const stopped = log.changed(20_000, stop.signal)
    stop.abort()
    await stopped
    const next = log.changed(20_000)
    await cluster.send(topic, ['again'], 0)
    await next
    expect((await log.partitions(topic)).map(({ end }) => end)).toEqual([1n, 1n])
  })
})
