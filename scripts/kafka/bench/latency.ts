// How long one record is on its way through a relay that writes exactly once, and what that takes of a core.
//
// Promises: round by round on fresh topics, at the same rate, medians; each with the settings that make it quick. The
// first round does not count. The batch has no place here.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { compile, executor } from './lyrebird.ts'
import { type Bench, brokersSeconds, cpuSeconds, freshPath, nodeCommand, say } from './measure.ts'
import { measureLatency, OUTPUT, SOURCE } from './probes.ts'
import { median, STREAM } from './race.ts'
import { dropTopics, freshTopic } from './topics.ts'

const APPLICATION = 'peer'
const COMMIT_MS = 10
const NAME_COLUMNS = 30

interface Pace {
  /** Records a second. */
  readonly rate: number
  readonly seconds: number
}

interface Relay {
  readonly name: string
  readonly guest?: boolean
  /** For a state of its own each time. */
  readonly command: () => readonly string[]
}

interface Lap {
  /** ms. */
  readonly p50: number
  readonly p99: number
  /** Of the relay, as a share of one core. */
  readonly engine: number
  /** The same of all brokers. */
  readonly brokers: number
}

export async function latency(bench: Bench, pace: Pace): Promise<boolean> {
  compile(bench, 'relay')
  say(`\nFrom append to a reader of committed records, ${pace.rate} records/s for ${pace.seconds} s`)
  const all = relays(bench)
  // A broker that has just started is slow for the first one.
  await run(bench, all[0] as Relay, pace)
  const laps = new Map(all.map(({ name }) => [name, [] as Lap[]]))
  for (let round = 0; round < bench.rounds; round++) {
    for (const relay of all) {
      const list = laps.get(relay.name)
      const lap = list && (await outcome(bench, relay, pace))
      if (lap === null) laps.delete(relay.name)
      else if (lap !== undefined) list?.push(lap)
    }
  }
  say(`${bench.rounds} rounds, medians`)
  say(`${''.padEnd(NAME_COLUMNS)}   p50 ms   p99 ms   % of a core   brokers' %`)
  for (const [name, list] of laps) say(`${name.padEnd(NAME_COLUMNS)}${rowOf(list)}`)
  return true
}

/** Null for a guest that has failed, or has lost records. */
async function outcome(bench: Bench, relay: Relay, pace: Pace): Promise<Lap | null> {
  try {
    return await run(bench, relay, pace)
  } catch (e) {
    if (relay.guest !== true) throw e
    say(`${relay.name} is left out: ${(e as Error).message}`)
    return null
  }
}

function rowOf(laps: readonly Lap[]): string {
  const middle = (of: (lap: Lap) => number): number => median(laps.map(of))
  const cells = [middle(lap => lap.p50), middle(lap => lap.p99), middle(lap => lap.engine), middle(lap => lap.brokers)]
  return cells.map((cell, i) => String(Math.round(cell)).padStart(i < 2 ? 9 : 14)).join('')
}

function relays(bench: Bench): readonly Relay[] {
  const { streams } = bench.peers
  const script = join(bench.root, 'bench', 'kafka', 'by-hand.mjs')
  const live = (): readonly string[] => {
    const places = ['--log', `kafka://${bench.address}`, '--state', freshPath(bench, 'relay')]
    return executor(bench, 'relay', 'live', ...places, '--commit-interval', `${COMMIT_MS}ms`)
  }
  const peer = (command: readonly string[]): readonly string[] => {
    const settings = [bench.address, freshPath(bench, APPLICATION), 'exactly_once_v2', '1', String(COMMIT_MS)]
    return [...command, ...settings, 'relay', SOURCE, OUTPUT]
  }
  return [
    { name: STREAM, command: live },
    {
      name: 'kafkajs by hand',
      guest: true,
      command: () => nodeCommand(bench, script, 'relay', bench.address, SOURCE, OUTPUT),
    },
    ...(streams === null ? [] : [{ name: 'Kafka Streams', guest: true, command: () => peer(streams) }]),
  ]
}

/** Throws where records were lost or came twice. */
async function run(bench: Bench, relay: Relay, pace: Pace): Promise<Lap> {
  const { name } = relay
  await freshTopic(bench.address, SOURCE)
  await freshTopic(bench.address, OUTPUT)
  const [program, ...args] = relay.command()
  const engine = spawn(program as string, args, { cwd: bench.root, stdio: 'ignore' })
  const ended = new Promise(resolve => engine.once('exit', resolve))
  try {
    const seconds = () => ({ engine: cpuSeconds(engine.pid as number), brokers: brokersSeconds(bench) })
    const measured = await measureLatency(`kafka://${bench.address}`, { ...pace, cpu: seconds })
    const { p50, p99, relayed, sent, cpu } = measured
    const share = (of: 'engine' | 'brokers'): number => ((cpu.after[of] - cpu.before[of]) / pace.seconds) * 100
    const lap = { p50, p99, engine: share('engine'), brokers: share('brokers') }
    process.stderr.write(`${name}: ${p50} and ${p99} ms, ${Math.round(lap.engine)} and ${Math.round(lap.brokers)} %\n`)
    if (relayed !== sent) throw new Error(`${name} has relayed ${relayed} of ${sent} records`)
    return lap
  } finally {
    engine.kill('SIGTERM')
    await ended
    await dropTopics(bench.address, APPLICATION)
  }
}
