// Makes log/: two partitions of page views over four hours, with late, broken and unusual records among them. Always
// the same bytes.
//
//     node examples/page-views/make-log.mjs

import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const LOG = join(dirname(fileURLToPath(import.meta.url)), 'log', 'page-views')
const START = Date.parse('2026-01-01T10:00:00Z')
const HOURS = 4
const RECORDS = 240

/** Numbers in [0, 1) from a seed, by a linear congruence modulo 2^32. */
function random(seed) {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const COUNTRIES = ['KR', 'KR', 'KR', 'US', 'US', 'BR', 'NO', 'CI']
const PAGES = ['/', '/', '/pricing', '/docs', '/docs/semantics', '/health', '/health/ready', '/blog/안녕', '/emoji/🐦']
const USERS = ['ada', 'Zoë', '小林', 'נועה', 'o’neil', '__proto__', 'u7', 'u8', 'u9', 'u10', 'u11', 'u12']

function partition(number) {
  const next = random(2026 + number)
  const pick = list => list[Math.floor(next() * list.length)]
  const lines = []
  for (let i = 0; i < RECORDS; i++) {
    // Disorder up to 25 s; one record in forty comes minutes late.
    const late = next() < 0.025 ? 180_000 + next() * 600_000 : next() * 25_000
    const time = START + Math.floor((i / RECORDS) * HOURS * 3_600_000) - Math.floor(late)
    const view = {
      at: new Date(Math.max(time, START)).toISOString(),
      user: pick(USERS),
      page: pick(PAGES),
      country: pick(COUNTRIES),
      bytes: Math.floor(200 + next() ** 3 * 40_000) / (next() < 0.1 ? 8 : 1),
    }
    lines.push(JSON.stringify(view))
    if (next() < 0.02) lines.push(broken(view, pick))
  }
  return lines
}

/** Records that are no page view: cut off, of a wrong type, without a field, without a time. */
function broken(view, pick) {
  return pick([
    JSON.stringify(view).slice(0, 40),
    JSON.stringify({ ...view, bytes: String(view.bytes) }),
    JSON.stringify({ ...view, user: undefined }),
    JSON.stringify({ ...view, at: 'yesterday' }),
    '',
  ])
}

rmSync(LOG, { recursive: true, force: true })
for (const number of [0, 1]) {
  const directory = join(LOG, `partition=${number}`)
  mkdirSync(directory, { recursive: true })
  // Two files a partition, as an archive grows; the name says at which offset a file begins.
  const lines = partition(number)
  for (const [from, to] of [
    [0, 150],
    [150, lines.length],
  ]) {
    const name = `page-views+${number}+${String(from).padStart(10, '0')}.json`
    writeFileSync(join(directory, name), `${lines.slice(from, to).join('\n')}\n`)
  }
}
