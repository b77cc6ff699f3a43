// Real Apache Kafka brokers (KRaft), each in one directory, for tests and the demo: one is a cluster, others may join
// it.
//
// Promises: ready when `startBroker` returns; free loopback ports, kept over restarts; no process outlives the one that
// started it, not even after its kill -9 (the broker's shell watches a pipe from us). Not here: topics and records (the
// callers).

import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KafkaParts } from './jars.ts'
import { type ClusterPlace, JVM, type ProxiedPort, prepareDirectory } from './server-directory.ts'

const READY = 'Kafka Server started'
/** A busy machine has needed 30 s for what takes 1 s on a quiet one. */
const READY_LIMIT_MS = 90_000
/**
 * The shell becomes the broker; its child holds the pipe and kills it once the pipe closes, however this process ended.
 */
const WATCHED = 'exec 3<&0; (cat <&3 >/dev/null; kill -9 $$ 2>/dev/null) & exec "$@" 3<&- </dev/null'

export interface BrokerOptions {
  /** Further lines of server.properties; they win over ours. */
  readonly properties?: Readonly<Record<string, string>>
  /** Adds a listener that asks for SASL PLAIN, user alice, password alice-pw. */
  readonly sasl?: boolean
  /** Adds a TLS listener, with the settings `listener.name.tls.ssl.*` of `properties`. */
  readonly tls?: boolean
  /** Makes a further broker of that one's cluster, node by node; its controllers stay those it has. */
  readonly joins?: Broker
  /** Port of a proxy through which clients come to a listener of their own (`proxiedPort`). */
  readonly behind?: number
  /** Options of its virtual machine; default: small and quick to start. */
  readonly jvm?: readonly string[]
  /** For `warmUp`: where the broker leaves its class-data archive when it is stopped. */
  readonly archiveAtExit?: string
}

export interface Broker {
  /** 1 for the first one of a cluster. */
  readonly node: number
  readonly cluster: ClusterPlace
  /** host:port of the plain listener. */
  readonly address: string
  /** host:port of the SASL listener; empty without the option. */
  readonly saslAddress: string
  /** host:port of the TLS listener; empty without the option. */
  readonly tlsAddress: string
  /** Port of the listener for clients that come through a proxy; 0 without the option. */
  readonly proxiedPort: number
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
  const { joins } = options
  if (joins !== undefined) return startNode(parts, dir, { ...options, cluster: joins.cluster, node: joins.node + 1 })
  const cluster = { id: newClusterId(), controllers: await freePorts(1) }
  return startNode(parts, dir, { ...options, cluster, node: 1 })
}

/**
 * Starts brokers that are controllers too, each in a directory of its own; topics have a replica in each. One of three
 * may die.
 */
export async function startCluster(
  parts: KafkaParts,
  dir: string,
  options: readonly BrokerOptions[],
): Promise<readonly Broker[]> {
  const cluster = { id: newClusterId(), controllers: await freePorts(options.length) }
  const replicas = replicatedBy(options.length)
  const starting = options.map((own, i) =>
    startNode(parts, join(dir, `node${i + 1}`), {
      ...own,
      properties: { ...replicas, ...own.properties },
      cluster,
      node: i + 1,
    }),
  )
  const started = await Promise.allSettled(starting)
  const failed = started.find(({ status }) => status === 'rejected')
  if (failed === undefined) return Promise.all(starting)
  await Promise.all(started.map(one => (one.status === 'fulfilled' ? one.value.kill() : undefined)))
  throw (failed as PromiseRejectedResult).reason
}

function replicatedBy(brokers: number): Readonly<Record<string, string>> {
  const [all, most] = [String(brokers), String(Math.floor(brokers / 2) + 1)]
  return {
    'default.replication.factor': all,
    'min.insync.replicas': most,
    'offsets.topic.replication.factor': all,
    'transaction.state.log.replication.factor': all,
    'transaction.state.log.min.isr': most,
    'replica.lag.time.max.ms': '3000',
  }
}

const newClusterId = (): string => randomBytes(16).toString('base64url')

interface NodeOptions extends BrokerOptions {
  readonly cluster: ClusterPlace
  readonly node: number
}

async function startNode(parts: KafkaParts, dir: string, options: NodeOptions): Promise<Broker> {
  mkdirSync(dir, { recursive: true })
  const { cluster, node, behind, properties = {} } = options
  const [port, saslPort, tlsPort, proxiedPort] = (await freePorts(4)) as [number, number, number, number]
  const sasl = options.sasl === true ? saslPort : null
  const tls = options.tls === true ? tlsPort : null
  const proxied: ProxiedPort | null = behind === undefined ? null : { port: proxiedPort, advertised: behind }
  prepareDirectory(parts, dir, { node, cluster, port, sasl, tls, proxied, properties })
  let child = await launch(parts, dir, options)
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill('SIGCONT')
    child.kill(signal)
    await gone
  }
  return {
    node,
    cluster,
    address: `127.0.0.1:${port}`,
    saslAddress: sasl === null ? '' : `127.0.0.1:${sasl}`,
    tlsAddress: tls === null ? '' : `127.0.0.1:${tls}`,
    proxiedPort: proxied?.port ?? 0,
    logDir: join(dir, 'data'),
    get pid() {
      return child.pid as number
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    restart: async () => {
      child = await launch(parts, dir, { ...options, archiveAtExit: undefined })
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  }
}

/**
 * Makes what lets later brokers start in half the time: the class-data archive and the template of a formatted
 * directory.
 */
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

type LaunchOptions = Pick<BrokerOptions, 'jvm'> & { readonly archiveAtExit?: string | undefined }

async function launch(
  parts: KafkaParts,
  dir: string,
  { jvm = JVM, archiveAtExit }: LaunchOptions,
): Promise<ChildProcess> {
  const log = join(dir, 'broker.log')
  const out = openSync(log, 'a')
  const from = statSync(log).size
  const config = `-Dlog4j2.configurationFile=${join(parts.scripts, 'log4j2.xml')}`
  const used = existsSync(parts.archive) ? [`-XX:SharedArchiveFile=${parts.archive}`] : []
  const archive = archiveAtExit === undefined ? used : [`-XX:ArchiveClassesAtExit=${archiveAtExit}`]
  const command = [
    'java',
    ...jvm,
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
