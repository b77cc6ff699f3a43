// One real Apache Kafka broker (KRaft, broker and controller in one process) in one directory, for tests and the demo.
//
// Promises: ready when `startBroker` returns; free loopback ports, kept over restarts; no process outlives the one that started it, not
// even after its kill -9 (the broker's shell watches a pipe from us). Leaves to the callers: topics and records.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaParts } from './jars.ts'

const READY = 'Kafka Server started'
/** A busy machine has needed 30 s for what takes 1 s on a quiet one. */
const READY_LIMIT_MS = 90_000
const JVM = ['-Xmx128m', '-Xms32m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']
const CHECKPOINT = '00000000000000000000-0000000000.checkpoint'
/** The shell becomes the broker; its child holds the pipe and kills it once the pipe closes, however we ended. */
const WATCHED = 'exec 3<&0; (cat <&3 >/dev/null; kill -9 $$ 2>/dev/null) & exec "$@" 3<&- </dev/null'

export interface BrokerOptions {
  /** Further lines of server.properties; they win over ours. */
  readonly properties?: Readonly<Record<string, string>>
  /** Adds a listener that asks for SASL PLAIN, user alice, password alice-pw. */
  readonly sasl?: boolean
  /** For `warmUp`: where the broker leaves its class-data archive when it is stopped. */
  readonly archiveAtExit?: string
}

export interface Broker {
  /** host:port of the plain listener. */
  readonly address: string
  /** host:port of the SASL listener; empty without the option. */
  readonly saslAddress: string
  /** Where the broker's own segment files lie: one folder TOPIC-PARTITION each. */
  readonly logDir: string
  readonly pid: number
  /** SIGKILL; resolves once the process is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves once the process is gone. */
  stop(): Promise<void>
  /** Starts again on the same directory and ports; resolves when ready. */
  restart(): Promise<void>
  /** SIGSTOP: the broker hangs with its connections open. */
  pause(): void
  resume(): void
}

