// Command: fetches Kafka's jars (node scripts/kafka/run.mjs fetch). Exit 1 with the reason where that is not possible.

import { kafkaParts } from './jars.ts'

const parts = kafkaParts()
if (typeof parts === 'string') {
  process.stderr.write(`${parts}\n`)
  process.exitCode = 1
} else {
  process.stdout.write(`${parts.jars.length} jars in .kafka/libs\n`)
}
