// A deployment over a real broker that is verified while it runs: with outputs in the cluster, after the topic has lost
// its beginning, and with that beginning in an archive.

import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import type { LogRecord } from '../../logs/log-record.ts'
import { begin, project, type Running, run } from '../cli/lyrebird.ts'
import { noKafka, TestCluster } from '../logs/kafka/support/cluster.ts'

const LIMIT_MS = 180_000
const PARTITIONS = [0, 1]
/** Records of each partition when the deployment starts, those that the archive holds, and those that are lost. */
const FIRST = 300
const STORED = 200
const LOST = 150

const JOB = (topic: string): string => `import { count, job, source, tumbling } from 'lyrebird'
const events = source<{ at: number; k: string; n: number }>('${topic}', { time: e => e.at, disorder: '5ms' })
const perSecond = events.keyBy(e => e.k).window(tumbling('1s')).aggregate({ count: count() })
const sums = events.keyBy(e => e.k).sum(e => e.n)
export default job('counted', {
  perSecond,
  sums,
  copies: events.to('${topic}-copies', { key: e => e.k, partitions: 2 }),
  changes: sums.changes().to('${topic}-changes'),
})
`

const recordOf = (partition: number, i: number): LogRecord => ({
  timestamp: 1_700_000_000_000 + i,
  key: null,
  value: Buffer.from(
    JSON.stringify({ at: 1_700_000_000_000 + i * 20 + partition, k: `k${(i * 7 + partition) % 13}`, n: i % 5 }),
  ),
  headers: [],
})

interface Verdict {
  readonly equal: boolean
  readonly whole: boolean
  readonly commit: { readonly number: number }
  readonly gone: readonly { readonly partition: string; readonly to: string }[]
  readonly parts: readonly { readonly part: string; readonly compared: number; readonly of: number }[]
}

describe.skipIf(noKafka)('a deployment', { timeout: LIMIT_MS }, () => {
  let cluster: TestCluster
  let [topic, log, folder] = ['', '', '']
  let live: Running
  let sent = 0

  async function send(count: number): Promise<void> {
    for (const partition of PARTITIONS) {
      const messages = Array.from({ length: count }, (_, i) => {
        const { value, timestamp } = recordOf(partition, sent + i)
        return { partition, value: value as Buffer, timestamp: String(timestamp) }
      })
      await cluster.producer.send({ topic, messages })
    }
    sent += count
  }

  const verify = (...more: readonly string[]) =>
    run(folder, ['verify', 'job.ts', '--log', log, '--state', 'state', ...more])

  async function verdictOf(...more: readonly string[]): Promise<Verdict> {
    const { code, out, err } = await verify('--json', ...more)
    expect({ code, err }, out).toEqual({ code: 0, err: '' })
    return JSON.parse(out) as Verdict
  }

  /** Sends a few records all the time while it waits. */
  async function amongTraffic<T>(work: () => Promise<T>): Promise<T> {
    let over = false
    const sending = (async () => {
      while (!over) await send(3)
    })()
    try {
      return await work()
    } finally {
      over = true
      await sending
    }
  }

  beforeAll(async () => {
    cluster = await TestCluster.start()
    log = `kafka://${cluster.broker.address}`
    topic = await cluster.topic({ partitions: PARTITIONS.length })
    await send(FIRST)
    folder = project({ 'job.ts': JOB(topic) })
    live = begin(folder, ['run', 'job.ts', '--log', log, '--state', 'state', '--commit-interval', '50ms'])
    await live.said('live')
  }, LIMIT_MS)
  afterAll(async () => {
    live?.child.kill('SIGTERM')
    await live?.ended
    await cluster?.end()
  })

  it('is verified while records come, its topics included', async () => {
    const commits: number[] = []
    await amongTraffic(async () => {
      for (let i = 0; i < 3; i++) {
        const verdict = await verdictOf()
        expect(verdict, JSON.stringify(verdict)).toMatchObject({ equal: true, whole: true, gone: [] })
        expect(verdict.parts.filter(({ compared, of }) => compared !== of || of === 0).map(({ part }) => part)).toEqual(
          [
            // None came.
            'late',
            'dead letters',
          ],
        )
        commits.push(verdict.commit.number)
      }
    })
    expect(commits).toEqual([...commits].sort((a, b) => a - b))
    expect(new Set(commits).size).toBeGreaterThan(1)
  })

  it('says what the topic has lost, and finds it in the archive', async () => {
    const archive = join(folder, 'archive')
    const writer = await OutputTopic.openForAppend(archive, topic, PARTITIONS.length)
    for (const p of PARTITIONS)
      await writer.append(
        p,
        Array.from({ length: STORED }, (_, i) => recordOf(p, i)),
      )
    await writer.close()
    const lose = (offset: number) =>
      cluster.admin.deleteTopicRecords({
        topic,
        partitions: PARTITIONS.map(partition => ({ partition, offset: String(offset) })),
      })
    await lose(LOST)
    const rest = await amongTraffic(() => verdictOf())
    expect(rest).toMatchObject({ equal: true, whole: false })
    expect(rest.gone.map(({ partition, to }) => `${partition} to ${to}`)).toEqual(
      PARTITIONS.map(p => `${topic}/${p} to ${LOST}`),
    )
    const { out } = await verify()
    expect(out).toMatch(/^no difference in what was compared of state at commit \d+; it was not compared whole\n/)
    expect(out).toMatch(new RegExp(`gone {10}${topic}/0: offsets 0 to ${LOST - 1}; verified from \\d+ on`))
    expect(out).toMatch(/NOT COMPARED {2}view sums .*\n +not all was compared: needs records that are gone/)
    const whole = await amongTraffic(() => verdictOf('--archive', 'archive'))
    expect(whole, JSON.stringify(whole)).toMatchObject({ equal: true, whole: true, gone: [] })
    await lose(STORED + 20)
    const hole = await verify('--archive', 'archive')
    expect(hole).toMatchObject({ code: 5, out: '' })
    expect(hole.err).toMatch(
      /^range-lost {2}offsets 200 to 219 of .* are in no stored file, and not in the topic any more/,
    )
  })
})
