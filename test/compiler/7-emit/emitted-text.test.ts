// The text of emitted functions, as somebody who opens an artefact sees it.

import { expect, it } from 'vitest'
import { emitLink } from '../../../compiler/7-emit/functions.ts'
import type { Plan } from '../../../core/plan/plan.ts'
import { GLOBAL, hopping, PlanBuilder } from '../../support/jobs/graph-plan.ts'

/** The plan with lambdas that do not use their second argument. */
function plain(plan: Plan): Plan {
  const text = JSON.stringify(plan).replaceAll('"usesRecord":true', '"usesRecord":false')
  return JSON.parse(text) as Plan
}

const lambda = (): unknown => null
const LINES = { format: { kind: 'lines' }, schema: { root: { kind: 'string' }, defs: {} } } as const

it('counts words in one loop', () => {
  const plan = new PlanBuilder()
  const words = plan.flatMap(plan.source('text', { ...LINES, id: 'lines' }), lambda, 'split')
  plan.view('words', plan.bare(plan.keyBy(words, lambda, 'byWord'), GLOBAL, { kind: 'count' }, 'counts'))
  expect(emitLink(plain(plan.program().plan))).toMatchSnapshot()
})

it('merges, expands keys, folds into hopping windows, and goes on behind closed ones', () => {
  const plan = new PlanBuilder()
  const both = plan.merge([plan.source('a', { ...LINES, id: 'a' }), plan.source('b', { ...LINES, id: 'b' })], 'both')
  const keyed = plan.flatMapKeys(plan.keyBy(both, lambda, 'key'), lambda, 'keys')
  const fields = { top: { kind: 'topK', k: 3, by: lambda }, latest: { kind: 'last' } } as const
  const table = plan.aggregate(keyed, hopping(60_000, 10_000, 5), fields, 'table')
  plan.view('table', table)
  plan.output(
    'out',
    plan.to(plan.filter(plan.closed(table, 'closed'), lambda, 'some'), 'out', { keyed: true, id: 'to' }),
  )
  expect(emitLink(plain(plan.program().plan))).toMatchSnapshot()
})
