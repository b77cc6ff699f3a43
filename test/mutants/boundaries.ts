// One job and one log that meet every boundary of the contract exactly: for mutants that random logs would seldom
// catch.
//
// At the end the watermark is 20: the window [10, 20) has just closed, `keep` has just dropped [0, 10), and an element
// at 20 must wait.

import type { Lambdas, Plan } from '../../core/plan/plan.ts'
import type { ReferenceInput } from '../../core/reference/input.ts'
import { GLOBAL, hopping, PlanBuilder, tumbling } from '../support/jobs/graph-plan.ts'
import { smallLog, tick } from '../support/small-log.ts'

interface Event {
  readonly t: number
  readonly k: string
  readonly n: number
}

/** `prefix`: of the names of its output topics. */
export function boundaryJob(prefix = ''): { plan: Plan; lambdas: Lambdas } {
  const plan = new PlanBuilder()
  const events = plan.source('a', { time: (e: Event) => e.t })
  const keyed = plan.keyBy(events, (e: Event) => e.k)
  const table = plan.aggregate(keyed, tumbling(10), { n: { kind: 'sum', of: (e: Event) => e.n }, c: { kind: 'count' } })
  const odd = plan.bare(keyed, tumbling(7, 3), { kind: 'count' })
  const both = plan.merge([plan.map(keyed, () => 'left'), plan.map(keyed, () => 'right')])
  return plan
    .view('windows', table)
    .view('odd', odd)
    .view('hops', plan.bare(keyed, hopping(10, 5), { kind: 'count' }))
    .view('recent', plan.keep(table, 10))
    .view('branch', plan.bare(both, GLOBAL, { kind: 'last' }))
    .view('sum', plan.bare(keyed, GLOBAL, { kind: 'sum', of: (e: Event) => e.n }))
    .output('closed', plan.to(plan.closed(table), `${prefix}closed`, { keyed: true, partitions: 2 }))
    .output('events', plan.to(events, `${prefix}events`))
    .program('boundaries')
}

const e = (t: number, n: number, k = 'k'): Event => ({ t, k, n })

export function boundaryLog(): ReferenceInput {
  return smallLog({
    'a/0': [e(-5, 1), e(-4, 2), e(0, 0.1), e(9, 1e16), e(9, 1, 'j'), e(10, 1), e(19, -1e16), e(19, 0.3), e(20, 4)],
    'a/1': [e(-11, 3), e(-3, 1e-9), e(3, 5, 'j'), e(12, 7), e(12, 7), tick(20)],
  })
}
