// A topic whose older records lie in stored files only: history from the files, the rest from a real broker.

import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runDeployment } from '../../deployment/index.ts'
import { job, source } from '../../dsl/index.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import type { LogRecord } from '../../logs/log-record.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { noKafka, TestCluster } from '../logs/kafka/support/cluster.ts'
import { testFolder } from '../run/support/folder.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { ROOT } from '../support/repository.ts'
import { programOf } from '../support/run-job.ts'

const PARTITIONS = [0, 1]
const WHOLE = 900
/** Where the files end, and what the topic has lost. */
const STORED = 600
const LOST = 500
const LIMIT_MS = 120_000
/** A supervisor's patience. */
const STOP_LIMIT_MS = 10_000

const JOB = (topic: string): string => `import { job, source } from 'lyrebird'
const events = source<{ at: number; k: string; n: number }>('${topic}', { time: e => e.at, disorder: '5ms' })
const counts = events.keyBy(e => e.k).sum(e => e.n)
export default job('counted', { counts, copies: events.to('${topic}-copies') })
`

const functionsFor = (topic: string) => {
  const events = source<{ at: number; k: string; n: number }>(topic, { time: e => e.at, disorder: '5ms' })
  return interpretedModule(programOf(job('counted', { counts: events.keyBy(e => e.k).sum(e => e.n) })))
}

const textOf = (partition: number, i: number): string =>
  JSON.stringify({ at: 1_700_000_000_000 + i * 2 + partition, k: `k${(i * 7 + partition) % 13}`, n: i % 5 })

const recordOf = (partition: number, i: number): LogRecord => ({
  timestamp: 1_700_000_000_000 + i,
  key: Buffer.from(`k${i % 3}`),
  value: Buffer.from(textOf(partition, i)),
  headers: [],
})

async function embedded(topic: string, to: number): Promise<string> {
  const directory = join(testFolder(), 'log')
  const writer = await OutputTopic.openForAppend(directory, topic, PARTITIONS.length)
  for (const p of PARTITIONS)
    await writer.append(
      p,
      Array.from({ length: to }, (_, i) => recordOf(p, i)),
    )
  await writer.close()
  return directory
}

/** As Kafka Connect writes a topic to files. */
function lines(topic: string, to: number): string {
  const directory = join(testFolder(), 'files')
  for (const p of PARTITIONS) {
    const folder = join(directory, topic, `partition=${p}`)
    mkdirSync(folder, { recursive: true })
    const text = Array.from({ length: to }, (_, i) => `${textOf(p, i)}\n`).join('')
    writeFileSync(join(folder, `${topic}+${p}+0000000000.json`), text)
  }
  return directory
}

describe.skipIf(noKafka)('a topic with an archive', { timeout: LIMIT_MS }, () => {
  let cluster: TestCluster
  let [topic, log] = ['', '']
  beforeAll(async () => {
    cluster = await TestCluster.start()
    log = `kafka://${cluster.broker.address}`
  }, LIMIT_MS)
  afterAll(() => cluster?.end())

  async function send(from: number, to: number): Promise<void> {
    for (const partition of PARTITIONS) {
      const messages = Array.from({ length: to - from }, (_, i) => {
        const { key, value, timestamp } = recordOf(partition, from + i)
        return { partition, key: key as Buffer, value: value as Buffer, timestamp: String(timestamp) }
      })
      await cluster.producer.send({ topic, messages })
    }
  }

  async function begin(lost: number): Promise<void> {
    topic = await cluster.topic({ partitions: PARTITIONS.length })
    await send(0, WHOLE)
    const partitions = PARTITIONS.map(partition => ({ partition, offset: String(lost) }))
    await cluster.admin.deleteTopicRecords({ topic, partitions })
  }

  const whole = async (to = WHOLE) => {
    const directory = await embedded(topic, to)
    return await runBatch({ functions: functionsFor(topic), log: directory, state: join(testFolder(), 'state') })
  }

  it.each([
    ['lines', lines],
    ['an embedded log', embedded],
  ])('is read from %s and the topic without a seam, then live, and again after a stop', async (_, archived) => {
    await begin(LOST)
    const archive = await archived(topic, STORED)
    const state = join(testFolder(), 'state')
    const stop = new AbortController()
    let live = (): void => {}
    const isLive = new Promise<void>(resolve => (live = resolve))
    let caughtUp = (): void => {}
    const isCaughtUp = new Promise<void>(resolve => (caughtUp = resolve))
    const run = runDeployment({
      functions: functionsFor(topic),
      log: { archive, log },
      state,
      signal: stop.signal,
      commitIntervalMs: 20,
      onPhase: phase => phase === 'live' && live(),
      onProgress: ({ records }) => records === 2 * PARTITIONS.length && caughtUp(),
    })
    await isLive
    await send(WHOLE, WHOLE + 2)
    await isCaughtUp
    stop.abort()
    const expected = await whole(WHOLE + 2)
    expect((await run)?.views).toEqual(expected.views)
    // Files that have become too short for a new state are enough for this one.
    const partitions = PARTITIONS.map(partition => ({ partition, offset: String(WHOLE) }))
    await cluster.admin.deleteTopicRecords({ topic, partitions })
    const again = await runDeployment({ functions: functionsFor(topic), log: { archive, log }, state, until: 'end' })
    expect(again?.views).toEqual(expected.views)
  })

  it('says which offsets are in neither, before it reads anything', async () => {
    await begin(STORED + 10)
    const archive = lines(topic, STORED)
    const run = runDeployment({
      functions: functionsFor(topic),
      log: { archive, log },
      state: join(testFolder(), 'state'),
      until: 'end',
    })
    await expect(run).rejects.toMatchObject({
      code: 'range-lost',
      message: `offsets ${STORED} to ${STORED + 9} of ${topic}/0 are in no stored file, and not in the topic any more`,
    })
  })

  it('ends when it is told to, though the brokers hang while batch reads', async () => {
    await begin(0)
    const stop = new AbortController()
    const state = join(testFolder(), 'state')
    const hung = runDeployment({
      functions: functionsFor(topic),
      log,
      state,
      signal: stop.signal,
      onPhase: () => {
        cluster.broker.pause()
        setTimeout(() => stop.abort(), 500)
      },
    })
    const begun = performance.now()
    try {
      expect(await hung).toBeNull()
      expect(performance.now() - begun).toBeLessThan(STOP_LIMIT_MS)
    } finally {
      cluster.broker.resume()
    }
    const whole = await runDeployment({ functions: functionsFor(topic), log, state, until: 'end' })
    expect(whole?.records).toBe(WHOLE * PARTITIONS.length)
  })

  it('is read by the threads of a compiled job too', async () => {
    await begin(LOST)
    const folder = testFolder()
    const [path, out] = [join(folder, 'job.ts'), join(folder, 'dist')]
    writeFileSync(path, JOB(topic))
    const node = (...args: string[]) => spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
    expect(node(join(ROOT, 'bin', 'lyrebird.mjs'), 'compile', path, '--out', out).status).toBe(0)
    const places = ['--log', log, '--archive', lines(topic, STORED), '--state', join(folder, 'state')]
    const run = node(join(out, 'run.mjs'), ...places, '--until', 'end', '--workers', '2', '--json')
    expect(run.stderr).toContain('history: about')
    const { views, outputs } = JSON.parse(run.stdout)
    expect(views).toEqual((await whole()).views)
    expect(outputs[0].rows).toBeGreaterThan(0)
  })
})
