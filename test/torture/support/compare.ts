// Compares what a tortured state and its topics hold with what the records of the source topics ask for.
//
// Promises: each difference is one sentence with the place of the first one. Outputs are read as committed; the source
// topics, in which nothing is transactional, by kafkajs.

import { spawnSync } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { partitionFor } from '../../../core/values/murmur2.ts'
import { openKafkaLog } from '../../../logs/kafka/index.ts'
import { writtenRecords } from '../../../run/state/read-state.ts'
import { QUICK } from '../../logs/kafka/support/cluster.ts'
import { settled } from '../../sinks/kafka/support.ts'
import type { Brokers } from './brokers.ts'
import { CLI } from './engine.ts'
import type { SOURCES } from './producer.ts'
import { type Expected, type Line, lineOf, type Read, recompute } from './recompute.ts'
import { notedTopic, versionFile } from './versions.ts'

const CONSUMER_TRIES = 30

export interface Compared {
  /** Records of the source topics, and of the outputs. */
  readonly records: number
  readonly written: number
  readonly late: number
  readonly differences: readonly string[]
}

interface How {
  /** The records of a source topic. */
  readonly sourceRecords: (brokers: Brokers, topic: keyof typeof SOURCES) => Promise<readonly Read[]>
  /** Differences between the state and what is computed anew from the topics by the engine itself. */
  readonly computedAnew: (brokers: Brokers, tortured: Tortured) => Promise<readonly string[]>
}

export interface Tortured {
  readonly state: string
  /** The folder of a configuration, whose sinks are compared too; null for none. */
  readonly project: string | null
  /** Which version of the job the state has. */
  readonly version: number
}

const BY_OTHERS: How = { sourceRecords: consumedRecords, computedAnew: async (...tortured) => verified(...tortured) }

export async function compare(brokers: Brokers, tortured: Tortured, how: How = BY_OTHERS): Promise<Compared> {
  const { state, version } = tortured
  const { sourceRecords, computedAnew } = how
  const [transfers, clicks] = [await sourceRecords(brokers, 'transfers'), await sourceRecords(brokers, 'clicks')]
  const expected = recompute(transfers, clicks, version)
  const differences: string[] = []
  let written = 0
  for (const [topic, partitions] of Object.entries(expected.outputs)) {
    const found = await outputLines(brokers, topic)
    for (const [partition, lines] of partitions.entries()) {
      const actual = found[partition] ?? []
      written += actual.length
      const difference = firstDifference(lines, actual)
      if (difference !== null) differences.push(`${topic}/${partition}: ${difference}`)
    }
  }
  differences.push(...(await changelogDifferences(brokers, expected)))
  for (const [view, rows] of Object.entries(expected.views)) {
    const difference = firstDifference([...rows].sort(), viewRows(state, view).sort())
    if (difference !== null) differences.push(`view ${view}: ${difference}`)
  }
  differences.push(...(await leftDifferences(brokers, version, expected)))
  differences.push(...(await computedAnew(brokers, tortured)))
  return { records: transfers.length + clicks.length, written, late: expected.late, differences }
}

/** Null where both are equal. */
function firstDifference(expected: readonly string[], actual: readonly string[]): string | null {
  const at = expected.findIndex((line, i) => line !== actual[i])
  if (at < 0 && expected.length === actual.length) return null
  const index = at < 0 ? expected.length : at
  const counts = `${actual.length} records, not ${expected.length}`
  return `${counts}; the first difference is at ${index}: ${actual[index]}, not ${expected[index]}`
}

/** Records of an output by partition, as readers of committed records see them. */
export async function outputLines(brokers: Brokers, topic: string): Promise<readonly (readonly Line[])[]> {
  await settled(brokers.direct, topic)
  const log = await openKafkaLog(brokers.direct, { limits: QUICK })
  const text = (bytes: Uint8Array | null): string | null => (bytes === null ? null : Buffer.from(bytes).toString())
  try {
    const all: Line[][] = []
    for (const { partition, start, end } of await log.partitions(topic)) {
      const lines: Line[] = []
      for await (const { timestamp, key, value } of writtenRecords(log, topic, partition, start, end))
        lines.push(lineOf(timestamp, text(key), text(value)))
      all.push(lines)
    }
    return all
  } finally {
    await log.close()
  }
}

