// Outputs in a real cluster: each element once and in order for readers of committed records, at whatever step of a
// commit the run stops, and over a restored state.

import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { outputRows } from '../../../cli/query/rows.ts'
import { reference } from '../../../core/reference/reference.ts'
import type { OutputRecord } from '../../../core/result/result.ts'
import { openKafkaLog } from '../../../logs/kafka/index.ts'
import { COMMIT_STEPS, type Step } from '../../../run/commit-steps.ts'
import type { RunOptions } from '../../../run/job-run.ts'
import { readCommitted, writtenRecords } from '../../../run/state/read-state.ts'
import { StreamRun } from '../../../runtime-stream/index.ts'
import { openStateReader } from '../../../store/index.ts'
import { readWholeResult } from '../../../testing/equivalence/index.ts'
import { runInterleaving } from '../../../testing/equivalence/interleaving.ts'
import { emittedModule } from '../../compiler/7-emit/recording-target.ts'
import { noKafka, TestCluster } from '../../logs/kafka/support/cluster.ts'
import { boundaryJob, boundaryLog } from '../../mutants/boundaries.ts'
import { testFolder } from '../../run/support/folder.ts'
import { memoryLog } from '../../run/support/logs.ts'
import { settled } from './support.ts'

class Stopped extends Error {}

const LIMIT_MS = 60_000

describe.skipIf(noKafka)('outputs in Kafka', () => {
  let cluster: TestCluster
  let jobs = 0

  beforeAll(async () => {
    cluster = await TestCluster.start()
  }, LIMIT_MS)
  afterAll(async () => {
    await cluster?.end()
  })

  /** A job with topics of its own, and a state; `run` takes a schedule of commits and restarts to the end. */
  function setUp() {
    const functions = emittedModule(boundaryJob(`job${++jobs}-`))
    const folder = testFolder()
    const state = join(folder, 'state')
    const log = memoryLog(boundaryLog())
    const out = `kafka://${cluster.broker.address}`
    const options: RunOptions = { functions, log, state, until: 'end', out }
    const run = async (seed: number, steps: RunOptions['steps'] = undefined): Promise<void> => {
      await runInterleaving({ ...options, steps }, seed, stream => stream.run.drain())
    }
    return { functions, state, folder, run, options, out }
  }

  type SetUp = ReturnType<typeof setUp>

  async function expectOnce({ functions, out }: SetUp): Promise<void> {
    const log = await openKafkaLog(out)
    const result = reference(functions, boundaryLog())
    for (const node of functions.plan.nodes) {
      if (node.kind !== 'output') continue
      const { topic, partitions } = node.params
      const name = functions.plan.results.find(r => r.node === node.id)?.name as string
      await settled(out, topic)
      const ranges = await log.partitions(topic)
      expect(ranges).toHaveLength(partitions)
      for (const { partition, start, end } of ranges) {
        const read: unknown[] = []
        for await (const record of writtenRecords(log, topic, partition, start, end)) read.push(shown(record))
        expect(read, `${topic}/${partition}`).toEqual(result.outputs.get(name)?.[partition]?.map(shown))
      }
    }
    await log.close()
  }

  /** `verify` and `query` see what the state counts, though a topic may have more. */
  async function readsWhole({ functions: { plan }, state, out }: SetUp): Promise<void> {
    const whole = await readWholeResult(state, out, plan)
    const reader = openStateReader(state)
    const committed = readCommitted(reader, state)
    for (const [name, partitions] of whole.outputs) {
      const rows: object[] = []
      for await (const row of outputRows(committed, name, undefined)() as AsyncIterable<object>) rows.push(row)
      expect(rows).toHaveLength(partitions.flat().length)
      const id = plan.results.find(r => r.name === name)?.node
      const topic = plan.nodes.flatMap(n => (n.kind === 'output' && n.id === id ? [n.params.topic] : []))[0] as string
      expect(partitions.map(({ length }) => BigInt(length))).toEqual(committed.written.get(topic))
    }
    await reader.close()
  }

  it(
    'are written once, with timestamps, keys and identities',
    async () => {
      const job = setUp()
      await job.run(11)
      await expectOnce(job)
    },
    LIMIT_MS,
  )

  it.each(COMMIT_STEPS)(
    'are written once where a run stops at %s',
    async step => {
      for (const [seed, nth] of [
        [30, 1],
        [34, 2],
      ] as const) {
        const job = setUp()
        await expect(job.run(seed, stopAt(step, nth))).rejects.toThrow(Stopped)
        await job.run(seed + 1, stopAt(step, 1)).catch(() => {})
        await job.run(seed + 2)
        await expectOnce(job)
      }
    },
    LIMIT_MS,
  )

  it(
    'are passed over where a restored state makes them again',
    async () => {
      const job = setUp()
      const copy = join(job.folder, 'copy')
      await job.run(34, stopAt('outputs-published', 1)).catch(() => {})
      cpSync(job.state, copy, { recursive: true })
      await job.run(34)
      await expectOnce(job)
      rmSync(job.state, { recursive: true })
      cpSync(copy, job.state, { recursive: true })
      await readsWhole(job)
      await job.run(35)
      await expectOnce(job)
      await readsWhole(job)
    },
    LIMIT_MS,
  )

  it(
    'that were committed and not sent are sent by the next run',
    async () => {
      const job = setUp()
      await runInterleaving(job.options, 30)
      const stream = await StreamRun.open(job.options)
      await stream.run.drain()
      await stream.close()
      await expectOnce(job)
    },
    LIMIT_MS,
  )
})

const textOf = (bytes: Uint8Array | null): string | null =>
  bytes === null ? null : Buffer.from(bytes).toString('latin1')

const shown = (record: Omit<OutputRecord, 'value'> & { value: Uint8Array | null }): unknown[] => [
  record.timestamp,
  textOf(record.key),
  textOf(record.value),
  record.headers.map(({ key, value }) => [key, textOf(value)]),
]

/** Throws at the nth occurrence of a step. */
function stopAt(step: Step, nth: number): (at: Step) => void {
  let left = nth
  return at => {
    if (at === step && --left === 0) throw new Stopped()
  }
}
