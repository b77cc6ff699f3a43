// What reading a topic of 4 partitions costs: its records alone, and counts and sums by hour and country.
//
// Promises: every count and sum of every contestant is compared. Of ours the stream and the batch leave a durable
// state; loops by hand keep nothing where they die; Kafka Streams and @kafkats/flow keep state and changelog, and send
// each record through a topic, since its key is not what is grouped by. @kafkats/flow is given fewer events: it would
// take an hour.

import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { basename, join } from 'node:path'
import { compile, executor, rowsOf } from './lyrebird.ts'
import { type Bench, freshPath, generatedLog, type Measured, measure, nodeCommand } from './measure.ts'
import { type Contestant, type Result, race, STREAM } from './race.ts'
import { dropTopics, fillTopic } from './topics.ts'

const TOPIC = 'events'
const FEW_TOPIC = 'few'
const FEW = 50_000
const APPLICATION = 'peer'
const STREAMS_THREADS = '2'
/** As the stream's commits, by default. */
const STREAMS_COMMIT_MS = '1000'
const GUARANTEES = ['at least once', 'exactly once'] as const
type Target = 'batch' | 'stream'
type Guarantee = (typeof GUARANTEES)[number]

export async function reading(bench: Bench): Promise<boolean> {
  compile(bench, 'all')
  compile(bench, 'country')
  const title = `Reading ${bench.events} events from 4 partitions, counted and summed by hour and country`
  const streams = bench.peers.streams === null ? [] : GUARANTEES.map(g => kafkaStreams(bench, g))
  const flow = bench.peers.flow === null ? [] : await flows(bench)
  return race(bench, title, [
    records(bench),
    countOfAll(bench),
    counted(bench, 'batch'),
    counted(bench, 'stream'),
    byHand(bench),
    ...streams,
    ...flow,
  ])
}

/** Fills the topic that is read. */
export async function fillEvents(bench: Bench): Promise<void> {
  await fillTopic(bench.address, bench.log, 'events', TOPIC)
}

/** Less than the question: what ours takes for the records alone. */
function records(bench: Bench): Contestant {
  const script = join(bench.root, 'bench', 'kafka', 'records.mjs')
  const found = `${bench.events} events`
  return {
    name: '(records alone)',
    run: async () => {
      const measured = measure(bench, nodeCommand(bench, script, bench.address, TOPIC, String(bench.events)))
      return { ...measured, found, wanted: found }
    },
  }
}

/** Less than the question: one field of each event is decoded, and there is one group. */
function countOfAll(bench: Bench): Contestant {
  const kafka = `kafka://${bench.address}`
  return {
    name: '(a count of all, batch)',
    run: async () =>
      overState(bench, 'all', 'batch', kafka, (measured, state) => {
        const [row] = rowsOf(bench, 'all', state)
        return { ...measured, found: `${row?.value.count} events`, wanted: `${bench.events} events` }
      }),
  }
}

function counted(bench: Bench, target: Target): Contestant {
  return {
    name: target === 'stream' ? STREAM : target,
    run: async () => overState(bench, 'country', target, `kafka://${bench.address}`, hourly(bench)),
  }
}

function overState(
  bench: Bench,
  job: string,
  target: Target,
  log: string,
  judge: (measured: Measured, state: string) => Result,
): Result {
  const state = freshPath(bench, 'state')
  const result = judge(measure(bench, executor(bench, job, target, '--log', log, '--state', state)), state)
  rmSync(state, { recursive: true })
  return result
}

function hourly(bench: Bench): (measured: Measured, state: string) => Result {
  return (measured, state) => {
    const lines = rowsOf(bench, 'hourly', state).map(({ key, window, value }) => {
      return `${Date.parse(window?.start ?? '')} ${key} ${value.count} ${Math.round((value.sum ?? 0) * 100)}`
    })
    return { ...measured, found: summary(lines) }
  }
}

function byHand(bench: Bench): Contestant {
  const script = join(bench.root, 'bench', 'kafka', 'by-hand.mjs')
  return {
    name: 'kafkajs by hand',
    run: async () => {
      const out = freshPath(bench, 'answer')
      const args = ['count', bench.address, TOPIC, String(bench.events), out]
      return answered(measure(bench, nodeCommand(bench, script, ...args)), out)
    },
  }
}

function kafkaStreams(bench: Bench, guarantee: Guarantee): Contestant {
  const promise = guarantee === 'exactly once' ? 'exactly_once_v2' : 'at_least_once'
  const task = ['count', TOPIC, String(bench.events)]
  return guest(bench, `Kafka Streams, ${guarantee}`, (state, out) => {
    const settings = [bench.address, state, promise, STREAMS_THREADS, STREAMS_COMMIT_MS]
    return [...(bench.peers.streams ?? []), ...settings, ...task, out]
  })
}

async function flows(bench: Bench): Promise<readonly Contestant[]> {
  const events = Math.min(FEW, bench.events)
  const log = await generatedLog(bench.root, events)
  await fillTopic(bench.address, log, 'events', FEW_TOPIC)
  const wanted = overState(bench, 'country', 'batch', log, hourly(bench)).found
  return GUARANTEES.map(guarantee => {
    const promise = guarantee.replaceAll(' ', '_')
    const replicas = String(bench.brokers.length)
    const { name, run } = guest(bench, `@kafkats/flow, ${guarantee}`, (state, out) => {
      const settings = [bench.address, basename(state), promise, replicas]
      return nodeCommand(bench, bench.peers.flow ?? '', ...settings, FEW_TOPIC, String(events), out)
    })
    return { name: `${name}, ${events}`, guest: true, run: async () => ({ ...(await run()), wanted, events }) }
  })
}

/** A contestant that makes topics and a directory of its application, and leaves its answer in a file. */
function guest(bench: Bench, name: string, command: (state: string, out: string) => readonly string[]): Contestant {
  return {
    name,
    guest: true,
    run: async () => {
      const [state, out] = [freshPath(bench, APPLICATION), freshPath(bench, 'answer')]
      try {
        return answered(measure(bench, command(state, out)), out)
      } finally {
        rmSync(state, { recursive: true, force: true })
        await dropTopics(bench.address, APPLICATION)
      }
    },
  }
}

/** Takes the answer from a file with a line for each row: hour, country, count, cents. */
function answered(measured: Measured, file: string): Result {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  rmSync(file)
  return { ...measured, found: summary(lines) }
}

function summary(lines: readonly string[]): string {
  const events = lines.reduce((sum, line) => sum + Number(line.split(' ')[2]), 0)
  const digest = createHash('sha256')
    .update([...lines].sort().join('\n'))
    .digest('hex')
    .slice(0, 12)
  return `${lines.length} rows of ${events} events, digest ${digest}`
}
