// npm run bench:kafka: what reading from Kafka, writing to it exactly once, and the way of one record through it cost.
//
//   npm run bench:kafka [-- --events 1000000 --rounds 3 --brokers 1 --rate 5000 --seconds 20]
//
// Promises: real brokers on this machine, started for it (with `--brokers 3` three replicas, two of which must have a
// record); whole processes, start included; all contestants take turns in one run and must find the same. By hand: a
// loop with kafkajs (`bench/kafka/by-hand.mjs`), which keeps nothing where it dies.

import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { openLog } from '../../logs/index.ts'
import { type Broker, startBroker } from './broker.ts'
import { clientOf, copyRecords, createLike } from './copy-topic.ts'
import { type KafkaParts, kafkaParts, repositoryRoot } from './jars.ts'
import { measureLatency } from './latency.ts'

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    brokers: { type: 'string', default: '1' },
    rate: { type: 'string', default: '5000' },
    seconds: { type: 'string', default: '20' },
    only: { type: 'string', default: 'reading,writing,latency' },
  },
})
const [events, rounds, count] = [Number(values.events), Number(values.rounds), Number(values.brokers)]
const root = repositoryRoot()
const bench = join(root, 'bench')
const dist = join(root, '.lyrebird', 'bench', 'dist')
const scratch = mkdtempSync(join(tmpdir(), 'lyrebird-bench-kafka-'))
const usageFile = join(scratch, 'usage.json')
const COPIES = 'copies'
let serial = 0

interface Measured {
  readonly seconds: number
  readonly cpu: number
  readonly rssMb: number
  readonly found: string
}

process.exitCode = await main()

async function main(): Promise<number> {
  const parts = kafkaParts()
  if (typeof parts === 'string') {
    process.stderr.write(`no Kafka here: ${parts}\n`)
    return 1
  }
  const brokers = await startBrokers(parts)
  try {
    say(`${count} broker${count > 1 ? 's' : ''} on this machine, ${cpus().length} cores, Node ${process.version}`)
    const wanted = new Set(values.only.split(','))
    const address = (brokers[0] as Broker).address
    const log = await generated()
    if (wanted.has('reading')) await reading(address, log)
    if (wanted.has('writing')) await writing(address, log)
    if (wanted.has('latency')) await latency(address)
    return 0
  } finally {
    for (const broker of brokers.toReversed()) await broker.kill()
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function startBrokers(parts: KafkaParts): Promise<readonly Broker[]> {
  const several = { 'default.replication.factor': '3', 'min.insync.replicas': '2' }
  const replicas = { 'transaction.state.log.replication.factor': '3', 'transaction.state.log.min.isr': '2' }
  const properties = count > 1 ? { ...several, ...replicas } : {}
  const brokers: Broker[] = []
  for (let n = 0; n < count; n++) {
    const last = brokers.at(-1)
    brokers.push(await startBroker(parts, join(scratch, `broker${n}`), { properties, ...(last && { joins: last }) }))
  }
  return brokers
}

/** The seeded log of `npm run bench`. */
async function generated(): Promise<string> {
  const log = join(root, '.lyrebird', 'bench', `mixed-${events}-1`)
  mkdirSync(dirname(log), { recursive: true })
  const { generate } = await import(join(bench, 'generate.mjs'))
  generate(log, events, 4, 1)
  return log
}

async function reading(address: string, log: string): Promise<void> {
  const files = await openLog(log)
  await createLike(clientOf(address), files, 'events')
  await copyRecords(clientOf(address), files, 'events')
  await files.close()
  compile('country')
  const kafka = `kafka://${address}`
  await race(`Reading ${events} events from 4 partitions, counted and summed by hour and country`, 'by hand, kafkajs', {
    'by hand, kafkajs': () => {
      const out = join(scratch, 'by-hand.json')
      const measured = measure(join(bench, 'kafka', 'by-hand.mjs'), 'count', address, 'events', String(events), out)
      const groups = JSON.parse(readFileSync(out, 'utf8')) as [string, { count: number }][]
      return { ...measured, found: `${groups.length} rows of ${groups.reduce((n, [, g]) => n + g.count, 0)}` }
    },
    stream: () => counted('stream', kafka, '--until', 'end'),
    batch: () => counted('batch', kafka),
  })
}

function counted(target: string, kafka: string, ...more: string[]): Measured {
  const state = join(scratch, `state${serial++}`)
  const measured = measure(join(dist, 'country', `${target}.mjs`), '--log', kafka, '--state', state, ...more)
  const rows = query('hourly', state)
  rmSync(state, { recursive: true })
  return { ...measured, found: `${rows.length} rows of ${rows.reduce((n, r) => n + r.value.count, 0)}` }
}

async function writing(address: string, log: string): Promise<void> {
  compile('copy')
  const kafka = `kafka://${address}`
  const lyrebird = async (target: string, ...more: string[]): Promise<Measured> => {
    await freshTopic(address, COPIES)
    const state = join(scratch, `state${serial++}`)
    const script = join(dist, 'copy', `${target}.mjs`)
    const measured = measure(script, '--log', log, '--state', state, '--out', kafka, '--final', ...more)
    rmSync(state, { recursive: true })
    return { ...measured, found: `${await recordsOf(kafka, COPIES)} records` }
  }
  await race(`Writing ${events} events of 230 bytes to 4 partitions in transactions`, 'by hand, kafkajs', {
    'by hand, kafkajs': async () => {
      await freshTopic(address, COPIES)
      const measured = measure(join(bench, 'kafka', 'by-hand.mjs'), 'copy', address, COPIES, log)
      return { ...measured, found: `${await recordsOf(kafka, COPIES)} records` }
    },
    batch: () => lyrebird('batch'),
    stream: () => lyrebird('stream', '--until', 'end'),
  })
}

async function latency(address: string): Promise<void> {
  compile('relay')
  await freshTopic(address, 'probes')
  const [kafka, state] = [`kafka://${address}`, join(scratch, 'relay')]
  const script = join(dist, 'relay', 'stream.mjs')
  const env = { ...process.env, LYREBIRD_BENCH_USAGE: usageFile }
  const args = ['--import', join(bench, 'usage.mjs'), script, '--log', kafka, '--state', state]
  const engine = spawn(process.execPath, [...args, '--commit-interval', '10ms'], { env, stdio: 'ignore' })
  const ended = new Promise(resolve => engine.once('exit', resolve))
  const [rate, seconds] = [Number(values.rate), Number(values.seconds)]
  const { p50, p99, relayed, sent, engineMs } = await measureLatency(kafka, {
    rate,
    seconds,
    pid: engine.pid as number,
  })
  engine.kill('SIGTERM')
  await ended
  say(
    `\nFrom append to a reader of committed records, ${rate} records/s for ${seconds} s: p50 ${p50} ms, p99 ${p99} ms`,
  )
  say(`${relayed} of ${sent} records relayed; the engine took ${Math.round(engineMs / 10 / seconds)} % of a core`)
}

type Contestants = Readonly<Record<string, () => Measured | Promise<Measured>>>

async function race(title: string, reference: string, contestants: Contestants): Promise<void> {
  const runs = new Map(Object.keys(contestants).map(name => [name, [] as Measured[]]))
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(contestants)) runs.get(name)?.push(await run())
  }
  const found = new Set([...runs.values()].flat().map(r => r.found))
  if (found.size !== 1) throw new Error(`they have found different things: ${[...found].join('; ')}`)
  say(`\n${title}: ${[...found][0]}, ${rounds} rounds, medians`)
  say('                      seconds   times by hand    events/s   seconds of CPU   peak MB')
  const base = median((runs.get(reference) ?? []).map(r => r.seconds))
  for (const [name, list] of runs) {
    const seconds = median(list.map(r => r.seconds))
    const cells = [
      name.padEnd(20),
      seconds.toFixed(2).padStart(7),
      (base / seconds).toFixed(2).padStart(14),
      Math.round(events / seconds)
        .toLocaleString('en')
        .padStart(12),
      median(list.map(r => r.cpu))
        .toFixed(2)
        .padStart(15),
      String(Math.round(Math.max(...list.map(r => r.rssMb)))).padStart(10),
    ]
    say(cells.join('  '))
  }
}

