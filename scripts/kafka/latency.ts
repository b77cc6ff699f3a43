// How long a record is on its way: from before it is sent to the source topic until a reader of committed records has
// it from the output topic.
//
// Promises: a steady rate to 4 partitions, one clock for both ends; the first seconds, in which code and caches warm
// up, do not count.

import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs from 'kafkajs'
import { openLog } from '../../logs/index.ts'
import type { Log } from '../../logs/log.ts'
import { clientOf } from './copy-topic.ts'

interface LatencyOptions {
  /** Records a second. */
  readonly rate: number
  readonly seconds: number
  /** Of the engine. */
  readonly pid: number
}

const WARM_UP_SECONDS = 10
const TICK_MS = 4
const [SOURCE, OUTPUT, PARTITIONS] = ['probes', 'relayed', 4]
const LAST_WAIT_MS = 5_000

export async function measureLatency(kafka: string, { rate, seconds, pid }: LatencyOptions) {
  const log = await openLog(kafka)
  const producer = clientOf(kafka.slice('kafka://'.length)).producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  const delays: number[] = []
  const stop = new AbortController()
  const from = performance.now() + WARM_UP_SECONDS * 1000
  const reading = read(log, stop.signal, (sent, seen) => {
    if (sent >= from) delays.push(seen - sent)
  })
  let sent = 0
  let cpuBefore = 0
  const end = from + seconds * 1000
  for (let now = performance.now(), done = 0; now < end; now = performance.now()) {
    if (cpuBefore === 0 && now >= from) cpuBefore = cpuMs(pid)
    const due = Math.floor(((now - from + WARM_UP_SECONDS * 1000) * rate) / 1000) - done
    const value = JSON.stringify({ at: Date.now(), sent: now })
    const messages = Array.from({ length: due }, (_, i) => ({ partition: (done + i) % PARTITIONS, value }))
    if (due > 0) void producer.send({ topic: SOURCE, acks: -1, messages })
    done += due
    if (now >= from) sent += due
    await sleep(TICK_MS)
  }
  const engineMs = cpuMs(pid) - cpuBefore
  await sleep(LAST_WAIT_MS)
  stop.abort()
  await reading
  await producer.disconnect()
  await log.close()
  delays.sort((a, b) => a - b)
  const at = (part: number): number => Math.round(delays[Math.floor(delays.length * part)] ?? Number.NaN)
  return { p50: at(0.5), p99: at(0.99), relayed: delays.length, sent, engineMs }
}

/** Follows the output topic; tells of each record when it was sent, and when it was seen. */
async function read(log: Log, signal: AbortSignal, tell: (sent: number, seen: number) => void): Promise<void> {
  while (!(await log.topics()).includes(OUTPUT)) await sleep(20)
  const positions = new Map<number, bigint>()
  while (!signal.aborted) {
    for (const { partition, start, end } of await log.partitions(OUTPUT)) {
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

const TICKS_PER_SECOND = 100

/** Processor time of a process of Linux, in ms. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND
}
