// History by batch, then live: one state, at each cut the one that either of the two would have made.

import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type DeploymentOptions, runDeployment } from '../../deployment/index.ts'
import type { MemoryLog } from '../../logs/memory.ts'
import type { RunSummary } from '../../run/summary.ts'
import { runBatch } from '../../runtime-batch/index.ts'
import { testFolder } from '../run/support/folder.ts'
import { append, memoryLog } from '../run/support/logs.ts'
import { functions, input } from '../run/support/traffic.ts'

const total = input.reduce((sum, { records }) => sum + records.length, 0)
const half = input.map(p => ({ ...p, records: p.records.slice(0, Math.floor(p.records.length / 2)) }))

function appendRest(log: MemoryLog): void {
  for (const [i, partition] of input.entries()) append(log, partition, half[i]?.records.length ?? 0)
}

function deploy(log: MemoryLog, state: string, more: Partial<DeploymentOptions> = {}) {
  const stop = new AbortController()
  const phases: string[] = []
  let heard = (): void => {}
  let live = 0
  const done = runDeployment({
    functions,
    log,
    state,
    commitIntervalMs: 5,
    signal: stop.signal,
    onPhase: phase => {
      phases.push(phase)
      heard()
    },
    onProgress: ({ records }) => {
      live = records
      heard()
    },
    ...more,
  })
  const until = async (reached: () => boolean): Promise<void> => {
    while (!reached()) await Promise.race([done, new Promise<void>(resolve => (heard = resolve))])
  }
  return {
    done,
    phases,
    stop: () => stop.abort(),
    isLive: () => until(() => phases.includes('live')),
    read: (n: number) => until(() => live >= n),
  }
}

const resultOf = (summary: RunSummary | null) => {
  const { views, outputs, late, dead, cut, sealed } = summary as RunSummary
  return { views, outputs: outputs.map(({ name, digest }) => ({ name, digest })), late, dead, cut, sealed }
}

const byBatch = async (more: object = {}) =>
  resultOf(await runBatch({ functions, log: memoryLog(input), state: join(testFolder(), 'state'), ...more }))

it('what was there is read by batch, what comes then by the stream; a restart goes live at once', async () => {
  const log = memoryLog(half)
  const state = join(testFolder(), 'state')
  const first = deploy(log, state)
  await first.isLive()
  appendRest(log)
  await first.read(total - half.reduce((sum, { records }) => sum + records.length, 0))
  first.stop()
  expect(resultOf(await first.done)).toEqual(await byBatch())
  expect(first.phases).toEqual(['history', 'live'])
  const second = deploy(log, state)
  await second.isLive()
  second.stop()
  expect(resultOf(await second.done)).toEqual(await byBatch())
  expect(second.phases).toEqual(['live'])
})

it('ends where it is told to: at the end, sealed, and at a cut that is still to come', async () => {
  const final = { until: 'end', final: true } as const
  const whole = deploy(memoryLog(input), join(testFolder(), 'state'), final)
  expect(resultOf(await whole.done)).toEqual(await byBatch(final))
  expect(whole.phases).toEqual(['history'])
  const until = new Map(input.map(p => [`${p.topic}/${p.partition}`, endOf(p)]))
  const log = memoryLog(half)
  const coming = deploy(log, join(testFolder(), 'state'), { until, final: true })
  await coming.isLive()
  appendRest(log)
  expect(resultOf(await coming.done)).toEqual(await byBatch(final))
  expect(coming.phases).toEqual(['history', 'live'])
})

const endOf = ({ records }: (typeof input)[number]): bigint => (records.at(-1)?.offset ?? -1n) + 1n

it('told to stop while batch reads, it ends without a commit, and the next run begins anew', async () => {
  const log = memoryLog(input)
  const state = join(testFolder(), 'state')
  const read = log.read.bind(log)
  const stopped = deploy(log, state, { workers: 1 })
  log.read = async function* (...range) {
    stopped.stop()
    yield* read(...range)
  }
  expect(await stopped.done).toBeNull()
  expect(stopped.phases).toEqual(['history'])
  log.read = read
  const again = deploy(log, state, { until: 'end' })
  expect(resultOf(await again.done)).toEqual(await byBatch())
})
