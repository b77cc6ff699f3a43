// Three brokers, each a controller too, that are killed, frozen, too few, out of reach, or relieved of their
// partitions, while a job reads from them and writes to them exactly once.
//
// Numbers are those of docs/guarantees.md. After each fault every output has each element once and in order for readers
// of committed records, and the digests of the state are those of a batch.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Cut } from '../../core/log/cut.ts'
import type { KafkaParts } from '../../scripts/kafka/jars.ts'
import { CONTROL_TOPIC } from '../../sinks/kafka/control-topic.ts'
import { noKafka, parts } from '../logs/kafka/support/cluster.ts'
import { outliveTests, start } from '../support/child.ts'
import { NODES } from '../torture/support/brokers.ts'
import { CLI, JOB } from '../torture/support/engine.ts'
import { ClusteredJob } from './support/clustered-job.ts'
import { moveTo } from './support/leaders.ts'

const LIMIT_MS = 300_000
const WAITING = /waiting for the log, away for/
/** A stall is told of within this time. */
const TOLD_MS = 10_000

if (noKafka) console.warn('cluster-faults.test.ts: no Kafka here, so nothing is shown of clusters')

describe.skipIf(noKafka)('a cluster of three', { timeout: LIMIT_MS }, () => {
  let folder: string
  let job: ClusteredJob

  beforeAll(async () => {
    outliveTests()
    folder = mkdtempSync(join(tmpdir(), 'lyrebird-clusters-'))
    job = await ClusteredJob.start(parts as KafkaParts, folder)
  }, LIMIT_MS)
  afterAll(async () => {
    await job?.end()
    rmSync(folder, { recursive: true, force: true })
  })

  it('13: the leader of a source and of an output is killed', async () => {
    await job.through(async () => {
      for (const topic of ['transfers', 'ledger']) {
        await job.brokers.away([await job.leaderOf(topic)], 'kill', 1_500)
        await job.engine.committed()
      }
    })
  })

  it('15: the coordinator is killed inside a transaction', async () => {
    await job.through(async () => {
      const coordinator = await job.coordinatorOf('ledger')
      // Everything is written; the call that ends the transaction never arrives.
      await job.brokers.before('endTransaction', `${job.engine.owner()}-ledger`, () => job.brokers.kill([coordinator]))
      await sleep(1_500)
      await job.brokers.restart([coordinator])
    })
  })

  it('16: the active controller is killed', async () => {
    await job.through(async () => {
      await job.brokers.away([await job.controller()], 'kill', 1_500)
    })
  })

  it('17: all three are killed and come back', async () => {
    await job.through(async () => {
      await job.brokers.kill(NODES)
      await job.said(WAITING, TOLD_MS)
      await job.brokers.restart(NODES)
    })
  })

  it('18: whoever leads an output is killed, and whoever leads it next', async () => {
    await job.through(async () => {
      for (let round = 0; round < 5; round++) await job.brokers.away([await job.leaderOf('ledger')], 'kill', 500)
    })
  })

  it('19: the leader of a source freezes, which is told of', async () => {
    await job.through(async () => {
      const frozen = job.brokers.away([await job.leaderOf('transfers')], 'freeze', 12_000)
      await job.said(WAITING, TOLD_MS)
      await frozen
    })
  })

  it('20: a job that starts without brokers waits for them, or gives up when it should', async () => {
    await job.through(async () => {
      await job.engine.kill(null)
      await job.brokers.kill(NODES)
      job.engine.start()
      const to = ['--log', job.brokers.proxied, '--state', join(folder, 'none')]
      const impatient = await start(CLI, ['stream', JOB, ...to, '--give-up-after', '2s']).ended
      expect(impatient).toMatchObject({ code: 4, stderr: expect.stringMatching(/broker-unreachable/) })
      await job.said(WAITING, TOLD_MS)
      await job.brokers.restart(NODES)
    })
  })

  it('21: fewer replicas than an output must have; what is not there is sent later, through kill -9 too', async () => {
    const leastReplicas = async (least: number): Promise<void> => {
      const configEntries = [
        { name: 'retention.ms', value: '-1' },
        { name: 'min.insync.replicas', value: String(least) },
      ]
      await job.brokers.withAdmin(admin =>
        admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: 'ledger', configEntries }] }),
      )
    }
    await job.through(async () => {
      const other = NODES.find(node => node !== 1) as number
      await leastReplicas(3)
      await job.brokers.kill([other])
      await job.said(WAITING, 30_000)
      const before = await job.count('ledger')
      await job.engine.committed()
      // One that starts now may wait for the end of the last transaction, which needs the replicas too.
      await job.engine.kill(1_000)
      expect(await job.count('ledger')).toBe(before)
      await job.brokers.restart([other])
    })
    await leastReplicas(2)
  })

  it('29: partitions and their lead move from broker to broker', async () => {
    await job.through(async () => {
      const topics = ['transfers', 'ledger', 'balances', CONTROL_TOPIC]
      for (const replicas of [[2, 3], [3, 1], NODES]) {
        await moveTo(job.brokers, topics, partition => turned(replicas, partition))
        await job.engine.committed()
      }
    })
  })

  it('31: the engine is cut off from all brokers', async () => {
    await job.through(async () => {
      job.brokers.ways('cut')
      await job.said(WAITING, TOLD_MS)
      await sleep(5_000)
      job.brokers.ways('open')
    })
  })

  it('32: the engine is cut off from one broker, and reads on in what the others lead', async () => {
    await job.through(async () => {
      await moveTo(job.brokers, ['transfers', 'ledger'], partition => turned(NODES, partition))
      job.brokers.ways('cut', [NODES[0] as number])
      await job.said(WAITING, TOLD_MS)
      const before = job.cut()
      await expect
        .poll(() => ['transfers/1', 'transfers/2'].every(name => position(job.cut(), name) > position(before, name)), {
          timeout: 15_000,
        })
        .toBe(true)
      expect(position(job.cut(), 'transfers/0')).toBe(position(before, 'transfers/0'))
      job.brokers.ways('open')
    })
  })

  it('33: brokers hear the engine, and it does not hear them', async () => {
    await job.through(async () => {
      job.brokers.ways('mute')
      await sleep(7_000)
      job.brokers.ways('open')
    })
  })

  it('36, 37, 38: answers to writes and to ends of transactions are lost, or come too late', async () => {
    await job.through(async () => {
      const before = job.brokers.faults
      for (const api of ['produce', 'addPartitions', 'endTransaction'] as const) {
        job.brokers.failAnswer(api, 2, 'lost')
        job.brokers.failAnswer(api, 4, 'late')
      }
      await sleep(7_000)
      expect(job.brokers.faults).toBeGreaterThan(before + 3)
    })
  })
})

const position = (cut: Cut, name: string): bigint => cut.get(name) ?? 0n

/** Begins with another one for each partition. */
const turned = (nodes: readonly number[], partition: number): readonly number[] =>
  nodes.map((_, i) => nodes[(i + partition) % nodes.length] as number)
