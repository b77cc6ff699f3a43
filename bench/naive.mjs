// The loop that one writes by hand: readline, JSON.parse, a Map of objects. Usage: node naive.mjs country|users LOG OUT
//
// It checks no types, notices no late or broken record, sums doubles in the order of arrival, and writes its result as
// one JSON file.

import { createReadStream, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const [what, log, out] = process.argv.slice(2)
const groups = new Map()
const topic = join(log, 'events')
for (const partition of readdirSync(topic).sort()) {
  for (const file of readdirSync(join(topic, partition)).sort()) {
    const lines = createInterface({
      input: createReadStream(join(topic, partition, file)),
      crlfDelay: Number.POSITIVE_INFINITY,
    })
    for await (const line of lines) {
      const e = JSON.parse(line)
      const key = what === 'country' ? `${Math.floor(e.ts / 3_600_000)} ${e.country}` : e.user
      let group = groups.get(key)
      if (group === undefined) {
        group = { count: 0, sum: 0, max: Number.NEGATIVE_INFINITY }
        groups.set(key, group)
      }
      group.count++
      group.sum += e.amount
      if (e.amount > group.max) group.max = e.amount
    }
  }
}
writeFileSync(out, JSON.stringify([...groups]))
