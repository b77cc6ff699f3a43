// A compacted topic as a table, before and after a real broker has compacted it.
//
// Promises: the same rows at the same cut by a state that was made before, one that goes on, and a fresh one.

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { job, source, table } from '../../../dsl/index.ts'
import { runBatch } from '../../../runtime-batch/index.ts'
import { runStream } from '../../../runtime-stream/index.ts'
import { readWholeResult, verdictLines, verifyJob } from '../../../testing/equivalence/index.ts'
import { testFolder } from '../../run/support/folder.ts'
import { interpretedModule } from '../../support/interpreted-module.ts'
import { rowsOf } from '../../support/read-result.ts'
import { programOf } from '../../support/run-job.ts'
import { everything, noKafka, TestCluster } from './support/cluster.ts'

const START = 1_700_000_000_000

describe.skipIf(noKafka)('a topic that a broker compacts', () => {
  let cluster: TestCluster
  beforeAll(async () => {
    cluster = await TestCluster.start({ properties: { 'log.cleaner.backoff.ms': '50' } })
  }, 120_000)
  afterAll(() => cluster?.end())

  const made = (settings: Readonly<Record<string, string>>) =>
    cluster.topic({
      settings: {
        'cleanup.policy': 'compact',
        'segment.ms': '300',
        'min.cleanable.dirty.ratio': '0.001',
        'max.compaction.lag.ms': '300',
        ...settings,
      },
    })

  /** In one call: the segment is not closed, so nothing is compacted before a later one. */
  const send = (topic: string, versions: readonly (readonly [key: string, n: number | null, at: number])[]) =>
    cluster.producer.send({
      topic,
      messages: versions.map(([key, n, at]) => ({
        key,
        value: n === null ? null : JSON.stringify({ n }),
        timestamp: String(START + at),
        partition: 0,
      })),
    })

  test('has the same rows at the same cut, deletions and versions out of order included', async () => {
    const topic = await made({})
    await send(topic, [
      ['oak', 1, 400],
      ['oak', 2, 300],
      ['elm', 1, 200],
      ['elm', null, 500],
      ['fir', 1, 600],
      ['fir', null, 250],
      ['elm', 3, 450],
      ['ash', 1, 700],
    ])
    const rows = [
      ['ash', { n: 1 }],
      ['elm', { n: 3 }],
      ['oak', { n: 2 }],
    ]
    const functions = interpretedModule(programOf(job('trees', { trees: table<{ n: number }>(topic, {}) })))
    const [before, after, log] = [testFolder(), testFolder(), await cluster.log()]
    const stream = () => runStream({ functions, log, state: before, until: 'end' })
    const shown = async (state: string) => rowsOf(await readWholeResult(state, state, functions.plan), 'trees')
    expect((await stream()).late).toBe(0)
    expect(await shown(before)).toEqual(rows)
    let stirred = 1000
    const left = async (): Promise<string[]> => {
      // Past the span of a segment by the records' own timestamps, so that a new one begins.
      stirred += 1000
      await send(topic, [['stir', 0, stirred]])
      return (await everything(log, topic))
        .map(text => text.split(':')[0] as string)
        .filter(offset => Number(offset) < 8)
    }
    await expect.poll(left, { timeout: 20_000, interval: 200 }).not.toContain('4')
    expect(await left()).toEqual(expect.arrayContaining(['1', '6', '7']))

    const verified = await verifyJob({ functions, log, state: before, interleavings: 1, seed: 1, workers: [1] })
    expect(verified.difference, verdictLines(verified).join('\n')).toBeNull()
    await stream()
    await runBatch({ functions, log, state: after, workers: 1 })
    expect(await shown(before)).toEqual([...rows, ['stir', { n: 0 }]])
    expect(await shown(after)).toEqual(await shown(before))
  }, 60_000)

  test('tells a join with its past for how long it keeps a version', async () => {
    const topic = await made({ 'min.compaction.lag.ms': '60000', 'max.compaction.lag.ms': '70000' })
    const plain = await cluster.topic()
    await send(topic, [['oak', 1, 100]])
    await cluster.send(plain, ['{"k":"oak"}'])
    const warnings = async (disorder: '1m' | '2m') => {
      const left = source<{ k: string }>(plain, { disorder }).keyBy(e => e.k)
      const joined = left.joinTable(table<{ n: number }>(topic, {})).to('joined')
      const functions = interpretedModule(programOf(job('joined', { joined })))
      return (await runBatch({ functions, log: await cluster.log(), state: testFolder(), workers: 1 })).warnings.join()
    }
    expect(await warnings('1m')).toContain(
      'keeps a replaced version for 60000 ms (min.compaction.lag.ms), which covers',
    )
    expect(await warnings('2m')).toContain('set min.compaction.lag.ms to 120000 or more')
  }, 60_000)
})