/** The newest change of each account is its row, in the account's partition; nothing is lost on the bank's way. */
async function changelogDifferences(brokers: Brokers, { balances }: Expected): Promise<readonly string[]> {
  const differences: string[] = []
  const partitions = await outputLines(brokers, 'balances')
  const newest = new Map<string, string>()
  for (const [partition, lines] of partitions.entries()) {
    for (const line of lines) {
      const [, key, value] = line.split(' ') as [string, string, string]
      if (partitionFor(Buffer.from(key), partitions.length) !== partition)
        differences.push(`balances: ${key} is in partition ${partition}`)
      newest.set(key, value)
    }
  }
  const rows = (all: ReadonlyMap<string, string>): readonly string[] => [...all].map(row => row.join(' ')).sort()
  const difference = firstDifference(rows(balances), rows(newest))
  if (difference !== null) differences.push(`changes of balances: ${difference}`)
  const total = [...newest.values()].reduce((sum, row) => sum + (JSON.parse(row) as { balance: number }).balance, 0)
  if (total !== 0) differences.push(`the balances of all accounts are ${total} together, not 0`)
  return differences
}

/** The topics of earlier versions hold the beginning of what they would hold now. */
async function leftDifferences(brokers: Brokers, version: number, { noted }: Expected): Promise<readonly string[]> {
  const differences: string[] = []
  for (let earlier = 1; earlier < version; earlier++) {
    const found = await outputLines(brokers, notedTopic(earlier))
    for (const [partition, lines] of noted(earlier).entries()) {
      const actual = found[partition] ?? []
      const difference = firstDifference(lines.slice(0, actual.length), actual)
      if (difference !== null) differences.push(`${notedTopic(earlier)}/${partition}: ${difference}`)
    }
  }
  return differences
}

function viewRows(state: string, view: string): string[] {
  const args = [CLI, 'query', view, '--state', state]
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 1 << 30 })
  return status === 0 ? stdout.split('\n').filter(Boolean) : [`query failed: ${stderr}`]
}

function verified(brokers: Brokers, { state, project, version }: Tortured): readonly string[] {
  const args = [CLI, 'verify', versionFile(version, project), '--log', brokers.direct, '--state', state]
  const options = { cwd: project ?? process.cwd(), encoding: 'utf8', maxBuffer: 1 << 30 } as const
  const whole = spawnSync(process.execPath, [...args, '--interleavings', '1', '--seed', '1'], options)
  const said = `${whole.stdout}${whole.stderr}`
  const differences = whole.status === 0 ? [] : [`verify ended with ${whole.status}: ${said.slice(-2000)}`]
  return project === null ? differences : [...differences, ...tableDifferences(args, options)]
}

/** What the tables hold that the state does not, or the other way round. */
function tableDifferences(args: readonly string[], options: { readonly cwd: string; readonly encoding: 'utf8' }) {
  const { stdout, stderr } = spawnSync(process.execPath, [...args, '--json'], options)
  const verdict = stdout.startsWith('{') ? (JSON.parse(stdout) as { parts: readonly Part[] }) : { parts: [] }
  const tables = verdict.parts.filter(({ part }) => part.startsWith('sink '))
  if (tables.length === 0) return [`verify compared no table: ${`${stdout}${stderr}`.slice(-2000)}`]
  const wrong = tables.filter(({ differing, left, of }) => differing > 0 || left !== null || of === 0)
  return wrong.map(part => `table: ${JSON.stringify(part)}`)
}

interface Part {
  readonly part: string
  readonly differing: number
  readonly left: string | null
  readonly of: number
}

async function consumedRecords(brokers: Brokers, topic: keyof typeof SOURCES): Promise<readonly Read[]> {
  const kafka = new kafkajs.Kafka({
    clientId: 'recomputation',
    brokers: [...brokers.addresses],
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { initialRetryTime: 50, maxRetryTime: 1_000, retries: 60 },
  })
  const admin = kafka.admin()
  await admin.connect()
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]))
  await admin.disconnect()
  for (let tries = 1; ; tries++) {
    try {
      return await consumed(kafka, `recomputation-${topic}-${tries}`, topic, ends)
    } catch (error) {
      // A coordinator of groups may still be loading, which kafkajs does not wait for.
      if (tries === CONSUMER_TRIES) throw error
      await sleep(1_000)
    }
  }
}

/** The records before the end of each partition. */
async function consumed(
  kafka: kafkajs.Kafka,
  groupId: string,
  topic: string,
  ends: ReadonlyMap<number, number>,
): Promise<readonly Read[]> {
  const consumer = kafka.consumer({ groupId })
  const records: Read[] = []
  let left = [...ends.values()].reduce((sum, end) => sum + end, 0)
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((done, failed) => {
      if (left === 0) return done()
      consumer.on('consumer.crash', ({ payload }) => failed(payload.error))
      const eachBatch = async ({ batch }: kafkajs.EachBatchPayload): Promise<void> => {
        for (const { offset, value } of batch.messages) {
          if (Number(offset) >= (ends.get(batch.partition) ?? 0)) continue
          records.push({ partition: batch.partition, offset: Number(offset), value: String(value) })
          if (--left === 0) done()
        }
      }
      consumer.run({ eachBatch }).catch(failed)
    })
  } finally {
    await consumer.disconnect()
  }
  return records
}
