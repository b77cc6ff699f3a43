// A broker that dies right after it has confirmed the end of a transaction may never write its markers: in no
// partition, or in some of them only. Then nobody reads on there, and the next transaction would decide this one.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Cluster } from '../../../logs/kafka/cluster.ts'
import { endedTransaction, type Outcome, openPlaces } from '../../../logs/kafka/producer/lost-markers.ts'
import { outboxOf } from '../../../run/state/folders.ts'
import { readJobDocument } from '../../../run/state/read-state.ts'
import { StreamRun } from '../../../runtime-stream/index.ts'
import type { ControlRecord } from '../../../sinks/kafka/control-record.ts'
import { CONTROL_TOPIC, claimsOf, controlBatch, controlPlace } from '../../../sinks/kafka/control-topic.ts'
import { Journal } from '../../../sinks/kafka/journal.ts'
import { openStateReader } from '../../../store/index.ts'
import { noKafka } from '../../logs/kafka/support/cluster.ts'
import { testFolder } from '../../run/support/folder.ts'
import {
  append,
  committed,
  countingJob,
  lowerFeature,
  newLog,
  runToEnd,
  SuiteCluster,
  takeId,
  withCluster,
} from './support.ts'

const LIMIT_MS = 120_000
const PARTITIONS = 3
/** A broker loses markers in most of its deaths, those of all partitions or of some. */
const TRIES = 12

describe.skipIf(noKafka).each([2, 1])('markers that are lost, transactions of version %i', version => {
  const kafka = SuiteCluster.use(`unmarked${version}-`, LIMIT_MS, async out => {
    if (version === 1) await withCluster(out, brokers => lowerFeature(brokers, 'transaction.version', version))
  })

  function setUp() {
    const events = kafka.fresh()
    const functions = countingJob(events, null, PARTITIONS)
    return { events, functions, log: newLog(), state: join(testFolder(), 'state'), out: kafka.out }
  }
  type Job = ReturnType<typeof setUp>

  async function idOf({ state, events }: Job): Promise<string> {
    const reader = openStateReader(state)
    const owner = readJobDocument(reader)?.id as string
    await reader.close()
    return `lyrebird-${owner}-${events}`
  }

  /** Kills the broker after the end of a transaction; gives the partitions whose markers were lost. */
  async function die(job: Job): Promise<readonly string[]> {
    append(job.log, 0, 20)
    const stream = await StreamRun.open({ ...job, until: 'end' })
    await stream.advance(stream.partitions[0] as string, 20n)
    await stream.commit()
    await stream.run.drain()
    await kafka.cluster.broker.kill()
    await kafka.cluster.broker.restart()
    await stream.close()
    return leftOpen(job)
  }

  async function leftOpen(job: Job): Promise<readonly string[]> {
    const id = await idOf(job)
    return withCluster(kafka.out, brokers =>
      brokers.persist('the look at what is open', async () => {
        await lookUp(brokers, job)
        const own = Array.from({ length: PARTITIONS }, (_, partition) => ({ topic: job.events, partition }))
        const control = await controlPlace(brokers, job.events)
        const ended = await endedTransaction(brokers, id)
        const open = ended === null ? [] : await openPlaces(brokers, ended.producer, [...own, control])
        return open.map(({ topic, partition }) => (topic === CONTROL_TOPIC ? 'control' : `${partition}`))
      }),
    )
  }

  const lookUp = (brokers: Cluster, { events }: Job) =>
    Promise.all([brokers.topic(events), brokers.topic(CONTROL_TOPIC)])

  const sorted = (records: readonly string[][]): number[] =>
    records
      .flat()
      .map(record => (JSON.parse(record.slice(record.indexOf('=') + 1)) as { n: number }).n)
      .sort((a, b) => a - b)

  const upTo = (end: number): number[] => Array.from({ length: end }, (_, n) => n)

  /** A job whose broker has died with the markers of some partitions that pass. */
  async function withLost(passes: (open: readonly string[]) => boolean): Promise<Job> {
    for (let n = 0; n < TRIES; n++) {
      const job = setUp()
      if (passes(await die(job))) return job
    }
    throw new Error(`the broker has written its markers in ${TRIES} deaths`)
  }

  it('are written by the next session: each record is there once', { timeout: LIMIT_MS }, async () => {
    const job = await withLost(open => open.length > 0)
    append(job.log, 20, 30)
    await runToEnd(job)
    expect(sorted(await committed(kafka.out, job.events))).toEqual(upTo(29))
    expect(await leftOpen(job)).toEqual([])
  })

  it('are written where nothing is left to send', { timeout: LIMIT_MS }, async () => {
    const job = await withLost(open => open.length > 0)
    await runToEnd(job)
    expect(sorted(await committed(kafka.out, job.events))).toEqual(upTo(19))
  })

  it('are those of the journal where the coordinator has forgotten the outcome', { timeout: LIMIT_MS }, async () => {
    const job = await withLost(open => open.length > 0)
    await withCluster(kafka.out, async brokers => takeId(brokers, await idOf(job)))
    await expect(runToEnd(job)).rejects.toMatchObject({ code: 'broker-error', hint: expect.stringContaining('copy') })
    await note(job, 'commit')
    await runToEnd(job)
    expect(sorted(await committed(kafka.out, job.events))).toEqual(upTo(19))
  })

  it('may say that all was aborted: then it is sent again', { timeout: LIMIT_MS }, async () => {
    const job = await withLost(open => open.length === PARTITIONS + 1)
    await withCluster(kafka.out, async brokers => takeId(brokers, await idOf(job)))
    await note(job, 'abort')
    await runToEnd(job)
    expect(sorted(await committed(kafka.out, job.events))).toEqual(upTo(19))
    // Behind those that were aborted.
    const { ends } = await recordOf(job)
    expect(ends.reduce((sum, end) => sum + Number(end) + 1, 0)).toBeGreaterThan(19)
  })

  it('are not the only way to lose a record: the last one must be where the control topic says', {
    timeout: LIMIT_MS,
  }, async () => {
    const job = await withLost(open => open.length > 0)
    await runToEnd(job)
    const record = await recordOf(job)
    await withCluster(kafka.out, async brokers => {
      await lookUp(brokers, job)
      const ends = record.ends.map(end => end + 5n)
      const producer = await takeId(brokers, await idOf(job))
      await producer.write([await controlBatch(brokers, record, { ...record, ends }, 1)])
      await producer.commit()
    })
    append(job.log, 20, 30)
    await expect(runToEnd(job)).rejects.toMatchObject({ code: 'range-lost' })
  })

  function recordOf(job: Job): Promise<ControlRecord> {
    return withCluster(kafka.out, async brokers => {
      const [{ id }] = await lookUp(brokers, job)
      const [record] = await claimsOf(brokers, { topic: job.events, topicId: id }, -1n)
      if (record === undefined) throw new Error(`the control topic says nothing of ${job.events}`)
      return record
    })
  }

  async function note(job: Job, outcome: Outcome): Promise<void> {
    const id = await idOf(job)
    const ended = await withCluster(kafka.out, brokers => endedTransaction(brokers, id))
    Journal.open(outboxOf(job.state), kafka.out).noteOutcome(job.events, ended?.producer as bigint, outcome)
  }
})
