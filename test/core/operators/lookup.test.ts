// lookup by the key of the stream or by another one, in the reference and in an executor at every cut.

import { describe, expect, it } from 'vitest'
import { PlanBuilder, type TestLambda } from '../../support/jobs/graph-plan.ts'
import { agreesAtEveryCut, type Event, LOG, type Program, written } from './support/every-cut.ts'

describe('lookup', () => {
  const rows = [
    ['x', 1],
    [null, 2],
    [[1500], { found: 'list' }],
  ] as const
  const program = (type: 'inner' | 'left', key?: TestLambda): Program => {
    const plan = new PlanBuilder()
    const keyed = plan.keyBy(plan.source('a', { time: (e: Event) => e.t }), (e: Event) => e.k)
    const found = plan.lookup(keyed, rows, key === undefined ? { type } : { type, key })
    plan.output(
      'out',
      plan.to(
        plan.mapValues(found, (v: { right: unknown }) => v.right),
        'out',
      ),
    )
    return plan.program()
  }

  it('finds rows by the key of the stream, or by another one', () => {
    const all = (right: unknown): unknown[] => [1000, 1500, 3000].map(t => [t, right])
    expect(written(program('inner'), LOG)).toEqual(all(1))
    expect(
      written(
        program('left', () => 'y'),
        LOG,
      ),
    ).toEqual(all(null))
    expect(
      written(
        program('inner', () => 'y'),
        LOG,
      ),
    ).toEqual([])
    expect(
      written(
        program('left', () => undefined),
        LOG,
      ),
    ).toEqual(all(2))
    expect(
      written(
        program('inner', (e: Event) => [e.t]),
        LOG,
      ),
    ).toEqual([[1500, { found: 'list' }]])
    agreesAtEveryCut(program('left', (e: Event) => [e.t]))
  })
})
