// The reading side of Kafka alone: takes every record of a topic apart into columns and counts it. Usage: node
// records.mjs BROKER TOPIC RECORDS
//
// Promises: fetched, checked and decompressed as in a run, partition after partition, values untouched; another number
// of records is exit 1.

import { openLog } from '../../build/logs/index.js'

const [broker, topic, records] = process.argv.slice(2)
const log = await openLog(`kafka://${broker}`)
let seen = 0
for (const { partition, start, end } of await log.partitions(topic)) {
  for await (const chunk of log.read(topic, partition, start, end)) seen += chunk.count
}
await log.close()
if (seen !== Number(records)) {
  process.stderr.write(`${seen} records\n`)
  process.exitCode = 1
}
