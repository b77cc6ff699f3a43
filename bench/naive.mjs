// The loop that one writes by hand: readline, JSON.parse, a Map of objects. Usage: node naive.mjs
// country|users|pages|sessions LOG OUT
//
// It checks no types, notices no late or broken record, sums doubles in the order of arrival, and writes its result as
// one JSON file.

import { createReadStream, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const [what, log, out] = process.argv.slice(2)
const HOUR = 3_600_000
const STEP = 300_000
const GAP = 1_800_000
const groups = new Map()
/** By user, for sessions. */
const timesOf = new Map()
const topic = join(log, 'events')
for (const partition of readdirSync(topic).sort()) {
  for (const file of readdirSync(join(topic, partition)).sort()) {
    const lines = createInterface({
      input: createReadStream(join(topic, partition, file)),
      crlfDelay: Number.POSITIVE_INFINITY,
    })
    for await (const line of lines) {
      const e = JSON.parse(line)
      if (what === 'country') add(`${Math.floor(e.ts / HOUR)} ${e.country}`, e.amount)
      else if (what === 'users') add(e.user, e.amount)
      else if (what === 'pages') {
        for (let start = Math.floor(e.ts / STEP) * STEP; start + HOUR > e.ts; start -= STEP)
          add(`${start} ${e.page}`, 0)
      } else {
        const times = timesOf.get(e.user)
        if (times === undefined) timesOf.set(e.user, [e.ts])
        else times.push(e.ts)
      }
    }
  }
}
for (const [user, times] of timesOf) {
  times.sort((a, b) => a - b)
  let session = 0
  times.forEach((time, i) => {
    if (i > 0 && time - times[i - 1] > GAP) session++
    add(`${user} ${session}`, 0)
  })
}
writeFileSync(out, JSON.stringify([...groups]))

function add(key, amount) {
  let group = groups.get(key)
  if (group === undefined) {
    group = { count: 0, sum: 0, max: Number.NEGATIVE_INFINITY }
    groups.set(key, group)
  }
  group.count++
  group.sum += amount
  if (amount > group.max) group.max = amount
}
