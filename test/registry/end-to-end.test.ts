// A job over records in Confluent's framing, with the schemas of a fake registry: batch, stream and reference agree on
// an embedded log and on Kafka, give what the records hold, and write what others read.
//
// Promises: the registry has ended before anything runs.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import avsc from 'avsc'
import protobuf from 'protobufjs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLog } from '../../logs/index.ts'
import { openTopic } from '../../logs/writer/index.ts'
import { project, run } from '../cli/lyrebird.ts'
import { noKafka, TestCluster } from '../logs/kafka/support/cluster.ts'
import { fakeRegistry } from './fake-registry.ts'
import { FILLS, type Framed, framedRecords, type Ids, jobText, type Tag, TRADES } from './framed-records.ts'

const SEED = 20_260_101
const COUNT = 600
const LIMIT_MS = 240_000

let folder = ''
let framed: Framed
let ids: Ids

beforeAll(async () => {
  const registry = await fakeRegistry()
  registry.put('other-value', '"long"')
  const [firstTrade = 0, secondTrade = 0] = TRADES.slice(0, 2).map(schema => registry.put('trades-value', schema))
  const fills = FILLS.map(schema => registry.put('fills-value', schema, { schemaType: 'PROTOBUF' }))
  folder = project({ 'trade.avsc': JSON.stringify(TRADES[2]) })
  const at = ['--registry', registry.url]
  const newest = await run(folder, [
    ...['schemas', 'trades-value', '--register', 'trade.avsc', '--into', 'trades.schemas.json'],
    ...at,
  ])
  expect(newest.code, newest.err).toBe(0)
  ids = { trades: [firstTrade, secondTrade, Number(newest.out)], fills }
  await expectDone('schemas', 'fills-value', '--into', 'fills.schemas.json', ...at)
  framed = framedRecords(SEED, COUNT, ids)
  writeFileSync(join(folder, 'job.ts'), jobText(ids))
  await expectDone('schemas', '--check', 'job.ts', ...at)
  await registry.end()
}, LIMIT_MS)

async function expectDone(...args: string[]): Promise<string> {
  const { code, out, err } = await run(folder, args)
  expect(code, err).toBe(0)
  return out
}

const rows = async (view: string, state: string, ...more: string[]): Promise<unknown[]> =>
  (await expectDone('query', view, '--state', state, ...more))
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as unknown)

/** A view by its keys, in their order. */
function grouped<T>(items: readonly T[], key: (item: T) => string, value: (items: readonly T[]) => unknown): unknown[] {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return [...groups].map(([k, all]) => ({ key: k, value: value(all) })).toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

/** As bigints are shown. */
const total = (numbers: readonly number[]): string => String(numbers.reduce((all, n) => all + BigInt(n), 0n))

const sorted = (given: readonly unknown[]): unknown[] =>
  given.toSorted((a, b) => ((a as { key: string }).key < (b as { key: string }).key ? -1 : 1))

async function expectViews(state: string): Promise<void> {
  const { trades, fills, deadLetters } = framed
  const tags = fills.flatMap(fill => fill.tags)
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, n) => all + n, 0)
  expect(sorted(await rows('traded', state))).toEqual(
    grouped(
      trades,
      t => t.symbol,
      all => ({ n: all.length, amount: total(all.map(t => t.amount)), price: sum(all.map(t => t.price)) }),
    ),
  )
  expect(sorted(await rows('venues', state))).toEqual(
    grouped(
      trades,
      t => `${t.venue.code}/${t.note ?? '-'}`,
      all => all.length,
    ),
  )
  expect(sorted(await rows('sides', state))).toEqual(
    grouped(
      fills,
      f => f.side,
      all => total(all.map(f => f.amount)),
    ),
  )
  expect(sorted(await rows('ranks', state))).toEqual(
    grouped(
      tags,
      t => t.name,
      all => sum(all.map(t => t.rank)),
    ),
  )
  const dead = (await rows('@dead-letters', state)) as { at: string; kind: string; message?: string }[]
  const of = (topic: string): number => dead.filter(({ at }) => at.startsWith(`${topic}/`)).length
  expect({ trades: of('trades'), fills: of('fills') }).toEqual(deadLetters)
  expect(dead.every(({ kind }) => kind === 'decode')).toBe(true)
  const messages = dead.map(({ message }) => message ?? '')
  for (const part of ['lyrebird schemas --id 66051 --into FILE', "no frame of Confluent's", 'is a acme.Batch']) {
    expect(
      messages.some(message => message.includes(part)),
      part,
    ).toBe(true)
  }
}

