// One windowed count over a log written by hand: in the reference, and in an executor that commits after each record or
// a few.
//
// Promises: both agree at every commit.

import { expect } from 'vitest'
import { JobExecutor } from '../../../../core/executor/job-executor.ts'
import type { WindowSpec } from '../../../../core/plan/plan.ts'
import { reference } from '../../../../core/reference/reference.ts'
import { differenceOf } from '../../../support/feeding.ts'
import { interpretedModule } from '../../../support/interpreted-module.ts'
import { PlanBuilder } from '../../../support/jobs/graph-plan.ts'
import { chunkOf } from '../../../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../../../support/memory-state.ts'
import { rowsOf, writtenOf } from '../../../support/read-result.ts'
import { smallLog } from '../../../support/small-log.ts'

export interface Agreed {
  /** Rows of the view: the parts of the row key, then the times that the window counted. */
  readonly rows: unknown[][]
  /** Closed windows as `time key value`. */
  readonly closed: string[]
  /** Rows of the view behind `keep`. */
  readonly kept: unknown[][]
}

export interface Options {
  readonly disorderMs?: number
  readonly keepMs?: number
  readonly final?: boolean
  /** Records of a partition between two commits. Default 1. */
  readonly perCommit?: number
}

/** Feeds the partitions in turn: the first records of each, then the second ones, and so on. */
export function agreed(
  window: WindowSpec,
  partitions: Readonly<Record<string, readonly unknown[]>>,
  { disorderMs = 0, keepMs = 0, final = false, perCommit = 1 }: Options = {},
): Agreed {
  const plan = new PlanBuilder()
  const events = plan.source('a', { time: (v: { t: number }) => v.t, disorderMs })
  const keyed = plan.keyBy(events, (v: { k?: string }) => v.k ?? 'k')
  const table = plan.bare(keyed, window, { kind: 'collectSet', of: (v: { t: number }) => v.t })
  plan.view('rows', table).view('kept', plan.keep(table, keepMs))
  plan.output('closed', plan.to(plan.closed(table), 'closed', { keyed: true }))
  const program = plan.program()
  const log = smallLog(partitions)
  const state = new MemoryState()
  const executor = new JobExecutor(interpretedModule(program), memoryEnvironment(state))
  for (const { topic, partition } of log) executor.progress.cut.set(`${topic}/${partition}`, 0n)
  const most = Math.max(...log.map(p => p.records.length))
  for (let from = 0; from < most; from += perCommit) {
    const to = from + perCommit
    for (const { topic, partition, records } of log) {
      const some = records.slice(from, to)
      if (some.length > 0) executor.feed(chunkOf({ topic, partition }, some, BigInt(from + some.length)))
      const isLast = to >= most && partition === log.at(-1)?.partition
      state.commit(executor, final && isLast)
      const read = log.map(p => ({ ...p, records: p.records.slice(0, p.partition > partition ? from : to) }))
      expect(differenceOf(program.plan, state, reference(program, read, { final: final && isLast }))).toBeNull()
    }
  }
  const result = reference(program, log, { final })
  return { rows: rowsOf(result, 'rows'), closed: writtenOf(result, 'closed')[0] ?? [], kept: rowsOf(result, 'kept') }
}
