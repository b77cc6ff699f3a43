// What a changed job is said to have changed, down to the lambda.

import { expect, it } from 'vitest'
import type { Plan } from '../../../core/plan/plan.ts'
import { count, hopping, job, max, source, sum, tumbling } from '../../../dsl/index.ts'
import { jobDocument } from '../../../run/state/documents.ts'
import { explainedChanges } from '../../../run/state/explained-changes.ts'
import { runtimeVersions } from '../../../run/state/versions.ts'
import { programOf } from '../../support/run-job.ts'

interface Event {
  readonly k: string
  readonly n: number
}

const events = () => source<Event>('events', { disorder: '1s' })
const plan = (results: Parameters<typeof job>[1], name = 'j'): Plan => programOf(job(name, results)).plan

/** As a state has it: plain JSON. */
const changes = (before: Plan, now: Plan): readonly string[] => {
  const document = jobDocument(before, { id: 'x', format: 3 }, runtimeVersions())
  return explainedChanges(JSON.parse(JSON.stringify(document)), now, JSON.parse(JSON.stringify(before)))
}

it('nothing where nothing has changed', () => {
  const same = () =>
    plan({
      a: events()
        .filter(e => e.n > 1)
        .keyBy(e => e.k)
        .count(),
    })
  expect(changes(same(), same())).toEqual([])
})

it('views and outputs that are new, gone, or of another job', () => {
  const before = plan({
    a: events()
      .keyBy(e => e.k)
      .count(),
    b: events().to('b'),
  })
  const now = plan(
    {
      a: events()
        .keyBy(e => e.k)
        .count(),
      c: events().to('c'),
    },
    'k',
  )
  expect(changes(before, now)).toEqual([
    'the job is "k", the state is of "j"',
    'output "c" is new',
    'output "b" is gone',
  ])
})

it.each<readonly [string, () => Plan, () => Plan, string]>([
  [
    'an edited lambda',
    () =>
      plan({
        a: events()
          .filter(e => e.n > 1)
          .keyBy(e => e.k)
          .count(),
      }),
    () =>
      plan({
        a: events()
          .filter(e => e.n > 2)
          .keyBy(e => e.k)
          .count(),
      }),
    'the lambda in filter was edited',
  ],
  [
    'one lambda of several',
    () =>
      plan({
        a: events()
          .keyBy(e => e.k)
          .aggregate({ x: sum(e => e.n), y: max(e => e.n) }),
      }),
    () =>
      plan({
        a: events()
          .keyBy(e => e.k)
          .aggregate({ x: sum(e => e.n), y: max(e => -e.n) }),
      }),
    'the lambda of y in aggregate was edited',
  ],
  [
    'fields',
    () =>
      plan({
        a: events()
          .keyBy(e => e.k)
          .aggregate({ x: sum(e => e.n), z: count() }),
      }),
    () =>
      plan({
        a: events()
          .keyBy(e => e.k)
          .aggregate({ x: max(e => e.n), y: count() }),
      }),
    'the field x of aggregate is max, before it was sum, the field y of aggregate is new, the field z of aggregate is gone',
  ],
  [
    'a window',
    () =>
      plan({
        a: events()
          .keyBy(e => e.k)
          .window(tumbling('1h'))
          .count(),
      }),
    () =>
      plan({
        a: events()
          .keyBy(e => e.k)
          .window(hopping('1h', '30m'))
          .count(),
      }),
    'window of aggregate is {"kind":"hopping","sizeMs":3600000,"everyMs":1800000',
  ],
  [
    'a parameter of the source',
    () =>
      plan({
        a: events()
          .keyBy(e => e.k)
          .count(),
      }),
    () =>
      plan({
        a: source<Event>('events', { disorder: '2s' })
          .keyBy(e => e.k)
          .count(),
      }),
    'disorderMs of source events is 2000, before it was 1000',
  ],
  [
    'a step that was added',
    () =>
      plan({
        a: events()
          .keyBy(e => e.k)
          .count(),
      }),
    () =>
      plan({
        a: events()
          .filter(e => e.n > 0)
          .keyBy(e => e.k)
          .count(),
      }),
    'filter is new',
  ],
  [
    'a step that was taken out',
    () =>
      plan({
        a: events()
          .filter(e => e.n > 0)
          .map(e => e)
          .keyBy(e => e.k)
          .count(),
      }),
    () =>
      plan({
        a: events()
          .filter(e => e.n > 0)
          .keyBy(e => e.k)
          .count(),
      }),
    'map is gone',
  ],
  [
    'a step in place of another',
    () =>
      plan({
        a: events()
          .map(e => e)
          .keyBy(e => e.k)
          .count(),
      }),
    () =>
      plan({
        a: events()
          .flatMap(e => [e])
          .keyBy(e => e.k)
          .count(),
      }),
    'flatMap is in place of map',
  ],
  [
    'an input that was added',
    () =>
      plan({
        a: events()
          .merge(events())
          .keyBy(e => e.k)
          .count(),
      }),
    () =>
      plan({
        a: events()
          .merge(events(), events())
          .keyBy(e => e.k)
          .count(),
      }),
    'merge has 3 inputs, before it had 2',
  ],
])('%s', (_, before, now, reason) => {
  const [change, ...others] = changes(before(), now())
  expect(others).toEqual([])
  expect(change).toContain(`view "a" changed: ${reason}`)
})

it('only names of what changed where the state has no plan', () => {
  const before = plan({
    a: events()
      .keyBy(e => e.k)
      .count(),
  })
  const now = plan({
    a: events()
      .keyBy(e => String(e.n))
      .count(),
  })
  const document = jobDocument(before, { id: 'x', format: 3 }, runtimeVersions())
  expect(explainedChanges(document, now, null)).toEqual(['view "a" changed'])
})
