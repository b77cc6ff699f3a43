// What one writes by hand with kafkajs and a client of Postgres: count, greatest and sum per user, upserted batch by
// batch. Usage: DATABASE_URL=... node upsert-by-hand.mjs BROKER TOPIC TABLE [RECORDS]
//
// A batch is summed up in memory and goes in one transaction with its offset, so that each record counts once whoever
// dies. Rows are locked in the order of their keys, so that four partitions can go at once. Sums are those of floating
// point, in the order of arrival. With RECORDS it ends after so many.

import kafkajs from 'kafkajs'
import postgres from 'postgres'

const [broker, topic, table, records = 'Infinity'] = process.argv.slice(2)
const sql = postgres(process.env.DATABASE_URL, { max: 4, onnotice: () => {} })
const kafka = new kafkajs.Kafka({ brokers: [broker], logLevel: kafkajs.logLevel.NOTHING })

await sql.unsafe(
  `CREATE TABLE IF NOT EXISTS ${table} (key text PRIMARY KEY, count bigint, max float8, sum float8);
   CREATE TABLE IF NOT EXISTS ${table}_offsets (partition integer PRIMARY KEY, next bigint)`,
)
const UPSERT = `INSERT INTO ${table} AS t SELECT * FROM unnest($1::text[], $2::bigint[], $3::float8[], $4::float8[])
  ON CONFLICT (key) DO UPDATE SET count = t.count + excluded.count, max = greatest(t.max, excluded.max),
    sum = t.sum + excluded.sum`
const MOVE = `INSERT INTO ${table}_offsets VALUES ($1, $2) ON CONFLICT (partition) DO UPDATE SET next = excluded.next`

const consumer = kafka.consumer({ groupId: `by-hand-${process.pid}` })
await consumer.connect()
await consumer.subscribe({ topic, fromBeginning: true })
const next = new Map((await sql.unsafe(`SELECT * FROM ${table}_offsets`)).map(row => [row.partition, BigInt(row.next)]))
let left = Number(records)
await new Promise((resolve, reject) => {
  consumer
    .run({
      autoCommit: false,
      partitionsConsumedConcurrently: 4,
      eachBatch: async ({ batch: { partition, messages } }) => {
        const fresh = messages.filter(({ offset }) => BigInt(offset) >= (next.get(partition) ?? 0n))
        if (fresh.length === 0) return
        const users = new Map()
        for (const { value } of fresh) {
          const { user, amount } = JSON.parse(value.toString())
          const row = users.get(user)
          if (row === undefined) users.set(user, { count: 1, max: amount, sum: amount })
          else {
            row.count++
            row.max = Math.max(row.max, amount)
            row.sum += amount
          }
        }
        const keys = [...users.keys()].sort()
        const column = name => keys.map(key => users.get(key)[name])
        const end = BigInt(fresh.at(-1).offset) + 1n
        await sql.begin(async transaction => {
          await transaction.unsafe(UPSERT, [keys, column('count'), column('max'), column('sum')])
          await transaction.unsafe(MOVE, [partition, end.toString()])
        })
        next.set(partition, end)
        left -= fresh.length
        if (left <= 0) resolve()
      },
    })
    .catch(reject)
})
process.exit(0)
