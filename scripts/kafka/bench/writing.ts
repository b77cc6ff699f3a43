// What writing every event to a topic of 4 partitions costs, exactly once.
//
// Promises: readers of committed records see as many records in each partition from all. From a log directory: ours, in
// the order of event time, and a loop by hand in the order of the files, which does not know after a crash how far it
// came. To a directory: what is left of the stream without Kafka. From a topic, which is read too: ours and Kafka
// Streams, in the order of reading.

import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { compile, executor } from './lyrebird.ts'
import { type Bench, freshPath, type Measured, measure, nodeCommand } from './measure.ts'
import { type Contestant, type Result, race, STREAM } from './race.ts'
import { dropTopics, freshTopic, recordsOf } from './topics.ts'

const SOURCE = 'events'
const COPIES = 'copies'
const APPLICATION = 'peer'
const STREAMS_THREADS = '2'
/** Its default for exactly once. */
const STREAMS_COMMIT_MS = '100'

export async function writing(bench: Bench): Promise<boolean> {
  compile(bench, 'copy')
  const script = join(bench.root, 'bench', 'kafka', 'by-hand.mjs')
  const { streams } = bench.peers
  const contestants: readonly Contestant[] = [
    { name: 'batch', run: () => lyrebird(bench, 'batch', bench.log) },
    { name: STREAM, run: () => lyrebird(bench, 'stream', bench.log) },
    { name: 'stream, to a directory', run: () => toDirectory(bench) },
    {
      name: 'kafkajs by hand',
      run: () =>
        copied(bench, () => measure(bench, nodeCommand(bench, script, 'copy', bench.address, COPIES, bench.log))),
    },
    { name: 'batch, from a topic', run: () => lyrebird(bench, 'batch', `kafka://${bench.address}`) },
    { name: 'stream, from a topic', run: () => lyrebird(bench, 'stream', `kafka://${bench.address}`) },
    ...(streams === null ? [] : [kafkaStreams(bench, streams)]),
  ]
  return race(bench, `Writing ${bench.events} events of 230 bytes to 4 partitions, exactly once`, contestants)
}

function lyrebird(bench: Bench, target: 'batch' | 'stream', log: string): Promise<Result> {
  return copied(bench, () => runInto(bench, target, log, `kafka://${bench.address}`))
}

function runInto(bench: Bench, target: 'batch' | 'stream', log: string, out: string): Measured {
  const state = freshPath(bench, 'state')
  const places = ['--log', log, '--state', state, '--out', out]
  const measured = measure(bench, executor(bench, 'copy', target, ...places, '--final'))
  rmSync(state, { recursive: true })
  return measured
}

async function toDirectory(bench: Bench): Promise<Result> {
  const out = freshPath(bench, 'out')
  const measured = runInto(bench, 'stream', bench.log, out)
  const found = await foundIn(out)
  rmSync(out, { recursive: true })
  return { ...measured, found }
}

async function foundIn(place: string): Promise<string> {
  const counts = await recordsOf(place, COPIES)
  return `${counts.reduce((a, b) => a + b)} records (${counts.join(' + ')})`
}

function kafkaStreams(bench: Bench, command: readonly string[]): Contestant {
  return {
    name: 'Kafka Streams, from a topic',
    guest: true,
    run: async () => {
      const state = freshPath(bench, APPLICATION)
      const settings = ['exactly_once_v2', STREAMS_THREADS, STREAMS_COMMIT_MS]
      const task = ['copy', SOURCE, COPIES, String(bench.events)]
      try {
        return await copied(bench, () => measure(bench, [...command, bench.address, state, ...settings, ...task]))
      } finally {
        rmSync(state, { recursive: true, force: true })
        await dropTopics(bench.address, APPLICATION)
      }
    },
  }
}

async function copied(bench: Bench, act: () => Measured): Promise<Result> {
  await freshTopic(bench.address, COPIES)
  const measured = act()
  return { ...measured, found: await foundIn(`kafka://${bench.address}`) }
}
