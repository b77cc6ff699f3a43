// joinTables at every cut: a row that fails on one side.

import { describe, expect, it } from 'vitest'
import { reference } from '../../../core/reference/reference.ts'
import { PlanBuilder, tumbling } from '../../support/jobs/graph-plan.ts'
import { agreesAtEveryCut, type Event, of, partition } from './support/every-cut.ts'

describe('joinTables', () => {
  it('makes one dead letter of a row that fails, though it closes in its own table first and in the joined one later', () => {
    const plan = new PlanBuilder()
    const window = tumbling(1000)
    const counts = (topic: string): string =>
      plan.bare(
        plan.keyBy(plan.source(topic, { time: (e: Event) => e.t }), (e: Event) => e.k),
        window,
        { kind: 'count' },
      )
    const failing = plan.mapTable(counts('a'), () => {
      throw new Error('no')
    })
    const joined = plan.joinTables(failing, counts('b'), { type: 'left', window })
    plan.output('a', plan.to(plan.closed(failing), 'a')).output('ab', plan.to(plan.closed(joined), 'ab'))
    const log = [partition('a', of('x', 100, 1500, 3000)), partition('b', of('x', 200, 4000))]
    agreesAtEveryCut(plan.program(), log, ['a', 'a', 'a', 'b', 'b'])
    expect(reference(plan.program(), log).dead).toHaveLength(2)
  })
})
