// Where windows close: the executor against the reference, at every cut.

import { describe, expect, it } from 'vitest'
import type { Program } from '../../../../core/reference/reference.ts'
import { hopping, PlanBuilder, tumbling } from '../../../support/jobs/graph-plan.ts'
import { agreed, byOne } from '../../executor/support/one-partition.ts'

describe('windows close', () => {
  const closing = (window: ReturnType<typeof tumbling>): Program => {
    const p = new PlanBuilder()
    const table = p.aggregate(byOne(p), window, { n: { kind: 'count' } })
    p.view('v', table)
      .view('kept', p.keep(table, 10))
      .output('o', p.to(p.closed(table), 'o'))
    return p.program()
  }
  const at = (...times: number[]): unknown[] => times.map(t => ({ t }))

  it.each([
    ['one before the end', at(1, 9), 0],
    ['at the end', at(1, 10), 1],
    ['one past the end', at(1, 11), 1],
    ['at the end of the next', at(1, 12, 20), 2],
    ['before 1970', at(-25, -11, -10), 2],
    ['far out', at(8.64e15 - 20, 8.64e15), 1],
  ])('%s', (_name, events, count) => {
    const program = closing(tumbling(10))
    const everyCut = events.map((_, i) => i + 1).slice(0, -1)
    agreed(program, events)
    const { emitted } = agreed(program, events, everyCut)
    expect([...emitted].find(([node]) => node.startsWith('closed'))?.[1].count).toBe(count)
  })

  it('one after the other, for hopping windows, at every cut', () => {
    const events = at(0, 3, 4, 5, 9, 10, 14, 15, 30, 31)
    agreed(closing(hopping(10, 5)), events, [1, 2, 3, 4, 5, 6, 7, 8, 9])
    agreed(closing(hopping(10, 3, 1)), events, [1, 2, 3, 4, 5, 6, 7, 8, 9])
  })
})