/** The values of an output, whatever its partitions. */
async function written(log: string, topic: string): Promise<Uint8Array[]> {
  const values: Uint8Array[] = []
  const opened = await openLog(log)
  try {
    for (const { partition, start, end } of await opened.partitions(topic)) {
      for await (const chunk of opened.read(topic, partition, start, end)) {
        for (let i = 0; i < chunk.count; i++) {
          const from = chunk.valueStart[i] as number
          if (from >= 0) values.push(new Uint8Array(chunk.bytes.subarray(from, chunk.valueEnd[i])))
        }
      }
    }
  } finally {
    await opened.close()
  }
  return values
}

/** What libraries other than the formats read of an output; the frame is compared with one made by hand. */
async function expectOutputs(log: string): Promise<void> {
  const trade = avsc.Type.forSchema(TRADES[2] as avsc.Schema, { wrapUnions: false })
  const copies = (await written(log, 'copies')).map(value => {
    expect([...value.subarray(0, 5)]).toEqual([0, 0, 0, 0, ids.trades[2]])
    return JSON.stringify(trade.fromBuffer(Buffer.from(value.subarray(5))))
  })
  const seen = framed.trades.map(({ venue, symbol, note, amount, price }) =>
    JSON.stringify({ venue, symbol, note, amount, price }),
  )
  expect(copies.toSorted()).toEqual(seen.toSorted())
  const type = protobuf.parse(FILLS[1] as string).root.lookupType('acme.Fill.Tag')
  const ranks = (await written(log, 'tags')).map(value => {
    expect([...value.subarray(0, 8)]).toEqual([0, 0, 0, 0, ids.fills[1], 4, 2, 0])
    return type.toObject(type.decode(value.subarray(8)), { defaults: true }) as Tag
  })
  const text = ({ name, rank }: Tag): string => `${name} ${rank}`
  expect(ranks.map(text).toSorted()).toEqual(
    framed.fills
      .flatMap(f => f.tags)
      .map(text)
      .toSorted(),
  )
}

it('draws enough of everything', () => {
  const { trades, fills, deadLetters } = framed
  expect(Math.min(trades.length, fills.length)).toBeGreaterThan(200)
  expect(Math.min(deadLetters.trades, deadLetters.fills)).toBeGreaterThan(30)
  expect(new Set(trades.map(t => t.venue.code))).toEqual(new Set(['none', 'v0', 'v1']))
})

describe('an embedded log', () => {
  beforeAll(async () => {
    for (const topic of ['trades', 'fills'] as const) {
      const writer = await openTopic(topic, { log: join(folder, 'log'), partitions: 2 })
      await writer.append(framed.records.filter(record => record.topic === topic))
      await writer.close()
    }
  }, LIMIT_MS)

  it('batch, stream and reference agree', { timeout: LIMIT_MS }, async () => {
    const args = ['job.ts', '--log', 'log', '--interleavings', '3', '--seed', '1', '--final']
    const { code, err } = await run(folder, ['verify', ...args])
    expect(code, err).toBe(0)
  })

  it('views and outputs hold what the records hold', { timeout: LIMIT_MS }, async () => {
    await expectDone('batch', 'job.ts', '--log', 'log', '--state', 'batch', '--final')
    await expectViews('batch')
    await expectOutputs(join(folder, 'batch', 'out'))
    await expectDone('stream', 'job.ts', '--log', 'log', '--state', 'stream', '--until', 'end', '--final')
    await expectViews('stream')
    await expectOutputs(join(folder, 'stream', 'out'))
  })
})

describe.skipIf(noKafka)('Kafka', () => {
  let cluster: TestCluster
  let log = ''

  beforeAll(async () => {
    cluster = await TestCluster.start()
    log = `kafka://${cluster.broker.address}`
    // Another producer writes a batch twice where its first answer is not what it hoped for.
    const producer = cluster.kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
    await producer.connect()
    for (const topic of ['trades', 'fills'] as const) {
      await cluster.topic({ name: topic, partitions: 2 })
      const messages = framed.records
        .filter(record => record.topic === topic)
        .map(({ key, timestamp, value }) => ({
          key,
          timestamp: String(timestamp),
          value: value === null ? null : Buffer.from(value),
        }))
      await producer.send({ topic, messages })
      expect(await written(log, topic)).toHaveLength(messages.filter(({ value }) => value !== null).length)
    }
    await producer.disconnect()
  }, LIMIT_MS)
  afterAll(async () => {
    await cluster?.end()
  })

  it('batch, stream and reference agree', { timeout: LIMIT_MS }, async () => {
    const args = ['job.ts', '--log', log, '--interleavings', '2', '--seed', '1', '--final']
    const { code, err } = await run(folder, ['verify', ...args])
    expect(code, err).toBe(0)
  })

  it('views hold what the records hold, and outputs go to Kafka', { timeout: LIMIT_MS }, async () => {
    await expectDone('stream', 'job.ts', '--log', log, '--state', 'kafka', '--until', 'end', '--final')
    await expectViews('kafka')
    await expectOutputs(log)
  })
})
