// How long a record is on its way: from before it is sent to the source topic until a reader of committed records has
// it from the output topic.
//
// Promises: a steady rate to 4 partitions, one clock for both ends; the first seconds, in which code and caches warm
// up, do not count.

import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Producer } from 'kafkajs'
import { openLog } from '../../../logs/index.ts'
import type { Log } from '../../../logs/log.ts'
import { clientOf } from '../copy-topic.ts'

/** Seconds of the engine, and of all brokers. */
interface Cpu {
  readonly engine: number
  readonly brokers: number
}

interface LatencyOptions {
  /** Records a second. */
  readonly rate: number
  readonly seconds: number
  /** Processor time so far. */
  readonly cpu: () => Cpu
}

/** From the first record that comes out. */
const WARM_UP_MS = 10_000
const START_LIMIT_MS = 60_000
const TICK_MS = 4
export const SOURCE = 'probes'
export const OUTPUT = 'relayed'
const PARTITIONS = 4
const LAST_WAIT_MS = 30_000

/** Sends, and follows what comes out. Rejects where nothing comes, and where the engine ends. */
export async function measureLatency(kafka: string, options: LatencyOptions) {
  const log = await openLog(kafka)
  const producer = clientOf(kafka.slice('kafka://'.length)).producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  const count: Count = { from: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY, sent: 0, delays: [] }
  const stop = new AbortController()
  const reading = read(log, stop.signal, (sent, seen) => {
    if (count.to === Number.POSITIVE_INFINITY) {
      count.from = seen + WARM_UP_MS
      count.to = count.from + options.seconds * 1000
    }
    if (sent >= count.from && sent < count.to) count.delays.push(seen - sent)
  })
  try {
    const cpu = await send(producer, count, options)
    const delays = count.delays.toSorted((a, b) => a - b)
    const at = (part: number): number => Math.round(delays[Math.floor(delays.length * part)] ?? Number.NaN)
    return { p50: at(0.5), p99: at(0.99), relayed: delays.length, sent: count.sent, cpu }
  } finally {
    stop.abort()
    await reading
    await producer.disconnect()
    await log.close()
  }
}

/** The records that count: those sent from one time to another. */
interface Count {
  from: number
  to: number
  sent: number
  readonly delays: number[]
}

/**
 * Sends at the rate until all records that count have come out, since the last ones wait for newer ones; the processor
 * time when it began to count, and when it ended.
 */
async function send(producer: Producer, count: Count, { rate, cpu }: LatencyOptions) {
  const begun = performance.now()
  const read: Cpu[] = []
  for (let now = begun, done = 0; now < count.to || isMissing(count, now); now = performance.now()) {
    if (now > begun + START_LIMIT_MS && count.to === Number.POSITIVE_INFINITY) {
      throw new Error(`nothing has come out within ${START_LIMIT_MS / 1000} s`)
    }
    if (now >= (read.length === 0 ? count.from : count.to) && read.length < 2) read.push(cpu())
    const due = Math.floor(((now - begun) * rate) / 1000) - done
    const value = JSON.stringify({ at: Date.now(), sent: now })
    const messages = Array.from({ length: due }, (_, i) => ({ partition: (done + i) % PARTITIONS, value }))
    if (due > 0) void producer.send({ topic: SOURCE, acks: -1, messages })
    done += due
    if (now >= count.from && now < count.to) count.sent += due
    await sleep(TICK_MS)
  }
  return { before: read[0] ?? cpu(), after: read[1] ?? cpu() }
}

function isMissing({ to, sent, delays }: Count, now: number): boolean {
  return delays.length < sent && now < to + LAST_WAIT_MS
}

/** Follows the output topic; tells of each record when it was sent, and when it was seen. */
async function read(log: Log, signal: AbortSignal, tell: (sent: number, seen: number) => void): Promise<void> {
  while (!(await log.topics()).includes(OUTPUT)) await sleep(20)
  const positions = new Map<number, bigint>()
  while (!signal.aborted) {
    for (const { partition, start, end } of await log.partitions(OUTPUT, { live: true })) {
      const position = positions.get(partition) ?? start
      if (end <= position) continue
      for await (const chunk of log.read(OUTPUT, partition, position, end)) {
        const seen = performance.now()
        for (let i = 0; i < chunk.count; i++) {
          const bytes = chunk.bytes.subarray(chunk.valueStart[i], chunk.valueEnd[i])
          tell((JSON.parse(Buffer.from(bytes).toString('utf8')) as { sent: number }).sent, seen)
        }
      }
      positions.set(partition, end)
    }
    await log.changed(1000, signal)
  }
}
