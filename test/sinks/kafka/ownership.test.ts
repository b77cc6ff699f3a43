// Whose a topic is, and what a state makes of a topic that is not as it left it.

import { cpSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { isLyrebirdError, type LyrebirdError } from '../../../core/errors.ts'
import { endOfPartition } from '../../../logs/kafka/ranges.ts'
import type { MemoryLog } from '../../../logs/memory.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { StreamRun } from '../../../runtime-stream/index.ts'
import { CONTROL_TOPIC, claimsOf, controlPlace } from '../../../sinks/kafka/control-topic.ts'
import { noKafka } from '../../logs/kafka/support/cluster.ts'
import { testFolder } from '../../run/support/folder.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../../support/jobs/graph-plan.ts'
import { append, committed, countingJob, newLog, runToEnd, SuiteCluster, settled, withCluster } from './support.ts'

const LIMIT_MS = 60_000

async function refused(run: Promise<unknown>, code: string): Promise<LyrebirdError> {
  const error = await run.then(
    () => null,
    (e: unknown) => e,
  )
  if (!isLyrebirdError(error)) throw error ?? new Error(`not refused with ${code}`)
  expect(error.code, error.message).toBe(code)
  return error
}

describe.skipIf(noKafka)('a topic in Kafka', { timeout: LIMIT_MS }, () => {
  const kafka = SuiteCluster.use('owned', LIMIT_MS)
  const fresh = (): string => kafka.fresh()

  function setUp(events = fresh(), changes: string | null = null) {
    const log = newLog()
    append(log, 0, 10)
    return { events, functions: countingJob(events, changes), log, state: join(testFolder(), 'state'), out: kafka.out }
  }

  it('is made for nothing where a job writes none', async () => {
    const plan = new PlanBuilder()
    plan.view(
      'all',
      plan.bare(
        plan.keyBy(plan.source('in'), () => 'all'),
        GLOBAL,
        { kind: 'count' },
      ),
    )
    const { log, state } = setUp()
    await runToEnd({ functions: interpretedModule(plan.program('silent')), log, state, out: kafka.out })
    expect(await kafka.cluster.admin.listTopics()).not.toContain(CONTROL_TOPIC)
    expect(readdirSync(state)).not.toContain('outbox')
  })

  it('is not believed to hold what a control topic says that ends before the last record written into it', async () => {
    const { events, ...job } = setUp()
    await runToEnd(job)
    await settled(kafka.out, CONTROL_TOPIC)
    await withCluster(kafka.out, async cluster => {
      const [{ id: topicId }] = await Promise.all([cluster.topic(events), cluster.topic(CONTROL_TOPIC)])
      const { partition } = await controlPlace(cluster, events)
      const end = await endOfPartition(cluster, CONTROL_TOPIC, partition, 'committed')
      // As where a leader answers that has slept while others went on.
      await expect(claimsOf(cluster, { topic: events, topicId }, end)).rejects.toThrow('does not show yet')
      expect(await claimsOf(cluster, { topic: events, topicId }, end - 1n)).toMatchObject([{ topic: events }])
    })
  })

  it('belongs to one state, also where two claim it at once', async () => {
    const first = setUp()
    await runToEnd(first)
    const error = await refused(runToEnd(setUp(first.events)), 'topic-owned')
    expect(error.message).toContain(first.events)
    const topic = fresh()
    const both = await Promise.allSettled([runToEnd(setUp(topic)), runToEnd(setUp(topic))])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    // The newest element waits.
    expect((await committed(kafka.out, topic)).flat()).toHaveLength(9)
  })

  it('must have the partitions of the job and be kept as it must', async () => {
    const wide = await kafka.cluster.topic({ name: fresh(), partitions: 3 })
    expect((await refused(runToEnd(setUp(wide)), 'partition-count')).message).toContain('3 partitions')
    const compacted = await kafka.cluster.topic({ name: fresh(), settings: { 'cleanup.policy': 'compact' } })
    expect((await refused(runToEnd(setUp(compacted)), 'broker-error')).hint).toContain('cleanup.policy to delete')
    const kept = await kafka.cluster.topic({ name: fresh(), partitions: 2 })
    expect((await refused(runToEnd(setUp(fresh(), kept)), 'broker-error')).hint).toContain('cleanup.policy to compact')
  })

  it('is made with the replicas that are asked for', async () => {
    const job = { ...setUp(), outTopics: { replication: 1, minInSync: 1 } }
    await runToEnd(job)
    const { resources } = await kafka.cluster.admin.describeConfigs({
      includeSynonyms: false,
      resources: [
        { type: 2, name: job.events, configNames: ['min.insync.replicas', 'retention.ms', 'cleanup.policy'] },
      ],
    })
    const settings = Object.fromEntries(resources[0]?.configEntries.map(e => [e.configName, e.configValue]) ?? [])
    expect(settings).toEqual({ 'min.insync.replicas': '1', 'retention.ms': '-1', 'cleanup.policy': 'delete' })
    const error = await refused(runToEnd({ ...setUp(), outTopics: { replication: 3 } }), 'broker-error')
    expect(error.hint).toContain('--replication')
  })

  it('holds the changes of one line of commits', async () => {
    const changes = fresh()
    const job = setUp(fresh(), changes)
    await runToEnd(job)
    const copy = join(testFolder(), 'copy')
    cpSync(job.state, copy, { recursive: true })
    append(job.log, 10, 20)
    await runToEnd(job)
    const newest = new Map((await committed(kafka.out, changes)).flat().map(r => r.split('=') as [string, string]))
    expect(Object.fromEntries(newest)).toEqual({ k0: '7', k1: '7', k2: '6' })
    rmSync(job.state, { recursive: true })
    cpSync(copy, job.state, { recursive: true })
    const error = await refused(runToEnd(job), 'state-incompatible')
    expect(error.message).toContain('another line')
    expect(error.hint).toContain('--republish')
  })

  it.each(['stream', 'batch'])('gets all rows of a view again with --republish, in a %s', async target => {
    const changes = fresh()
    const job = setUp(fresh(), changes)
    const add = (log: MemoryLog, k: string | null, n: number): void => {
      log.append('in', 0, [{ timestamp: n, key: null, value: Buffer.from(JSON.stringify({ k, n })), headers: [] }])
    }
    add(job.log, null, 10)
    add(job.log, 'both', 11)
    await runToEnd(job)
    const copy = join(testFolder(), 'copy')
    cpSync(job.state, copy, { recursive: true })
    for (const k of ['other', 'both', 'k0']) add(job.log, k, 12)
    await runToEnd(job)
    rmSync(job.state, { recursive: true })
    cpSync(copy, job.state, { recursive: true })
    await refused(runToEnd(job), 'state-incompatible')
    // Up to the cut of the copy: a run that reads nothing.
    const anew = { ...job, outTopics: { republish: true } }
    const stops = (step: string): void => {
      if (step === 'state-committed') throw new Error('stopped')
    }
    await expect(runToEnd({ ...anew, steps: stops })).rejects.toThrow('stopped')
    await refused(runToEnd(job), 'state-incompatible')
    if (target === 'batch') await runBatch({ ...anew, until: new Map([['in/0', 12n]]) })
    else {
      const stream = await StreamRun.open({ ...anew, until: 'end' })
      await stream.run.drain()
      await stream.close()
    }
    const newest = async () =>
      Object.fromEntries((await committed(kafka.out, changes)).flat().map(r => r.split('=') as [string, string]))
    const rows = { k0: '4', k1: '3', k2: '3', 'lyrebird-null': '1', both: '1' }
    expect(await newest()).toEqual({ ...rows, other: 'null' })
    // From then on it is of this line.
    await runToEnd(job)
    expect(await newest()).toEqual({ ...rows, k0: '5', both: '2', other: '1' })
  })

  it('that was deleted and made anew is noticed', async () => {
    const job = setUp()
    await runToEnd(job)
    await kafka.cluster.admin.deleteTopics({ topics: [job.events] })
    await kafka.cluster.forget()
    await sleep(500)
    append(job.log, 10, 12)
    await refused(runToEnd(job), 'topic-recreated')
  })

  it('is lost with the control topic', async () => {
    const job = setUp()
    await runToEnd(job)
    await kafka.cluster.admin.deleteTopics({ topics: [CONTROL_TOPIC] })
    await kafka.cluster.forget()
    await sleep(500)
    append(job.log, 10, 12)
    const error = await refused(runToEnd(job), 'range-lost')
    expect(error.hint).toContain(CONTROL_TOPIC)
    // Others begin with a new control topic.
    await runToEnd(setUp())
  })

  it('is refused where the control topic does not keep what it is told', async () => {
    await kafka.cluster.admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: CONTROL_TOPIC, configEntries: [{ name: 'cleanup.policy', value: 'delete' }] }],
    })
    expect((await refused(runToEnd(setUp()), 'broker-error')).message).toContain('cleanup.policy delete')
  })
})
