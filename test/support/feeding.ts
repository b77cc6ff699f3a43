// Feeds an executor in memory as the executors do: as a stream in any order with commits and restarts, and as batch by
// partial rows.
//
// Promises: what is fed depends only on the numbers that `pick` gives. The caller chooses the module and compares the
// results.

import fc from 'fast-check'
import type { FunctionsModule } from '../../core/emitted/emitted-module.ts'
import { JobExecutor } from '../../core/executor/job-executor.ts'
import { PROGRESS, Progress } from '../../core/executor/progress.ts'
import { IDENTITY_HEADER } from '../../core/log/chunk.ts'
import { partitionName } from '../../core/log/cut.ts'
import type { Plan } from '../../core/plan/plan.ts'
import type { InputRecord, ReferenceInput } from '../../core/reference/input.ts'
import { compareResults, type Difference } from '../../core/result/compare-results.ts'
import type { JobResult, OutputRecord } from '../../core/result/result.ts'
import { DIGEST } from '../../core/state/digests.ts'
import { MultisetDigest } from '../../core/values/multiset-digest.ts'
import { takeProgress } from '../../run/progress-merge.ts'
import { storedRows } from '../../run/state/read-state.ts'
import { chunkOf, endOf } from './log-chunks.ts'
import { type MemoryState, memoryEnvironment } from './memory-state.ts'
import { readResult } from './read-state.ts'

/** Numbers 0 <= n < bound. */
export type Pick = (bound: number) => number

/** Numbers 0 <= n < bound in turn, from a finite list of naturals that repeats. */
export function choices(naturals: readonly number[]): Pick {
  let at = 0
  return bound => (naturals[at++ % naturals.length] as number) % bound
}

export const naturals = fc.array(fc.nat(1_000_000), { minLength: 40, maxLength: 40 })

/** All outputs of a program that the state has released. */
function writtenOutputs(plan: Plan, state: MemoryState): JobResult['outputs'] {
  const outputs = new Map<string, OutputRecord[][]>()
  for (const { kind, name, node: id } of plan.results) {
    const node = plan.nodes.find(n => n.id === id)
    if (kind !== 'output' || node?.kind !== 'output') continue
    const partitions = Array.from({ length: node.params.partitions }, (): OutputRecord[] => [])
    for (const e of state.released.get(id) ?? []) {
      const headers = [{ key: IDENTITY_HEADER, value: e.identity }]
      partitions[e.partition]?.push({ timestamp: e.time, key: e.key, value: e.value as Uint8Array, headers })
    }
    outputs.set(name, partitions)
  }
  return outputs
}

/** The whole result of a state, outputs included. */
export function resultOf(plan: Plan, state: MemoryState): JobResult {
  return { ...readResult(state, plan), outputs: writtenOutputs(plan, state) }
}

/** The first difference of a state from the result of the reference, digests of views included; null: none. */
export function differenceOf(plan: Plan, state: MemoryState, expected: JobResult): Difference | null {
  const own = resultOf(plan, state)
  const difference = compareResults(own, expected)
  if (difference !== null) return difference
  const progress = Progress.decode(state.document(PROGRESS) as Uint8Array)
  for (const name of own.views.keys()) {
    const digest = new MultisetDigest()
    for (const [key, value] of storedRows(state, plan, name)) digest.addRow(key, value)
    const [kept, counted] = [progress.digest(DIGEST.view(name)).summary, digest.summary]
    if (kept.count !== counted.count || kept.digest !== counted.digest) {
      return { part: `views/${name}`, key: 'digest', left: JSON.stringify(kept), right: JSON.stringify(counted) }
    }
  }
  return null
}

/** Makes every partition of the cut known to an executor, the empty ones too. */
function announce(executor: JobExecutor, log: ReferenceInput): void {
  for (const p of log) {
    const name = partitionName(p.topic, p.partition)
    if (!executor.progress.cut.has(name)) executor.progress.cut.set(name, 0n)
  }
}

/** Feeds what is not read yet, as a stream does: in any order of partitions, with commits and restarts. */
export function stream(
  module: FunctionsModule,
  log: ReferenceInput,
  state: MemoryState,
  pick: Pick,
  final = false,
): void {
  const limit = [1_000_000, 3][pick(2)] as number
  const start = (): JobExecutor => {
    const executor = new JobExecutor(module, memoryEnvironment(state, limit))
    announce(executor, log)
    return executor
  }
  let executor = start()
  for (;;) {
    const open = log.flatMap(p => {
      const from = executor.progress.cut.get(partitionName(p.topic, p.partition)) as bigint
      const left = p.records.filter(r => r.offset >= from)
      return left.length === 0 ? [] : [{ partition: p, left }]
    })
    const next = open[pick(Math.max(open.length, 1))]
    if (next === undefined) break
    executor.feed(chunkOf(next.partition, next.left.slice(0, 1 + pick(5))))
    const then = pick(6)
    if (then === 0) executor.spill()
    if (then < 3) continue
    state.commit(executor)
    executor.forget()
    if (then === 5) executor = start()
  }
  state.commit(executor, final)
}

/**
 * Reads as batch does: workers over single partitions, whose partial rows a coordinator merges with the state and
 * flushes once.
 */
export function batch(
  module: FunctionsModule,
  log: ReferenceInput,
  state: MemoryState,
  pick: Pick,
  final = false,
): void {
  const limit = (): number => [1_000_000, 2][pick(2)] as number
  const isFresh = state.document(PROGRESS) === undefined
  const once = { flushesOnce: true, state: isFresh ? null : state, viewsByWindow: state.byWindow }
  const coordinator = new JobExecutor(module, { ...memoryEnvironment(state, limit()), ...once })
  announce(coordinator, log)
  for (const partition of log) {
    const name = partitionName(partition.topic, partition.partition)
    const from = coordinator.progress.cut.get(name) as bigint
    const saved = coordinator.progress.encode()
    const known = {
      document: (d: string) => (d === PROGRESS ? saved : undefined),
      get: () => undefined,
      range: () => [],
    }
    const worker = new JobExecutor(module, memoryEnvironment(known, limit()))
    let left: readonly InputRecord[] = partition.records.filter(r => r.offset >= from)
    while (left.length > 0) {
      const count = 1 + pick(7)
      worker.feed(chunkOf(partition, left.slice(0, count)))
      left = left.slice(count)
      worker.spill()
    }
    for (const [table, runs] of worker.takeRuns()) coordinator.addRuns(table, structuredClone(runs))
    for (const [table, rows] of worker.takePartials()) coordinator.addPartials(table, rows)
    takeProgress(coordinator.progress, worker.progress, module.plan, [name])
    if (endOf(partition) > from) coordinator.progress.cut.set(name, endOf(partition))
  }
  state.commit(coordinator, final)
}
