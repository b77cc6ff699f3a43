// Outputs in a cluster of three: replicas that lead, that coordinate transactions, and that follow, die or hang while a
// state writes to them.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { StreamRun } from '../../../runtime-stream/index.ts'
import type { Broker } from '../../../scripts/kafka/broker.ts'
import { noKafka, TestCluster } from '../../logs/kafka/support/cluster.ts'
import { testFolder } from '../../run/support/folder.ts'
import { append, committed, countingJob, newLog, numbersOf } from './support.ts'

const LIMIT_MS = 120_000
const REPLICATED = {
  'transaction.state.log.replication.factor': '3',
  'transaction.state.log.min.isr': '2',
  'transaction.state.log.num.partitions': '6',
  'replica.lag.time.max.ms': '3000',
}

describe.skipIf(noKafka)('outputs in three replicas', { timeout: LIMIT_MS }, () => {
  let cluster: TestCluster
  let others: readonly [Broker, Broker]
  let out: string
  let topics = 0

  beforeAll(async () => {
    cluster = await TestCluster.start({ properties: REPLICATED })
    others = [await cluster.further(REPLICATED), await cluster.further(REPLICATED)]
    out = `kafka://${[cluster.broker, ...others].map(({ address }) => address).join(',')}`
  }, LIMIT_MS)
  afterAll(async () => {
    await cluster?.end()
  })

  /** Commits for as long as `harm` does its work, with outputs of four partitions; then compares all. */
  async function streamThrough(harm: () => Promise<void>): Promise<void> {
    const [events, changes] = [`events${++topics}`, `changes${topics}`]
    const outTopics = { replication: 3, minInSync: 2 }
    const patience = { outageMs: LIMIT_MS }
    const job = { functions: countingJob(events, changes), log: newLog(), state: join(testFolder(), 'state'), out }
    append(job.log, 0, 10)
    const stream = await StreamRun.open({ ...job, outTopics, patience })
    const name = stream.partitions[0] as string
    let harming = true
    const done = harm().finally(() => {
      harming = false
    })
    let end = 10
    for (; harming || end < 200; end += 10) {
      append(job.log, end, end + 10)
      await stream.run.refresh(false)
      await stream.advance(name, BigInt(end))
      await stream.commit()
      await sleep(20)
    }
    await done
    await stream.run.drain()
    await stream.close()
    expect(numbersOf(await committed(out, events))).toEqual(Array.from({ length: end - 11 }, (_, n) => n))
    const newest = new Map((await committed(out, changes)).flat().map(r => r.split('=') as [string, string]))
    const seen = Array.from({ length: end - 10 }, (_, n) => `k${n % 3}`)
    for (const key of ['k0', 'k1', 'k2']) expect(newest.get(key)).toBe(String(seen.filter(k => k === key).length))
  }

  it('are there once and in order where each of two brokers is killed and comes back', async () => {
    await streamThrough(async () => {
      for (const broker of others) {
        await sleep(500)
        await broker.kill()
        await sleep(2_000)
        await broker.restart()
        await sleep(1_500)
      }
    })
  })

  it('are there once and in order where a broker hangs and the others lead on', async () => {
    await streamThrough(async () => {
      for (const broker of others) {
        await sleep(500)
        broker.pause()
        await sleep(9_000)
        broker.resume()
        await sleep(2_000)
      }
    })
  })

  it('wait where fewer replicas are left than must have a record', async () => {
    await streamThrough(async () => {
      await sleep(500)
      await Promise.all(others.map(broker => broker.kill()))
      await sleep(3_000)
      for (const broker of others) await broker.restart()
    })
  })
})
