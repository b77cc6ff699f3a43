// Command: fetches Kafka's jars and makes what lets brokers start quickly (node scripts/kafka/run.mjs fetch).
//
// Promises: exit 1 with the reason where Kafka cannot be fetched; does nothing where everything is there.

import { warmUp } from './broker.ts'
import { kafkaParts } from './jars.ts'

const parts = kafkaParts()
if (typeof parts === 'string') {
  process.stderr.write(`${parts}\n`)
  process.exitCode = 1
} else {
  await warmUp(parts)
  process.stdout.write(`${parts.jars.length} jars in .kafka/libs\n`)
}
