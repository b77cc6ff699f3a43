// Which elements become dead letters, and how many: the executor against the reference, case by case.

import { describe, expect, it } from 'vitest'
import { IDENTITY_HEADER } from '../../../core/log/chunk.ts'
import { PlanBuilder } from '../../support/jobs/graph-plan.ts'
import { raw } from '../../support/small-log.ts'
import { agreed, time, values } from './support/one-partition.ts'

describe('dead letters', () => {
  const [refused, other] = [(): unknown => Symbol('x'), (): unknown => () => 1]

  it('of records whose identities no output wrote, whatever bytes they begin with', () => {
    const p = new PlanBuilder()
    p.output('o', p.to(p.map(p.source('a', { time }), refused), 'o'))
    const identities = [[], [0], [0xff], [0xff, 0], [0, 0xff]].map(bytes => Uint8Array.from(bytes))
    const events = identities.map((value, i) =>
      raw(`{"t":${i}}`, { timestamp: i, headers: [{ key: IDENTITY_HEADER, value }] }),
    )
    const { dead } = agreed(p.program(), events, [1, 2, 3])
    expect(dead.map(d => [...d.identity])).toEqual([[], [0], [0, 0xff], [0xff], [0xff, 0]])
  })

  it('of an element with two parts without canonical bytes: the first one is reported', () => {
    for (const [value, by] of [
      [refused, other],
      [other, refused],
    ] as const) {
      const p = new PlanBuilder()
      const stream = p.mapValues(
        p.keyBy(p.source('a', { time }), () => 1),
        value,
      )
      p.output('o', p.to(p.distinct(stream, { by: () => by() as never }), 'o'))
      expect(agreed(p.program()).dead).toHaveLength(values.length)
    }
  })

  it('of one record by both sides of a join, in two flushes: one', () => {
    for (const [left, right] of [
      [refused, other],
      [other, refused],
    ] as const) {
      const p = new PlanBuilder()
      const stream = p.keyBy(p.source('a', { time }), () => 1)
      const scanned = p.scan(stream, 0, (n: number) => n + 1)
      p.output('o', p.to(p.joinTable(p.mapValues(scanned, left), p.mapValues(stream, right)), 'o'))
      expect(agreed(p.program(), values, [1, 2, 3]).dead).toHaveLength(values.length)
    }
  })
})
