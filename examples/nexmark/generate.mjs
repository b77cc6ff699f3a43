// A seeded generator of Nexmark's events, written as a log directory of NDJSON archives.
//
//     node examples/nexmark/generate.mjs DIR [--events 10000] [--seed 1] [--partitions 2]
//
// Promises: the same bytes for the same arguments on every machine. Of 50 events 1 is a person, 3 are auctions and 46
// are bids, as in the benchmark's own generator; 50 events a second of event time, up to 1.5 s out of order within a
// partition. Persons register before they sell or bid; auctions open before they are bid on and stay open for 2 to 20
// s.

import { mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const START = Date.UTC(2026, 0, 5, 9)
const CITIES = [
  'Phoenix',
  'Los Angeles',
  'San Francisco',
  'Boise',
  'Portland',
  'Bend',
  'Redmond',
  'Seattle',
  'Kent',
  'Cheyenne',
]
const STATES = ['AZ', 'CA', 'ID', 'OR', 'WA', 'WY']
const FIRST = ['Peter', 'Paul', 'Luke', 'John', 'Saul', 'Vicky', 'Kate', 'Julie', 'Sarah', 'Deiter', 'Walter']
const LAST = ['Shultz', 'Abrams', 'Spencer', 'White', 'Bartels', 'Walton', 'Smith', 'Jones', 'Noris']
const CHANNELS = ['Google', 'Facebook', 'Baidu', 'Apple', 'channel-7', 'channel-23', 'channel-112', 'channel-4096']
const ITEMS = ['lamp', 'chair', 'clock', 'radio', 'vase', 'print', 'coin', 'stamp']
/** Between two events. */
const STEP_MS = 20
const OPEN_LEAST_MS = 2000
const OPEN_MOST_MS = 20_000

/** mulberry32: 32 bits of state, enough for data that only has to look mixed. */
function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** All events in order of event time: `{ persons, auctions, bids }`. */
export function nexmark(events, seed) {
  const next = random(seed)
  const below = n => Math.floor(next() * n)
  const pick = list => list[below(list.length)]
  const word = () => Array.from({ length: 4 + below(12) }, () => String.fromCharCode(97 + below(6))).join('')
  const log = { persons: [], auctions: [], bids: [] }
  for (let i = 0; i < events; i++) {
    const dateTime = START + i * STEP_MS
    const kind = i % 50
    if (kind === 0) log.persons.push(person(log.persons.length, dateTime))
    else if (kind <= 3) log.auctions.push(auction(log.auctions.length, dateTime))
    else log.bids.push(bid(dateTime))
  }
  return log

  function person(id, dateTime) {
    const name = `${pick(FIRST)} ${pick(LAST)}`
    return {
      id,
      name,
      emailAddress: `${word()}@${word()}.com`,
      creditCard: Array.from({ length: 4 }, () => String(below(10_000)).padStart(4, '0')).join(' '),
      city: pick(CITIES),
      state: pick(STATES),
      dateTime,
      extra: word(),
    }
  }

  /** Half of the sellers are among the newest persons, some of them the very newest. */
  function auction(id, dateTime) {
    const initialBid = 100 + below(10_000)
    return {
      id,
      itemName: `${pick(ITEMS)} ${word()}`,
      description: word(),
      initialBid,
      reserve: initialBid + below(10_000),
      dateTime,
      expires: dateTime + OPEN_LEAST_MS + below(OPEN_MOST_MS - OPEN_LEAST_MS + 1),
      seller: recent(log.persons),
      category: 10 + below(5),
      extra: word(),
    }
  }

  function bid(dateTime) {
    const channel = pick(CHANNELS)
    const id = channel.startsWith('channel-') && below(4) > 0 ? `?channel_id=${channel.slice(8)}` : ''
    return {
      auction: recent(log.auctions),
      bidder: recent(log.persons),
      price: Math.floor(10 ** (2 + next() * 5)),
      channel,
      url: `https://www.nexmark.com/${word()}/${word()}/${word()}/item.htm${id}`,
      dateTime,
      extra: word(),
    }
  }

  /** The number of one item of the list: every second time one of the last twenty. */
  function recent(list) {
    return next() < 0.5 ? Math.max(0, list.length - 1 - below(20)) : below(list.length)
  }
}

/** Deals events to partitions, each moved up to 1.5 s out of its place. */
export function dealt(list, partitions, seed) {
  const next = random(seed)
  const parts = Array.from({ length: partitions }, () => [])
  for (const event of list) parts[Math.floor(next() * partitions)].push({ event, at: event.dateTime + next() * 1500 })
  return parts.map(part => part.sort((a, b) => a.at - b.at).map(p => p.event))
}

/** Writes the three topics as archives below a directory. */
export function writeNexmark(directory, { events, seed, partitions }) {
  const { persons, auctions, bids } = nexmark(events, seed)
  for (const [topic, list] of Object.entries({ person: persons, auction: auctions, bid: bids })) {
    for (const [p, part] of dealt(list, partitions, seed + topic.length).entries()) {
      const folder = join(directory, topic, `partition=${p}`)
      mkdirSync(folder, { recursive: true })
      writeFileSync(join(folder, `${topic}+${p}+0.json`), part.map(e => `${JSON.stringify(e)}\n`).join(''))
    }
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      events: { type: 'string', default: '10000' },
      seed: { type: 'string', default: '1' },
      partitions: { type: 'string', default: '2' },
    },
  })
  if (positionals.length !== 1) {
    console.error('usage: node examples/nexmark/generate.mjs DIR [--events N] [--seed S] [--partitions P]')
    process.exit(2)
  }
  const [directory] = positionals
  writeNexmark(directory, {
    events: Number(values.events),
    seed: Number(values.seed),
    partitions: Number(values.partitions),
  })
  console.log(`${values.events} events in ${directory}`)
}
