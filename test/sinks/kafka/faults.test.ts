// Brokers that die or hang while a state writes to them, two processes of one state, transactions that nobody ended.

import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { LyrebirdError } from '../../../core/errors.ts'
import { BatchBuilder } from '../../../logs/record-batch/batch-builder.ts'
import { readJobDocument } from '../../../run/state/read-state.ts'
import { runStream, StreamRun } from '../../../runtime-stream/index.ts'
import { CONTROL_TOPIC, controlBatch } from '../../../sinks/kafka/control-topic.ts'
import { openKafkaSink } from '../../../sinks/kafka/kafka-sink.ts'
import type { OpenSink } from '../../../sinks/sink.ts'
import { openStateReader } from '../../../store/index.ts'
import { noKafka } from '../../logs/kafka/support/cluster.ts'
import { testFolder } from '../../run/support/folder.ts'
import {
  append,
  committed,
  countingJob,
  newLog,
  numbersOf,
  readable,
  runToEnd,
  SuiteCluster,
  settled,
  takeId,
  withCluster,
} from './support.ts'

const LIMIT_MS = 90_000
const RECORDS = 400

describe.skipIf(noKafka)('outputs to brokers that fail', { timeout: LIMIT_MS }, () => {
  const kafka = SuiteCluster.use('faulty', LIMIT_MS)

  function setUp() {
    const events = kafka.fresh()
    return { events, functions: countingJob(events), log: newLog(), state: join(testFolder(), 'state'), out: kafka.out }
  }

  /** Records that are in, as the numbers of the events. */
  const numbers = async (topic: string): Promise<number[]> => numbersOf(await committed(kafka.out, topic))

  const upTo = (end: number): number[] => Array.from({ length: end }, (_, n) => n)

  /** Commits after each few records while `harm` does its work, then waits for all. */
  async function streamThrough(harm: () => Promise<void>): Promise<void> {
    const job = setUp()
    append(job.log, 0, RECORDS)
    const stream = await StreamRun.open({ ...job, until: 'end', patience: { outageMs: LIMIT_MS } })
    const harming = harm()
    const name = stream.partitions[0] as string
    for (let n = 10; n <= RECORDS; n += 10) {
      await stream.advance(name, BigInt(n))
      await stream.commit()
      await sleep(20)
    }
    await harming
    await stream.run.drain()
    await stream.close()
    expect(await numbers(job.events)).toEqual(upTo(RECORDS - 1))
  }

  it('are written once where the broker is killed and comes back', async () => {
    await streamThrough(async () => {
      await sleep(100)
      await kafka.cluster.broker.kill()
      await sleep(300)
      await kafka.cluster.broker.restart()
    })
  })

  it('are written once where the broker hangs for longer than it may take to answer', async () => {
    await streamThrough(async () => {
      await sleep(100)
      kafka.cluster.broker.pause()
      await sleep(8_000)
      kafka.cluster.broker.resume()
    })
  })

  it('follow a transaction that a process left open when it was killed', async () => {
    const job = setUp()
    append(job.log, 0, 10)
    await runToEnd(job)
    const reader = openStateReader(job.state)
    const owner = readJobDocument(reader)?.id as string
    await reader.close()
    await withCluster(kafka.out, async brokers => {
      await brokers.topic(job.events)
      const transactionalId = `lyrebird-${owner}-${job.events}`
      const producer = await takeId(brokers, transactionalId)
      const builder = new BatchBuilder()
      builder.add({ timestamp: 1, key: null, value: Buffer.from('{"n":-1}'), headers: [] })
      await producer.write([{ topic: job.events, partition: 0, batch: builder.finish(0n) }])
      await producer.settle(0)
    })
    append(job.log, 10, 20)
    await runToEnd(job)
    expect(await numbers(job.events)).toEqual(upTo(19))
  })

  it('wait for a transaction of others that hides what is there', async () => {
    const job = setUp()
    append(job.log, 0, 20)
    const stream = await StreamRun.open({ ...job, until: 'end' })
    const name = stream.partitions[0] as string
    await withCluster(kafka.out, async brokers => {
      const other = await takeId(brokers, `other-${job.events}`)
      await Promise.all([brokers.topic(job.events), brokers.topic(CONTROL_TOPIC)])
      await other.write([await controlBatch(brokers, { topic: job.events, state: 'other' }, null, 1)])
      await other.settle(0)
      await stream.advance(name, 10n)
      await stream.commit()
      await stream.run.drain()
      await stream.close()
      const next = runToEnd(job)
      await sleep(1_500)
      await takeId(brokers, `other-${job.events}`)
      await next
    })
    expect(await numbers(job.events)).toEqual(upTo(19))
  })

  it('that the brokers do not take end a stream, also one that has nothing to commit', async () => {
    const job = setUp()
    append(job.log, 0, 20)
    const stop = new AbortController()
    const running = runStream({ ...job, signal: stop.signal, commitIntervalMs: 20 })
    await expect.poll(() => committed(kafka.out, job.events).catch(() => null), { timeout: 20_000 }).not.toBeNull()
    await kafka.cluster.admin.deleteTopics({ topics: [job.events] })
    append(job.log, 20, 40)
    await expect(running).rejects.toMatchObject({ code: 'topic-recreated' })
    await kafka.cluster.forget()
  })

  it('wait for the next run where one is stopped while the brokers are away', async () => {
    const job = setUp()
    append(job.log, 0, 20)
    const stop = new AbortController()
    const running = runStream({ ...job, signal: stop.signal, commitIntervalMs: 20 })
    await expect.poll(() => numbers(job.events).catch(() => []), { timeout: 20_000 }).toHaveLength(19)
    await kafka.cluster.broker.kill()
    append(job.log, 20, 40)
    await sleep(1_000)
    stop.abort()
    await running
    await kafka.cluster.broker.restart()
    await runToEnd(job)
    expect(await numbers(job.events)).toEqual(upTo(39))
  })

  it.each(['fenced', 'cut off'])('end where another process has taken the state over and this one is %s', async how => {
    const job = setUp()
    append(job.log, 0, 20)
    let [taken, owner] = [false, '']
    const checkOwner = (): void => {
      if (taken) throw new LyrebirdError('stale-owner', 'taken over')
    }
    const sink: OpenSink = options => {
      owner = options.owner
      return openKafkaSink(kafka.out, { ...options, checkOwner })
    }
    const stream = await StreamRun.open({ ...job, out: sink, until: 'end' })
    const name = stream.partitions[0] as string
    await stream.advance(name, 10n)
    await stream.commit()
    await stream.run.drain()
    // What a broker forgets when it is killed too early is looked at in lost-markers.test.ts.
    for (const topic of [job.events, CONTROL_TOPIC]) await settled(kafka.out, topic)
    taken = true
    if (how === 'cut off') await kafka.cluster.broker.kill()
    else await withCluster(kafka.out, brokers => takeId(brokers, `lyrebird-${owner}-${job.events}`))
    await stream.advance(name, 20n)
    await stream.commit()
    if (how === 'cut off') await kafka.cluster.broker.restart()
    await expect(stream.run.drain()).rejects.toMatchObject({ code: 'stale-owner' })
    await stream.close().catch(() => {})
    // What the broker has forgotten of it is not seen before somebody ends it.
    const seen = numbersOf(await readable(kafka.out, job.events))
    expect(seen).toEqual(upTo(seen.length))
    expect(seen.length).toBeLessThan(10)
    // Whoever owns the state sends the rest.
    await runToEnd(job)
    expect(await numbers(job.events)).toEqual(upTo(19))
  })

  it('go on where another producer has taken the transactional id for a moment', async () => {
    const job = setUp()
    append(job.log, 0, 20)
    const stream = await StreamRun.open({ ...job, until: 'end' })
    const name = stream.partitions[0] as string
    await stream.advance(name, 10n)
    await stream.commit()
    await stream.run.drain()
    const reader = openStateReader(job.state)
    const owner = readJobDocument(reader)?.id as string
    await reader.close()
    await withCluster(kafka.out, brokers => takeId(brokers, `lyrebird-${owner}-${job.events}`))
    await stream.advance(name, 20n)
    await stream.commit()
    await stream.run.drain()
    await stream.close()
    expect(await numbers(job.events)).toEqual(upTo(19))
  })
})
