// How long one record is on its way through a relay that writes exactly once, and what that takes of a core.
//
// Promises: one after the other on fresh topics, at the same rate; each with the settings that make it quick. The batch
// has no place here.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { compile, executor } from './lyrebird.ts'
import { type Bench, freshPath, nodeCommand, say } from './measure.ts'
import { measureLatency, OUTPUT, SOURCE } from './probes.ts'
import { STREAM } from './race.ts'
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
  readonly command: readonly string[]
}

export async function latency(bench: Bench, pace: Pace): Promise<boolean> {
  compile(bench, 'relay')
  say(`\nFrom append to a reader of committed records, ${pace.rate} records/s for ${pace.seconds} s`)
  say(`${''.padEnd(NAME_COLUMNS)}   p50 ms   p99 ms   % of a core   relayed`)
  let whole = true
  for (const relay of relays(bench)) {
    try {
      const all = await run(bench, relay, pace)
      whole = whole && (all || relay.guest === true)
    } catch (e) {
      if (relay.guest !== true) throw e
      say(`${relay.name} is left out: ${(e as Error).message}`)
    }
    await dropTopics(bench.address, APPLICATION)
  }
  return whole
}

function relays(bench: Bench): readonly Relay[] {
  const { streams } = bench.peers
  const script = join(bench.root, 'bench', 'kafka', 'by-hand.mjs')
  const places = ['--log', `kafka://${bench.address}`, '--state', freshPath(bench, 'relay')]
  const settings = [bench.address, freshPath(bench, APPLICATION), 'exactly_once_v2', '1', String(COMMIT_MS)]
  return [
    { name: STREAM, command: executor(bench, 'relay', 'live', ...places, '--commit-interval', `${COMMIT_MS}ms`) },
    { name: 'kafkajs by hand', command: nodeCommand(bench, script, 'relay', bench.address, SOURCE, OUTPUT) },
    ...(streams === null
      ? []
      : [{ name: 'Kafka Streams', guest: true, command: [...streams, ...settings, 'relay', SOURCE, OUTPUT] }]),
  ]
}

/** False where records were lost or came twice. */
async function run(bench: Bench, { name, command }: Relay, pace: Pace): Promise<boolean> {
  await freshTopic(bench.address, SOURCE)
  await freshTopic(bench.address, OUTPUT)
  const [program, ...args] = command
  const engine = spawn(program as string, args, { cwd: bench.root, stdio: 'ignore' })
  const ended = new Promise(resolve => engine.once('exit', resolve))
  const options = { ...pace, pid: engine.pid as number }
  try {
    const { p50, p99, relayed, sent, engineSeconds } = await measureLatency(`kafka://${bench.address}`, options)
    const share = Math.round((engineSeconds / pace.seconds) * 100)
    const cells = [String(p50).padStart(9), String(p99).padStart(9), String(share).padStart(14)]
    say(`${name.padEnd(NAME_COLUMNS)}${cells.join('')}   ${relayed} of ${sent}`)
    return relayed === sent
  } finally {
    engine.kill('SIGTERM')
    await ended
  }
}
