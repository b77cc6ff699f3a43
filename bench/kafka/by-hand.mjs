// What one writes by hand with kafkajs: a loop over a topic that counts by hour and country, a copy of a log into a
// topic in transactions, or a relay from topic to topic. Usage: node by-hand.mjs count BROKER TOPIC RECORDS OUT | copy
// BROKER TOPIC LOG | relay BROKER TOPIC OUTPUT
//
// `count` holds its groups in memory only. `copy` commits each 20,000 records; nothing tells it after a crash how far
// it came. A reader of the copy sees each record once, as long as nobody crashes. `relay` commits each batch that it is
// given together with its offset, and runs until it is killed.

import { createReadStream, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import kafkajs from 'kafkajs'

const HOUR = 3_600_000
const TRANSACTION_RECORDS = 20_000
const BATCH_RECORDS = 2_000
const [what, broker, topic, input, out] = process.argv.slice(2)
const kafka = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING })

if (what === 'count') await count(Number(input))
else if (what === 'copy') await copy(input)
else await relay(input)

async function count(records) {
  const groups = new Map()
  const consumer = kafka.consumer({ groupId: `by-hand-${process.pid}` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  let seen = 0
  await new Promise((resolve, reject) => {
    consumer
      .run({
        eachBatch: async ({ batch }) => {
          for (const { value } of batch.messages) {
            const { ts, country, amount } = JSON.parse(value.toString())
            const key = `${ts - (ts % HOUR)} ${country}`
            const cents = Math.round(amount * 100)
            const group = groups.get(key)
            if (group === undefined) groups.set(key, { count: 1, cents })
            else {
              group.count++
              group.cents += cents
            }
          }
          seen += batch.messages.length
          if (seen === records) resolve()
        },
      })
      .catch(reject)
  })
  writeFileSync(out, [...groups].map(([key, { count, cents }]) => `${key} ${count} ${cents}\n`).join(''))
  process.exit(0)
}

async function transactionalProducer() {
  const producer = kafka.producer({
    transactionalId: `by-hand-${process.pid}`,
    idempotent: true,
    maxInFlightRequests: 1,
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    retry: { initialRetryTime: 5, maxRetryTime: 50, retries: 200 },
  })
  await producer.connect()
  return producer
}

async function copy(log) {
  const producer = await transactionalProducer()
  let transaction = null
  let inTransaction = 0
  let batch = []
  const send = async () => {
    transaction ??= await producer.transaction()
    await transaction.send({ topic, acks: -1, messages: batch })
    inTransaction += batch.length
    batch = []
    if (inTransaction < TRANSACTION_RECORDS) return
    await transaction.commit()
    transaction = null
    inTransaction = 0
  }
  for (const partition of readdirSync(join(log, 'events')).sort()) {
    for (const file of readdirSync(join(log, 'events', partition)).sort()) {
      for await (const line of createInterface({ input: createReadStream(join(log, 'events', partition, file)) })) {
        const { ts, user } = JSON.parse(line)
        batch.push({ key: user, value: line, timestamp: String(ts) })
        if (batch.length === BATCH_RECORDS) await send()
      }
    }
  }
  if (batch.length > 0) await send()
  await transaction?.commit()
  await producer.disconnect()
}

async function relay(output) {
  const producer = await transactionalProducer()
  const consumerGroupId = `by-hand-${process.pid}`
  const consumer = kafka.consumer({ groupId: consumerGroupId, readUncommitted: false })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommit: false,
    eachBatch: async ({ batch, resolveOffset }) => {
      const transaction = await producer.transaction()
      const messages = batch.messages.map(({ key, value }) => ({ key, value }))
      await transaction.send({ topic: output, acks: -1, messages })
      const offsets = [{ partition: batch.partition, offset: String(BigInt(batch.lastOffset()) + 1n) }]
      await transaction.sendOffsets({ consumerGroupId, topics: [{ topic, partitions: offsets }] })
      await transaction.commit()
      resolveOffset(batch.lastOffset())
    },
  })
}
