// A log of two topics written by hand, and the executor at every cut of it: made again from the state after each
// record.
//
// Promises: executor and reference agree at each of these cuts.

import { expect } from 'vitest'
import { JobExecutor } from '../../../../core/executor/job-executor.ts'
import type { Lambdas, Plan } from '../../../../core/plan/plan.ts'
import { type InputPartition, reference } from '../../../../core/reference/reference.ts'
import { differenceOf } from '../../../support/feeding.ts'
import { interpretedModule } from '../../../support/interpreted-module.ts'
import { chunkOf } from '../../../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../../../support/memory-state.ts'

export interface Event {
  readonly t: number
  readonly k: string
}

const utf8 = new TextEncoder()

export function partition(topic: string, events: readonly Event[]): InputPartition {
  const records = events.map((event, i) => ({
    offset: BigInt(i),
    timestamp: event.t,
    key: null,
    value: utf8.encode(JSON.stringify(event)),
    headers: [],
  }))
  return { topic, partition: 0, records }
}

export const of = (k: string, ...times: number[]): Event[] => times.map(t => ({ t, k }))
export const LOG = [partition('a', of('x', 1000, 1500, 3000)), partition('b', of('x', 500, 1500, 1500, 2499, 3600))]
/** The topic of each record that is fed, in order. */
const ORDER = ['a', 'b', 'a', 'b', 'b', 'a', 'b', 'b']

export type Program = { plan: Plan; lambdas: Lambdas }

/** What a program writes to topic `out` once the history is complete. */
export function written({ plan, lambdas }: Program, log: readonly InputPartition[]): unknown[] {
  const records = reference({ plan, lambdas }, log, { final: true }).outputs.get('out')?.[0] ?? []
  return records.map(r => [r.timestamp, JSON.parse(new TextDecoder().decode(r.value))])
}

/**
 * Feeds one record at a time into an executor made from the committed state, and compares each cut with the reference.
 */
export function agreesAtEveryCut(
  program: Program,
  log: readonly InputPartition[] = LOG,
  order: readonly string[] = ORDER,
): void {
  const module = interpretedModule(program)
  const state = new MemoryState()
  const read = new Map(log.map(p => [p.topic, 0]))
  for (const topic of [...order, null]) {
    const executor = new JobExecutor(module, memoryEnvironment(state))
    for (const p of log) if (!executor.progress.cut.has(`${p.topic}/0`)) executor.progress.cut.set(`${p.topic}/0`, 0n)
    const source = log.find(p => p.topic === topic)
    if (source !== undefined) {
      const at = read.get(source.topic) as number
      executor.feed(chunkOf(source, source.records.slice(at, at + 1)))
      read.set(source.topic, at + 1)
    }
    state.commit(executor, topic === null)
    const cut = log.map(p => ({ ...p, records: p.records.slice(0, read.get(p.topic)) }))
    expect(differenceOf(program.plan, state, reference(program, cut, { final: topic === null }))).toBeNull()
  }
}