/** Runs one whole process. */
function measure(script: string, ...args: string[]): Omit<Measured, 'found'> {
  const started = performance.now()
  const env = { ...process.env, LYREBIRD_BENCH_USAGE: usageFile, TZ: 'UTC' }
  const command = ['--import', join(bench, 'usage.mjs'), script, ...args]
  const { status, stderr } = spawnSync(process.execPath, command, { cwd: root, env, encoding: 'utf8' })
  const seconds = (performance.now() - started) / 1000
  if (status !== 0) throw new Error(`${script} failed (exit ${status}): ${stderr}`)
  const { rssMb, cpuSeconds } = JSON.parse(readFileSync(usageFile, 'utf8'))
  return { seconds, cpu: cpuSeconds, rssMb }
}

function compile(job: string): void {
  const source = join(bench, 'jobs', `${job}.ts`)
  const cli = [join(root, 'bin', 'lyrebird.mjs'), 'compile', source, '--out', join(dist, job)]
  const { status, stderr } = spawnSync(process.execPath, cli, { cwd: root, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${job} does not compile: ${stderr}`)
}

function query(view: string, state: string): readonly { value: { count: number } }[] {
  const args = [join(root, 'bin', 'lyrebird.mjs'), 'query', view, '--state', state]
  const { stdout } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 })
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line))
}

/** Makes a topic of 4 partitions; one that is there goes first. */
async function freshTopic(address: string, topic: string): Promise<void> {
  const admin = clientOf(address).admin()
  await admin.connect()
  if ((await admin.listTopics()).includes(topic)) {
    await admin.deleteTopics({ topics: [topic] })
    while ((await admin.listTopics()).includes(topic)) await sleep(50)
  }
  const configEntries = [
    { name: 'retention.ms', value: '-1' },
    { name: 'message.timestamp.after.max.ms', value: '9223372036854775807' },
  ]
  await admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 4, configEntries }] })
  await admin.disconnect()
}

/** Records that readers of committed records see. */
async function recordsOf(kafka: string, topic: string): Promise<number> {
  const log = await openLog(kafka)
  let records = 0
  for (const { partition, start, end } of await log.partitions(topic)) {
    for await (const chunk of log.read(topic, partition, start, end)) records += chunk.count
  }
  await log.close()
  return records
}

function median(list: readonly number[]): number {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] as number
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}