/** Starts a broker on a fresh or a used directory. Rejects with the end of its log where it does not come up. */
export async function startBroker(parts: KafkaParts, dir: string, options: BrokerOptions = {}): Promise<Broker> {
  mkdirSync(dir, { recursive: true })
  const [port, controller, sasl] = (await freePorts(3)) as [number, number, number]
  const properties = {
    ...serverProperties(dir, port, controller, options.sasl === true ? sasl : null),
    ...options.properties,
  }
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}`)
  writeFileSync(join(dir, 'server.properties'), `${lines.join('\n')}\n`)
  format(parts, dir)
  let child = await launch(parts, dir, options.archiveAtExit)
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGCONT')
    child.kill(signal)
    await gone
  }
  return {
    address: `127.0.0.1:${port}`,
    saslAddress: options.sasl === true ? `127.0.0.1:${sasl}` : '',
    logDir: join(dir, 'data'),
    get pid() {
      return child.pid as number
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    restart: async () => {
      child = await launch(parts, dir)
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  }
}

/** Makes what lets later brokers start in half the time: the class-data archive and the template of a formatted directory. */
export async function warmUp(parts: KafkaParts): Promise<void> {
  if (existsSync(parts.archive)) return
  const dir = mkdtempSync(join(tmpdir(), 'lyrebird-kafka-warm-up-'))
  const archive = `${parts.archive}.${process.pid}`
  try {
    const broker = await startBroker(parts, dir, { archiveAtExit: archive })
    await broker.stop()
    renameSync(archive, parts.archive)
  } finally {
    rmSync(dir, { recursive: true, force: true })
    rmSync(archive, { force: true })
  }
}

async function launch(parts: KafkaParts, dir: string, archiveAtExit?: string): Promise<ChildProcess> {
  const log = join(dir, 'broker.log')
  const out = openSync(log, 'a')
  const from = statSync(log).size
  const config = `-Dlog4j2.configurationFile=${join(parts.scripts, 'log4j2.xml')}`
  const used = existsSync(parts.archive) ? [`-XX:SharedArchiveFile=${parts.archive}`] : []
  const archive = archiveAtExit === undefined ? used : [`-XX:ArchiveClassesAtExit=${archiveAtExit}`]
  const command = [
    'java',
    ...JVM,
    ...archive,
    config,
    '-cp',
    parts.jars.join(':'),
    'kafka.Kafka',
    join(dir, 'server.properties'),
  ]
  const child = spawn('/bin/sh', ['-c', WATCHED, 'broker', ...command], { stdio: ['pipe', out, out] })
  child.stdin?.on('error', () => {})
  child.once('exit', () => child.stdin?.destroy())
  const deadline = Date.now() + READY_LIMIT_MS
  for (;;) {
    const text = readFileSync(log).subarray(from).toString('utf8')
    if (text.includes(READY)) return child
    if (child.exitCode !== null || child.signalCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL')
      throw new Error(`the Kafka broker did not come up; the end of its log:\n${text.slice(-2000)}`)
    }
    await sleep(25)
  }
}

function serverProperties(dir: string, port: number, controller: number, sasl: number | null): Record<string, string> {
  const host = '127.0.0.1'
  const open = `PLAINTEXT://${host}:${port}`
  const guarded = sasl === null ? '' : `,SASL://${host}:${sasl}`
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@${host}:${controller}`,
    listeners: `${open}${guarded},CONTROLLER://${host}:${controller}`,
    'advertised.listeners': `${open}${guarded}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL:SASL_PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.sasl.plain.sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required user_alice="alice-pw";',
    'log.dirs': join(dir, 'data'),
    'auto.create.topics.enable': 'false',
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'offsets.topic.num.partitions': '3',
    'offsets.topic.replication.factor': '1',
    'transaction.state.log.num.partitions': '3',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.abort.timed.out.transaction.cleanup.interval.ms': '200',
    'group.initial.rebalance.delay.ms': '0',
    'log.cleaner.dedupe.buffer.size': '2097152',
    'log.cleaner.backoff.ms': '200',
    'log.index.size.max.bytes': '1048576',
    'log.retention.ms': '-1',
    'num.network.threads': '2',
    'num.io.threads': '4',
    // After a kill -9 the broker is let in again only when its old session has ended (9 s by default).
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '300',
    // The controller goes on with what it knows after a kill instead of waiting out an election.
    'controller.quorum.election.timeout.ms': '200',
    'controller.quorum.election.backoff.max.ms': '200',
  }
}

/** Writes what StorageTool would; the checkpoint holds no id of node or cluster, so the first one made serves as template. */
function format(parts: KafkaParts, dir: string): void {
  const data = join(dir, 'data')
  if (existsSync(join(data, 'meta.properties'))) return
  const template = join(parts.home, 'template.checkpoint')
  const metadata = join(data, '__cluster_metadata-0')
  const cluster = randomBytes(16).toString('base64url')
  if (!existsSync(template)) {
    const main = ['kafka.tools.StorageTool', 'format', '-t', cluster, '-c', join(dir, 'server.properties')]
    const run = spawnSync('java', [...JVM, '-cp', parts.jars.join(':'), ...main], { encoding: 'utf8' })
    if (run.status !== 0) throw new Error(`StorageTool failed: ${run.stdout}${run.stderr}`)
    const copy = `${template}.${process.pid}`
    copyFileSync(join(metadata, CHECKPOINT), copy)
    renameSync(copy, template)
    return
  }
  mkdirSync(metadata, { recursive: true })
  copyFileSync(template, join(metadata, CHECKPOINT))
  const ids = `cluster.id=${cluster}\ndirectory.id=${randomBytes(16).toString('base64url')}\n`
  writeFileSync(join(data, 'meta.properties'), `version=1\nnode.id=1\n${ids}`)
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      return server
    }),
  )
  const ports = servers.map(server => (server.address() as { port: number }).port)
  await Promise.all(servers.map(server => new Promise(done => server.close(done))))
  return ports
}
