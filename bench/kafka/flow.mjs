// What one writes with @kafkats/flow, a Kafka Streams in TypeScript: counts and sums by hour and country. Usage: node
// flow.mjs BROKER APPLICATION GUARANTEE REPLICAS TOPIC RECORDS OUT
//
// Promises: state in memory with a changelog, and one partition at a time, as it comes (state in LMDB took four times
// as long; with four partitions at a time and at least once it lost records). It has no windows by a time inside the
// record, so the hour is a part of the key. `npm run bench:kafka` copies this file to where it has installed the
// package.

import { writeFileSync } from 'node:fs'
import { json, string } from '@kafkats/client'
import { flow, topic } from '@kafkats/flow'

const HOUR = 3_600_000
const COMMIT_INTERVAL_MS = 1000
const [broker, applicationId, processingGuarantee, replicas, name, records, out] = process.argv.slice(2)
const app = flow({
  applicationId,
  client: { clientId: applicationId, brokers: [broker], logLevel: 'silent' },
  processingGuarantee,
  commitIntervalMs: COMMIT_INTERVAL_MS,
  changelog: { replicationFactor: Number(replicas) },
})
const rows = new Map()
let seen = 0

app
  .stream(topic(name, { value: json() }), { offsetReset: 'earliest' })
  .groupBy((_, event) => `${event.ts - (event.ts % HOUR)} ${event.country}`, { key: string(), value: json() })
  .aggregate(
    () => ({ count: 0, cents: 0 }),
    (_, event, total) => ({ count: total.count + 1, cents: total.cents + Math.round(event.amount * 100) }),
    { key: string(), value: json() },
  )
  .toStream()
  .peek((key, total) => {
    seen += total.count - (rows.get(key)?.count ?? 0)
    rows.set(key, total)
    if (seen === Number(records)) void finish()
  })
await app.start()

async function finish() {
  await app.close()
  writeFileSync(out, [...rows].map(([key, { count, cents }]) => `${key} ${count} ${cents}\n`).join(''))
  process.exit(0)
}
