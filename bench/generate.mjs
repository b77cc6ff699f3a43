// A seeded log for measurements: events of about 200 bytes as NDJSON in the archive layout.
//
// Promises: the same bytes for the same seed and count on every machine. Event times cover one week, with up to 5 s of
// disorder within a partition; a fifth of the events are of 1,000 users, the others of 500,000; countries are drawn
// unevenly from 40. Texts hold quotes, backslashes, tabs, accents, Hangul and emoji.

import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'

export const USERS = 500_000
const WEEK_MS = 7 * 24 * 3_600_000
const START = Date.UTC(2026, 0, 5)
const COUNTRIES = Array.from({ length: 40 }, (_, i) => String.fromCharCode(65 + (i % 26), 65 + ((i * 7) % 26)))
const PAGES = Array.from({ length: 50 }, (_, i) => `/shop/category-${i}/index.html`)
const AGENTS = ['Firefox/139.0', 'Chrome/137.0', 'Safari/18.5', 'Édge/136.0', '새/1.0 (안드로이드)', 'curl "raw" 🐦']
const TITLES = ['spring sale', '가을 세일', 'été', 'Ärger & Öl', 'plain', 'tab\tand "quote"', 'back\\slash']

/** mulberry32: 32 bits of state, enough for data that only has to look mixed. */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

function event(next, id, base) {
  const pick = list => list[Math.floor(next() * list.length)]
  const country = COUNTRIES[Math.floor(next() * next() * COUNTRIES.length)]
  const ts = base - Math.floor(next() * 5000)
  const amount = Math.floor(next() * 100_000) / 100
  const user = next() < 0.2 ? Math.floor(1000 * next() ** 2) : Math.floor(next() * USERS)
  return (
    `{"id":${id},"ts":${ts},"user":"u${user}","country":"${country}","page":"${pick(PAGES)}",` +
    `"amount":${amount},"ip":"10.${id & 255}.${(id >> 8) & 255}.7","agent":${JSON.stringify(pick(AGENTS))},"title":${JSON.stringify(pick(TITLES))},` +
    `"device":{"kind":"mobile","os":"linux"},"ok":${next() < 0.98}}\n`
  )
}

/** Makes `events` events in `partitions` partitions of topic `events` below `directory`, unless they are there. */
export function generate(directory, events, partitions, seed) {
  if (existsSync(directory)) return
  const unfinished = `${directory}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  for (let p = 0; p < partitions; p++) {
    const folder = join(unfinished, 'events', `partition=${p}`)
    mkdirSync(folder, { recursive: true })
    const file = openSync(join(folder, `events+${p}+0.json`), 'w')
    const next = random(seed + p)
    const count = Math.floor((events + p) / partitions)
    let text = ''
    for (let i = 0; i < count; i++) {
      text += event(next, i * partitions + p, START + Math.floor((i / count) * WEEK_MS))
      if (text.length > 1 << 20) {
        writeSync(file, text)
        text = ''
      }
    }
    writeSync(file, text)
    closeSync(file)
  }
  renameSync(unfinished, directory)
}
