// One job over one log, stored in files and in Kafka: batch from files, batch from Kafka, stream from Kafka through
// kill -9, and the reference agree.
//
// Method: the example's records are in a topic of 4 partitions, both in an embedded log and on a real broker; the
// compiled modules run as processes. The stream follows the topic while it is filled and is killed several times; its
// state at the end is the batch state, row by row, with late records, dead letters, watermarks and digests.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createReadStream, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compileJob, loadFunctions } from '../../../compiler/index.ts'
import type { FunctionsModule } from '../../../core/emitted/emitted-module.ts'
import { reference } from '../../../core/reference/reference.ts'
import { compareResults } from '../../../core/result/compare-results.ts'
import type { JobResult } from '../../../core/result/result.ts'
import { appendFiles } from '../../../logs/append/append.ts'
import { openLog } from '../../../logs/index.ts'
import type { Log, PartitionRange } from '../../../logs/log.ts'
import { rangesNow } from '../../../run/reading/bind-log.ts'
import { readProgress } from '../../../run/state/read-state.ts'
import { copyRecords, createLike } from '../../../scripts/kafka/copy-topic.ts'
import { openStateReader } from '../../../store/index.ts'
import { readInput, readWholeResult, verifyJob } from '../../../testing/equivalence/index.ts'
import { noKafka, TestCluster } from './support/cluster.ts'

const TOPIC = 'page-views'
const EXAMPLE = 'examples/page-views'
const PORTIONS = 8

describe.skipIf(noKafka)('the first example on a real broker', () => {
  let dir: string
  const at = (name: string): string => join(dir, name)
  let cluster: TestCluster
  let functions: FunctionsModule
  let files: Log
  let kafka: string
  let expected: JobResult

  beforeAll(async () => {
    if (!existsSync('build/runtime-stream/index.js'))
      throw new Error('the compiled modules need the build: npm run build')
    dir = mkdtempSync(join(tmpdir(), 'lyrebird-kafka-equivalence-'))
    cluster = await TestCluster.start()
    kafka = `kafka://${cluster.broker.address}`
    const { written } = await compiled(at('job'))
    functions = await loadFunctions(written)
    await appendExample(at('log'))
    files = await openLog(at('log'))
    await createLike(cluster.kafka, files, TOPIC)
    const ranges = await rangesNow(files, functions.plan)
    const cut = new Map([...ranges].map(([name, { end }]) => [name, end]))
    expect([...cut.keys()]).toEqual([0, 1, 2, 3].map(p => `${TOPIC}/${p}`))
    expected = reference(
      functions,
      await readInput(files, cut, new Map([...ranges].map(([name, { start }]) => [name, start]))),
    )
  }, 120_000)

  afterAll(async () => {
    await files?.close()
    await cluster?.end()
    if (dir !== undefined) rmSync(dir, { recursive: true, force: true })
  })

  /** A compiled module as a process; its output is shown only where it fails. */
  function start(target: 'batch' | 'stream', log: string, state: string, ...flags: string[]) {
    const args = [at(`job/${target}.mjs`), '--log', log, '--state', at(state), '--json', ...flags]
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const said = { out: '', err: '' }
    child.stdout.on('data', text => (said.out += text))
    child.stderr.on('data', text => (said.err += text))
    return { child, said, closed: once(child, 'close') as Promise<[number | null, string | null]> }
  }

  /** Runs to the end; gives the whole result and the number of records that this run read. */
  async function finish(target: 'batch' | 'stream', log: string, state: string, ...flags: string[]) {
    const { said, closed } = start(target, log, state, ...flags)
    const [code] = await closed
    expect([code, said.err]).toEqual([0, expect.anything()])
    const { records } = JSON.parse(said.out) as { records: number }
    return { records, result: await readWholeResult(at(state), at(`${state}/out`), functions.plan) }
  }

  /** The number of records in the cut of the stream's state. */
  async function committed(): Promise<bigint> {
    if (!existsSync(at('stream'))) return 0n
    const reader = openStateReader(at('stream'))
    try {
      return [...readProgress(reader, at('stream')).cut.values()].reduce((sum, end) => sum + end, 0n)
    } catch {
      return 0n
    } finally {
      await reader.close()
    }
  }

  test('the stream follows the topic while it is filled, through kill -9', async () => {
    const story: string[] = []
    for (let portion = 0; portion < PORTIONS; portion++) {
      const before = await committed()
      const { child, said, closed } = start('stream', kafka, 'stream', '--commit-interval', '5ms')
      await copyRecords(cluster.kafka, files, TOPIC, await portionOf(files, portion))
      // Every other kill waits for a commit; the others come after a random time, perhaps before the first read.
      const wait = Math.floor(Math.random() * 800)
      if (portion % 2 === 0) await expect.poll(committed, { timeout: 30_000, interval: 5 }).toBeGreaterThan(before)
      else await new Promise(done => setTimeout(done, wait))
      child.kill('SIGKILL')
      expect([await closed, said.err]).toEqual([[null, 'SIGKILL'], ''])
      story.push(`${portion % 2 === 0 ? 'after a commit' : `${wait} ms`}: ${await committed()} records`)
    }
    const held = await committed()
    const { records, result } = await finish('stream', kafka, 'stream', '--until', 'end')
    expect(compareResults(expected, result), `killed ${story.join(', ')}`).toBeNull()
    expect(held).toBeGreaterThan(0n)
    expect(BigInt(records)).toBe((await committed()) - held)
  }, 120_000)

  test('batch from files, batch from Kafka and the reference agree', async () => {
    expect(compareResults(expected, (await finish('batch', at('log'), 'files')).result)).toBeNull()
    expect(compareResults(expected, (await finish('batch', kafka, 'batch')).result)).toBeNull()
    expect([...(expected.views.get('traffic') ?? [])].length).toBeGreaterThan(10)
    expect(expected.late.length).toBeGreaterThan(0)
    expect(expected.dead.length).toBeGreaterThan(0)
  }, 60_000)

  test('verify over the topic: batch, interleavings of the stream and the reference', async () => {
    const functionsUrl = pathToFileURL(at('job/functions.mjs')).href
    const verdict = await verifyJob({ functions, functionsUrl, log: kafka, interleavings: 3, workers: [1] })
    expect(verdict.difference).toBeNull()
    expect(verdict.interleavings).toBe(3)
  }, 60_000)
})

async function compiled(outDir: string): Promise<{ written: string }> {
  const { outDir: written, diagnostics } = await compileJob(join(EXAMPLE, 'job.ts'), { outDir })
  if (written === null) throw new Error(`the example does not compile: ${JSON.stringify(diagnostics)}`)
  return { written }
}

/** The example's lines, round-robin over 4 partitions of an embedded log. */
async function appendExample(directory: string): Promise<void> {
  const source = join(EXAMPLE, 'log', TOPIC)
  const names = readdirSync(source).flatMap(folder =>
    readdirSync(join(source, folder)).map(name => join(source, folder, name)),
  )
  const inputs = names.sort().map(name => ({ name, bytes: createReadStream(name) }))
  await appendFiles({ directory, topic: TOPIC, partitions: 4, inputs, now: () => Date.now() })
}

/** The n-th part of every partition. */
async function portionOf(log: Log, n: number): Promise<PartitionRange[]> {
  const ranges = await log.partitions(TOPIC)
  const part = (end: bigint, k: number): bigint => (end * BigInt(k)) / BigInt(PORTIONS)
  return ranges.map(range => ({ ...range, start: part(range.end, n), end: part(range.end, n + 1) }))
}
