// npm run bench:kafka: what reading from Kafka, writing to it exactly once, and the way of one record through it cost,
// to a topic and to a table of Postgres.
//
//   npm run bench:kafka [-- --events 1000000 --rounds 3 --brokers 1 --rate 5000 --seconds 20]
//     --only reading,writing,latency,tables   some of them
//     --peers false                    without Kafka Streams and @kafkats/flow, which are fetched for it
//
// Promises: real brokers on this machine, started for it with the memory that Kafka's own script gives them (with
// `--brokers 3` three replicas, two of which must have a record); whole processes, start included; all contestants take
// turns in one run and must find the same, else exit 1.

import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { hasPostgres } from '../postgres/server.ts'
import { latency } from './bench/latency.ts'
import { type Bench, generatedLog, say } from './bench/measure.ts'
import { NO_PEERS, preparePeers } from './bench/peers.ts'
import { fillEvents, reading } from './bench/reading.ts'
import { tables } from './bench/tables.ts'
import { writing } from './bench/writing.ts'
import { type Broker, startBroker } from './broker.ts'
import { type KafkaParts, kafkaParts, repositoryRoot } from './jars.ts'

/** As in `kafka-server-start.sh`: what is measured is not a broker made small for tests. */
const BROKER_JVM = ['-Xms1g', '-Xmx1g', '-XX:+UseG1GC', '-XX:MaxGCPauseMillis=20']

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    brokers: { type: 'string', default: '1' },
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '20' },
    only: { type: 'string', default: 'reading,writing,latency,tables' },
    peers: { type: 'string', default: 'true' },
  },
})

process.exitCode = await main()

async function main(): Promise<number> {
  const parts = kafkaParts()
  if (typeof parts === 'string') {
    process.stderr.write(`no Kafka here: ${parts}\n`)
    return 1
  }
  const root = repositoryRoot()
  const scratch = mkdtempSync(join(tmpdir(), 'lyrebird-bench-kafka-'))
  const brokers: Broker[] = []
  try {
    await startBrokers(parts, scratch, brokers)
    const [first] = brokers as [Broker]
    const kind = `${brokers.length} broker${brokers.length > 1 ? 's' : ''}`
    say(`${kind} on this machine, ${cpus().length} cores, Node ${process.version}`)
    const [events, rounds] = [Number(values.events), Number(values.rounds)]
    const peers = values.peers === 'false' ? NO_PEERS : preparePeers({ root, scratch }, say)
    const log = await generatedLog(root, events)
    const good = await measureAll({ root, scratch, events, rounds, brokers, address: first.address, log, peers })
    return good ? 0 : 1
  } finally {
    for (const broker of brokers.toReversed()) await broker.kill()
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function measureAll(bench: Bench): Promise<boolean> {
  const wanted = new Set(values.only.split(','))
  const outcomes: boolean[] = []
  if (['reading', 'writing', 'tables'].some(part => wanted.has(part))) await fillEvents(bench)
  if (wanted.has('reading')) outcomes.push(await reading(bench))
  if (wanted.has('writing')) outcomes.push(await writing(bench))
  const pace = { rate: Number(values.rate), seconds: Number(values.seconds) }
  if (wanted.has('latency')) outcomes.push(await latency(bench, pace))
  // The last one: it needs the topic for itself.
  if (wanted.has('tables') && hasPostgres()) outcomes.push(await tables(bench, pace))
  return outcomes.every(good => good)
}

async function startBrokers(parts: KafkaParts, scratch: string, brokers: Broker[]): Promise<void> {
  const count = Number(values.brokers)
  const replicated = {
    'default.replication.factor': '3',
    'min.insync.replicas': '2',
    'transaction.state.log.replication.factor': '3',
    'transaction.state.log.min.isr': '2',
  }
  const properties = count > 1 ? replicated : {}
  for (let n = 0; n < count; n++) {
    const last = brokers.at(-1)
    const options = { properties, jvm: BROKER_JVM, ...(last && { joins: last }) }
    brokers.push(await startBroker(parts, join(scratch, `broker${n}`), options))
  }
}
