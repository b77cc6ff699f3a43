// What a commit costs, in rows that are read and written and not in time: by what has changed, and not by how much the
// state holds.

import { expect, it } from 'vitest'
import { JobExecutor } from '../../core/executor/job-executor.ts'
import type { ReferenceInput } from '../../core/reference/input.ts'
import type { StateAccess } from '../../core/state/environment.ts'
import { interpretedModule } from '../support/interpreted-module.ts'
import { GLOBAL, PlanBuilder, session, tumbling } from '../support/jobs/graph-plan.ts'
import { chunkOf } from '../support/log-chunks.ts'
import { MemoryState, memoryEnvironment } from '../support/memory-state.ts'
import { smallLog } from '../support/small-log.ts'

interface Event {
  readonly t: number
  readonly k: string
}

/** Keys of elements of the second commit. */
const CHANGED = 20

/** Each has one stateful word over the events of topic `a` by key. */
const JOBS: Readonly<Record<string, (plan: PlanBuilder, keyed: string, other: () => string) => PlanBuilder>> = {
  'groups, shared with the state': (plan, keyed) => plan.view('v', plan.bare(keyed, GLOBAL, { kind: 'count' })),
  'groups behind a lambda': (plan, keyed) =>
    plan.view(
      'v',
      plan.mapTable(plan.bare(keyed, GLOBAL, { kind: 'count' }), n => n),
    ),
  'windows with view and closed': (plan, keyed) => {
    const table = plan.bare(keyed, tumbling(1_000_000), { kind: 'count' })
    return plan.view('v', table).output('o', plan.to(plan.closed(table), 'o'))
  },
  sessions: (plan, keyed) => plan.view('v', plan.bare(keyed, session(1_000_000), { kind: 'count' })),
  changes: (plan, keyed) => {
    const table = plan.bare(keyed, GLOBAL, { kind: 'count' })
    return plan.view('v', table).output('o', plan.changes(table, 'o'))
  },
  scan: (plan, keyed) =>
    plan.output(
      'o',
      plan.to(
        plan.scan(keyed, 0, (n: number) => [n + 1, [n]]),
        'o',
      ),
    ),
  distinct: (plan, keyed) => plan.output('o', plan.to(plan.distinct(keyed), 'o')),
  joinTable: (plan, keyed, other) => plan.output('o', plan.to(plan.joinTable(keyed, other(), 'left'), 'o')),
  joinWithin: (plan, keyed, other) =>
    plan.output('o', plan.to(plan.joinWithin(keyed, other(), { beforeMs: 5, afterMs: 5, type: 'inner' }), 'o')),
  joinTables: (plan, keyed, other) =>
    plan.view(
      'v',
      plan.joinTables(plan.bare(keyed, GLOBAL, { kind: 'count' }), plan.bare(other(), GLOBAL, { kind: 'count' }), {
        type: 'full',
        window: GLOBAL,
      }),
    ),
}

function planOf(build: (typeof JOBS)[string]) {
  const plan = new PlanBuilder()
  const by = (topic: string): string => plan.keyBy(plan.source(topic, { time: (e: Event) => e.t }), (e: Event) => e.k)
  return build(plan, by('a'), () => by('b')).program('costs')
}

/** Counts the rows that are read one by one or in ranges. */
function countedState(state: MemoryState, read: (rows: number) => void): StateAccess {
  return {
    document: name => state.document(name),
    get(table, key) {
      read(1)
      return state.get(table, key)
    },
    *range(table, from, to) {
      for (const row of state.range(table, from, to)) {
        read(1)
        yield row
      }
    },
  }
}

/** Rows that the second of two commits reads and writes, the first of which is of so many keys. */
function costOf(build: (typeof JOBS)[string], keys: number): { readonly read: number; readonly written: number } {
  const { plan, lambdas } = planOf(build)
  const topics = plan.nodes.filter(n => n.kind === 'source').map(n => n.params.topic)
  const all: Event[] = Array.from({ length: keys }, (_, i) => ({ t: i, k: `k${i}` }))
  const more: Event[] = Array.from({ length: CHANGED }, (_, i) => ({ t: 10_000 + i, k: `k${i}` }))
  const log: ReferenceInput = smallLog(Object.fromEntries(topics.map(topic => [`${topic}/0`, [...all, ...more]])))
  const state = new MemoryState()
  const module = interpretedModule({ plan, lambdas })
  let [read, written] = [0, 0]
  const feed = (from: number, to: number): void => {
    const counted = countedState(state, rows => (read += rows))
    const executor = new JobExecutor(module, { ...memoryEnvironment(state), state: counted })
    for (const p of log) executor.feed(chunkOf(p, p.records.slice(from, to)))
    ;[read, written] = [0, 0]
    written = state.commit(executor)
  }
  feed(0, keys)
  feed(keys, keys + CHANGED)
  return { read, written }
}

it.each(Object.entries(JOBS))('%s', (_name, build) => {
  const [few, many] = [costOf(build, 100), costOf(build, 1500)]
  expect(few.written).toBeGreaterThan(0)
  expect(many).toEqual(few)
  expect(few.read).toBeLessThanOrEqual(12 * CHANGED)
  expect(few.written).toBeLessThanOrEqual(12 * CHANGED)
})
