// The directory of one broker: its server.properties and what formatting leaves.
//
// Promises: small and quick (one replica of the internal topics, small buffers); times that matter for tests are short.
// Ports, starting and stopping are in `broker.ts`.

import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { KafkaParts } from './jars.ts'

/** Which cluster a broker belongs to. */
export interface ClusterPlace {
  /** 22 characters of base64url. */
  readonly id: string
  /** Ports of the controllers, which are the first nodes. */
  readonly controllers: readonly number[]
}

/** A listener whose clients come through a proxy: they are told the proxy's port. */
export interface ProxiedPort {
  readonly port: number
  readonly advertised: number
}

export interface NodePlan {
  /** From 1 on. */
  readonly node: number
  readonly cluster: ClusterPlace
  readonly port: number
  /** Port of the SASL listener; null for none. */
  readonly sasl: number | null
  /** Port of the TLS listener; null for none. */
  readonly tls: number | null
  /** Null for none. */
  readonly proxied: ProxiedPort | null
  /** Further lines of server.properties; they win. */
  readonly properties: Readonly<Record<string, string>>
}

export const JVM = ['-Xmx128m', '-Xms32m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto']
const CHECKPOINT = '00000000000000000000-0000000000.checkpoint'
const HOST = '127.0.0.1'

export function prepareDirectory(parts: KafkaParts, dir: string, plan: NodePlan): void {
  const properties = { ...serverProperties(dir, plan), ...plan.properties }
  const lines = Object.entries(properties).map(([name, value]) => `${name}=${value}`)
  writeFileSync(join(dir, 'server.properties'), `${lines.join('\n')}\n`)
  format(parts, dir, plan)
}

function serverProperties(dir: string, plan: NodePlan): Record<string, string> {
  const { node, cluster } = plan
  const controller = cluster.controllers[node - 1]
  const voters = cluster.controllers.map((port, i) => `${i + 1}@${HOST}:${port}`)
  return {
    'process.roles': controller === undefined ? 'broker' : 'broker,controller',
    'node.id': String(node),
    'controller.quorum.voters': voters.join(','),
    ...listeners(plan, controller),
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
    // The first node is the sure winner of an election: where all are as quick they hinder each other.
    ...(node === 1 ? QUICK_ELECTION : {}),
  }
}

/** A lone controller goes on with what it knows after a kill instead of waiting out an election. */
const QUICK_ELECTION = {
  'controller.quorum.election.timeout.ms': '200',
  'controller.quorum.election.backoff.max.ms': '200',
}

function listeners({ port, sasl, tls, proxied }: NodePlan, controller: number | undefined): Record<string, string> {
  const at = (name: string, number: number | null | undefined): string[] =>
    number == null ? [] : [`${name}://${HOST}:${number}`]
  const open = [...at('PLAINTEXT', port), ...at('SASL', sasl), ...at('TLS', tls)]
  return {
    listeners: [...open, ...at('PROXIED', proxied?.port), ...at('CONTROLLER', controller)].join(','),
    'advertised.listeners': [...open, ...at('PROXIED', proxied?.advertised)].join(','),
    'listener.security.protocol.map':
      'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,PROXIED:PLAINTEXT,SASL:SASL_PLAINTEXT,TLS:SSL',
  }
}

/**
 * Writes what StorageTool would; the checkpoint holds no id of node or cluster, so the first one made serves as
 * template.
 */
function format(parts: KafkaParts, dir: string, { node, cluster }: NodePlan): void {
  const data = join(dir, 'data')
  if (existsSync(join(data, 'meta.properties'))) return
  const template = join(parts.home, 'template.checkpoint')
  const metadata = join(data, '__cluster_metadata-0')
  if (!existsSync(template)) {
    const main = ['kafka.tools.StorageTool', 'format', '-t', cluster.id, '-c', join(dir, 'server.properties')]
    const run = spawnSync('java', [...JVM, '-cp', parts.jars.join(':'), ...main], { encoding: 'utf8' })
    if (run.status !== 0) throw new Error(`StorageTool failed: ${run.stdout}${run.stderr}`)
    const copy = `${template}.${process.pid}`
    copyFileSync(join(metadata, CHECKPOINT), copy)
    renameSync(copy, template)
    return
  }
  mkdirSync(metadata, { recursive: true })
  copyFileSync(template, join(metadata, CHECKPOINT))
  const ids = `cluster.id=${cluster.id}\ndirectory.id=${randomBytes(16).toString('base64url')}\n`
  writeFileSync(join(data, 'meta.properties'), `version=1\nnode.id=${node}\n${ids}`)
}
