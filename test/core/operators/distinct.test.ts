// distinct and dedupe with numbers worked out by hand: what is emitted, what is remembered and for how long.

import { expect, test } from 'vitest'
import { TABLE } from '../../../core/state/row-codec.ts'
import { job, source } from '../../../dsl/index.ts'
import { PlanBuilder } from '../../support/jobs/graph-plan.ts'
import { smallLog } from '../../support/small-log.ts'
import { byKey, type Event, e, written } from './support/by-hand.ts'
import { events, feed, rows } from './support/state-size.ts'

const time = (e: Event): number => e.t
const key = (e: Event): string => e.k

test('distinct emits the first of each key and value, in the order of time', () => {
  const made = job('j', {
    out: byKey
      .distinct(v => v.n % 2)
      .mapValues(v => v.n)
      .to('out'),
  })
  const log = smallLog({ 'a/0': [e(1500, 'x', 1), e(1000, 'x', 3), e(1600, 'y', 5), e(1700, 'x', 2), e(1800, 'x', 4)] })
  expect(written(made, log, true)).toEqual(['1000 x 3', '1600 y 5', '1700 x 2'])
})

test('dedupe drops an equal element up to `within` after the last one emitted, bound included', () => {
  const made = job('j', {
    out: byKey
      .dedupe(v => v.n, '1s')
      .mapValues((_, r) => r.time)
      .to('out'),
  })
  const log = smallLog({ 'a/0': [0, 1000, 1001, 1900, 2001, 2002, 2003].map(t => e(t, 'x', 7)) })
  expect(written(made, log, true)).toEqual(['0 x 0', '1001 x 1001', '2002 x 2002'])
})

test('dedupe remembers an element as long as an equal one may still come, whatever the watermark has passed', () => {
  const strict = source<Event>('a', { time: v => v.t }).keyBy(v => v.k)
  const made = job('j', {
    out: strict
      .dedupe(v => v.n, '1s')
      .mapValues((_, r) => r.time)
      .to('out'),
  })
  const log = smallLog({
    'a/0': [e(0, 'x', 7), e(1000, 'y', 1), e(1000, 'x', 7), e(1000, 'y', 2), e(1001, 'x', 7), e(1001, 'x', 7)],
  })
  expect(written(made, log, true)).toEqual(['0 x 0', '1000 y 1000', '1000 y 1000', '1001 x 1001'])
})

test('what dedupe remembers stays flat over a long run of keys that never come again', () => {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('a', { time }), key)
  plan.output('o', plan.to(plan.distinct(keyed, { withinMs: 5000, id: 'd' }), 'o'))
  const sizes = feed(plan, events(2000, 100), s => rows(s, TABLE.state('d')) + rows(s, TABLE.index('d')))
  // 5 s of elements, one every 100 ms; the last one is held.
  expect(Math.max(...sizes)).toBe(2 * 50)
  expect(sizes.at(-1)).toBe(100)
})
