// The protocol of sinks with a system that gives positions only when its transactions end: each element is written once
// and in order, at whatever step of a commit the run stops, whether the end of a transaction or its answer is lost, and
// over a restored state.

import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { reference } from '../../core/reference/reference.ts'
import type { OutputRecord } from '../../core/result/result.ts'
import { decodeHeld } from '../../core/state/row-codec.ts'
import { COMMIT_STEPS, type Step } from '../../run/commit-steps.ts'
import type { RunOptions } from '../../run/job-run.ts'
import { readCommit } from '../../run/state/read-state.ts'
import { openStateReader } from '../../store/index.ts'
import { runInterleaving } from '../../testing/equivalence/interleaving.ts'
import { emittedModule } from '../compiler/7-emit/recording-target.ts'
import { boundaryJob, boundaryLog } from '../mutants/boundaries.ts'
import { testFolder } from '../run/support/folder.ts'
import { memoryLog } from '../run/support/logs.ts'
import { type EndFault, FakeServer } from './fake-server.ts'
import { transactionalSink } from './transactional-sink.ts'

class Stopped extends Error {}

const functions = emittedModule(boundaryJob())
const outputs = new Map(
  functions.plan.nodes.flatMap(n => (n.kind === 'output' ? [[n.params.topic, n.params] as const] : [])),
)

/** A job, a state and a server; `run` takes a schedule of commits and restarts to the end of the log. */
function setUp() {
  const folder = testFolder()
  const [state, outbox] = [join(folder, 'state'), join(folder, 'outbox')]
  const server = new FakeServer()
  const options: RunOptions = {
    functions,
    log: memoryLog(boundaryLog()),
    state,
    until: 'end',
    out: transactionalSink(server, outbox),
  }
  const run = (seed: number, steps: RunOptions['steps'] = undefined) => runInterleaving({ ...options, steps }, seed)
  return { state, server, run, folder }
}

/** The output of the reference, as timestamps, keys and values. */
function expected(topic: string): (readonly unknown[])[][] {
  const result = reference(functions, boundaryLog())
  const name = functions.plan.results.find(r => r.node.startsWith('output') && r.name === topic)?.name as string
  const show = ({ timestamp, key, value }: OutputRecord) => [timestamp, key, value]
  return (result.outputs.get(name) ?? []).map(partition => partition.map(show))
}

function served(server: FakeServer, topic: string): (readonly unknown[])[][] {
  const { partitions } = outputs.get(topic) as { partitions: number }
  return Array.from({ length: partitions }, (_, partition) =>
    server.read(topic, partition).map(record => {
      const { time, key, value } = decodeHeld(record.key, record.value)
      return [time, key, value]
    }),
  )
}

function expectOnce(server: FakeServer): void {
  for (const topic of outputs.keys()) expect(served(server, topic), topic).toEqual(expected(topic))
}

async function commitOf(state: string): Promise<number | undefined> {
  const reader = openStateReader(state)
  try {
    return readCommit(reader)?.number
  } finally {
    await reader.close()
  }
}

/** Throws at the nth occurrence of a step. */
function stopAt(step: Step, nth: number): (at: Step) => void {
  let left = nth
  return at => {
    if (at === step && --left === 0) throw new Stopped()
  }
}

/** Seeds whose schedules have six to eight commits, and zero, four and four restarts. */
const SEEDS = [11, 30, 34]

it('writes each element once, at offsets known only after the commit', async () => {
  for (const seed of SEEDS) {
    const { server, run } = setUp()
    await run(seed)
    expectOnce(server)
    const offsets = [...outputs.keys()].flatMap(topic => server.read(topic, 0).map((r, i) => r.offset - BigInt(i)))
    if (server.transactions > 2) expect(offsets.some(gap => gap > 0n)).toBe(true)
  }
})

describe.each(COMMIT_STEPS)('stopped at %s', step => {
  it.each(SEEDS.flatMap(seed => [[seed, 1] as const, [seed, 2] as const]))('seed %i, time %i', async (seed, nth) => {
    const { state, server, run } = setUp()
    await expect(run(seed, stopAt(step, nth))).rejects.toThrow(Stopped)
    await run(seed + 1, stopAt(step, 1)).catch(() => {})
    await run(seed + 2)
    expectOnce(server)
    expect(await commitOf(state)).toBeGreaterThan(0)
  })
})

describe.each<EndFault>(['lost request', 'lost answer'])('a transaction ends with a %s', fault => {
  it.each(SEEDS)('seed %i', async seed => {
    const { server, run } = setUp()
    let commits = 0
    const steps = (step: Step): void => {
      if (step === 'state-committed' && ++commits === 2) server.fault = fault
    }
    await run(seed, steps).catch(() => {})
    await run(seed)
    expectOnce(server)
  })
})

it('skips what the server already has where a state was restored', async () => {
  for (const seed of SEEDS) {
    const { state, folder, server, run } = setUp()
    await run(seed, stopAt('outputs-published', 1)).catch(() => {})
    const early = await commitOf(state)
    cpSync(state, join(folder, 'copy'), { recursive: true })
    await run(seed)
    expectOnce(server)
    rmSync(state, { recursive: true })
    cpSync(join(folder, 'copy'), state, { recursive: true })
    expect(await commitOf(state)).toBe(early)
    await run(seed + 1)
    expectOnce(server)
  }
})

it.each(SEEDS)('numbers commits one by one, through restarts, seed %i', async seed => {
  const { state, run } = setUp()
  const { commits } = await run(seed)
  expect(await commitOf(state)).toBe(commits)
})
