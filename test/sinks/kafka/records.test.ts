// The records that brokers take: compressed, not larger than they allow, with keys in compacted topics.

import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { partitionBytes } from '../../../logs/kafka/ranges.ts'
import { noKafka } from '../../logs/kafka/support/cluster.ts'
import { testFolder } from '../../run/support/folder.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder } from '../../support/jobs/graph-plan.ts'
import { append, committed, countingJob, newLog, runToEnd, SuiteCluster, withCluster } from './support.ts'

const LIMIT_MS = 60_000
const LARGE = 300_000
const utf8 = new TextEncoder()

interface Event {
  readonly key: string | null
  readonly text: string
}

describe.skipIf(noKafka)('records in Kafka', { timeout: LIMIT_MS }, () => {
  const kafka = SuiteCluster.use('records', LIMIT_MS)
  const fresh = (): string => kafka.fresh()

  function logOf(events: readonly Event[]) {
    const log = newLog()
    for (const [n, event] of events.entries()) {
      log.append('in', 0, [
        { timestamp: n, key: null, value: utf8.encode(JSON.stringify({ ...event, n })), headers: [] },
      ])
    }
    return log
  }

  /** Writes the texts of events, no larger than so many bytes, and counts by their keys. */
  function setUp(events: readonly Event[], options: { maxBytes?: number; texts?: string } = {}) {
    const { maxBytes, texts = fresh() } = options
    const changes = fresh()
    const plan = new PlanBuilder()
    const source = plan.source('in', { time: (e: { n: number }) => e.n })
    const lines = plan.map(source, (e: Event) => e.text)
    const counts = plan.bare(
      plan.keyBy(source, (e: Event) => e.key),
      GLOBAL,
      { kind: 'count' },
    )
    plan.view('counts', counts)
    plan.output('texts', plan.to(lines, texts, maxBytes === undefined ? {} : { maxBytes }))
    plan.output('changes', plan.changes(counts, changes))
    const functions = interpretedModule(plan.program('records'))
    return { texts, changes, functions, log: logOf(events), state: join(testFolder(), 'state'), out: kafka.out }
  }

  const event = (text: string, key: string | null = 'k'): Event => ({ key, text })

  it('are compressed with lz4 unless that is not wanted', async () => {
    const sizes: number[] = []
    for (const compression of [undefined, 'none'] as const) {
      const job = { events: fresh(), log: newLog(), state: join(testFolder(), 'state'), out: kafka.out }
      append(job.log, 0, 2_000)
      await runToEnd({ ...job, functions: countingJob(job.events), outTopics: { compression } })
      expect((await committed(kafka.out, job.events)).flat()).toHaveLength(1_999)
      sizes.push((await withCluster(kafka.out, brokers => partitionBytes(brokers, job.events))).get(0) as number)
    }
    expect((sizes[1] as number) / (sizes[0] as number)).toBeGreaterThan(2)
  })

  it('have a key in topics of changes, also where the row has none', async () => {
    const job = setUp([event('a', null), event('b', 'x'), event('c', null), event('d', null)])
    await runToEnd(job)
    const newest = new Map((await committed(kafka.out, job.changes)).flat().map(r => r.split('=') as [string, string]))
    expect(Object.fromEntries(newest)).toEqual({ 'lyrebird-null': '3', x: '1' })
    const other = setUp([event('a', 'lyrebird-null')])
    await expect(runToEnd(other)).rejects.toMatchObject({
      code: 'job-failed',
      message: expect.stringContaining('lyrebird-null'),
    })
  })

  it('that are large are written with the small ones beside them, or are dead letters', async () => {
    const large = 'x'.repeat(LARGE)
    const events = [event('a'), event(large), event('b'), event(large), event('c'), event('d')]
    const job = setUp(events, { maxBytes: LARGE + 2 })
    await runToEnd({ ...job, outTopics: { compression: 'none' } })
    const [texts = []] = await committed(kafka.out, job.texts)
    expect(texts.map(text => text.length)).toEqual([8, LARGE + 7, 8, LARGE + 7, 8])
    const less = setUp(events, { maxBytes: LARGE + 1 })
    await runToEnd(less)
    expect((await committed(kafka.out, less.texts)).flat()).toHaveLength(3)
  })

  it('must fit into what the topic takes, which is seen before the first of them', async () => {
    const settings = { 'max.message.bytes': '200000' }
    const texts = await kafka.cluster.topic({ name: fresh(), settings })
    await runToEnd(setUp([event('a'), event('b')], { maxBytes: 100_000, texts }))
    const other = await kafka.cluster.topic({ name: fresh(), settings })
    await expect(runToEnd(setUp([event('a')], { maxBytes: 300_000, texts: other }))).rejects.toMatchObject({
      code: 'too-big',
      hint: expect.stringContaining('maxBytes'),
    })
    const small = await kafka.cluster.topic({ name: fresh(), settings: { 'max.message.bytes': '20000' } })
    await expect(runToEnd(setUp([event('a')], { texts: small }))).rejects.toMatchObject({ code: 'too-big' })
  })

  it('that the brokers do not take end the run with what to do', async () => {
    const huge = Array.from({ length: 1_500_000 }, (_, n) => String.fromCharCode(33 + ((n * 7919) % 89))).join('')
    const job = setUp([event(huge), event('b')])
    await expect(runToEnd({ ...job, outTopics: { compression: 'none' } })).rejects.toMatchObject({
      code: 'too-big',
      hint: expect.stringContaining('maxBytes'),
    })
  })
})
