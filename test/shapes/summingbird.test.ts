// The shapes of graphs that Summingbird's own suites check, each as a job: it gives what plain loops over the events
// give.
//
// Method: random logs of several partitions with ties, late records and disorder; the job's result comes from the
// reference, from an executor that batch feeds, and from one that a stream feeds with restarts, all equal; the loops
// share no code with any of them.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReferenceInput } from '../../core/reference/input.ts'
import { reference } from '../../core/reference/reference.ts'
import type { JobResult } from '../../core/result/result.ts'
import { count, job, snapshot, source, sum, table, tumbling } from '../../dsl/index.ts'
import { firstDifference } from '../support/executors.ts'
import { type Event, logArbitrary } from '../support/random-log.ts'
import { rowsOf, writtenOf } from '../support/read-result.ts'
import { programOf } from '../support/run-job.ts'
import { type Accepted, accepted, groupBy, versions, watermark } from './accepted.ts'

const DISORDER = 2000
const HOUR = 60_000 // ms: a minute serves as the hour

const events = (topic: string) => source<Event>(topic, { time: e => e.t, disorder: '2000ms' })
const small = (e: Event): number => (Number.isSafeInteger(e.n) && Math.abs(e.n) < 100 ? e.n : 1)

/** Rows of `[key, value]` in a form that does not depend on their order. */
const sorted = (rows: readonly unknown[]): string[] => rows.map(r => JSON.stringify(r)).sort()

function logs(...topics: readonly string[]): fc.Arbitrary<ReferenceInput> {
  const shape = Object.fromEntries(topics.map(topic => [topic, 2]))
  return logArbitrary({ topics: shape, maxRecords: 10, hostile: false, disorderMs: 2500 })
}

/** Checks a job against plain loops over random logs, and once through the executors. */
function agrees(
  made: unknown,
  topics: readonly string[],
  check: (result: JobResult, log: ReferenceInput) => void,
): void {
  const program = programOf(made)
  fc.assert(
    fc.property(logs(...topics), log => check(reference(program, log), log)),
    { numRuns: 60 },
  )
}

function executorsAgree(made: unknown, topics: readonly string[]): void {
  const program = programOf(made)
  fc.assert(
    fc.property(logs(...topics), fc.nat(), (log, seed) => {
      expect(firstDifference(program, log, reference(program, log), { seed })).toBeNull()
    }),
    { numRuns: 15 },
  )
}

const sumOf = (items: readonly Accepted[]): number => items.reduce((a, { event }) => a + small(event), 0)
const keyOf = ({ event }: Accepted): string => event.k

const a = (log: ReferenceInput): readonly Accepted[] => accepted(log, 'a', DISORDER)

/** A key as an output writes it: a string with half of a surrogate pair is JSON, since UTF-8 cannot hold it. */
const keyText = (k: string): string => (/\p{Surrogate}/u.test(k) ? JSON.stringify(k) : k)

interface Shape {
  readonly made: unknown
  readonly topics: readonly string[]
  readonly check: (result: JobResult, log: ReferenceInput) => void
}

const SHAPES: Readonly<Record<string, () => Shape>> = {
  'a single step': () => ({
    made: job('single', {
      sums: events('a')
        .keyBy(e => e.k)
        .sum(small),
    }),
    topics: ['a'],
    check: (result, log) => {
      const own = [...groupBy(a(log), keyOf)].map(([k, items]) => [k, sumOf(items)])
      expect(sorted(rowsOf(result, 'sums'))).toEqual(sorted(own))
    },
  }),

  'a diamond with a write in one of its branches': () => {
    const keyed = events('a').keyBy(e => e.k)
    const left = keyed.mapValues(e => small(e))
    const right = keyed.mapValues(e => 2 * small(e))
    const made = job('diamond', { sums: left.merge(right).sum(n => n), written: right.to('written') })
    return {
      made,
      topics: ['a'],
      check: (result, log) => {
        const own = [...groupBy(a(log), keyOf)].map(([k, items]) => [k, 3 * sumOf(items)])
        expect(sorted(rowsOf(result, 'sums'))).toEqual(sorted(own))
        const w = watermark(log, { a: DISORDER })
        const due = a(log).filter(e => e.time < w)
        const lines = due.map(e => `${e.time} ${keyText(e.event.k)} ${2 * small(e.event) + 0}`)
        expect(writtenOf(result, 'written').flat().sort()).toEqual(lines.sort())
      },
    }
  },

  flatMapKeys: () => ({
    made: job('keys', {
      sums: events('a')
        .keyBy(e => e.k)
        .flatMapKeys(k => [k, k.length, 'all'])
        .sum(small),
    }),
    topics: ['a'],
    check: (result, log) => {
      const expanded = a(log).flatMap(item => [item.event.k, item.event.k.length, 'all'].map(k => ({ k, item })))
      const own = [...groupBy(expanded, e => e.k)].map(([k, items]) => [k, sumOf(items.map(i => i.item))])
      expect(sorted(rowsOf(result, 'sums'))).toEqual(sorted(own))
    },
  }),

  'a left join with a service that never changes': () => {
    const service = snapshot({ a: 1, b: 2, __proto__x: 3 })
    const joined = events('a')
      .keyBy(e => e.k)
      .lookup(service, { type: 'left' })
    return {
      made: job('service', { counts: joined.keyBy(v => v.right).count() }),
      topics: ['a'],
      check: (result, log) => {
        const known: Readonly<Record<string, number>> = { a: 1, b: 2 }
        const own = [...groupBy(a(log), e => (Object.hasOwn(known, e.event.k) ? known[e.event.k] : null))]
        expect(sorted(rowsOf(result, 'counts'))).toEqual(sorted(own.map(([k, items]) => [k, items.length])))
      },
    }
  },

  'a left join with a service that changes': () => {
    const users = table<Event, string>('b', { key: e => e.k, time: e => e.t, disorder: '2000ms' })
    const joined = events('a')
      .keyBy(e => e.k)
      .joinTable(users, { type: 'left' })
    return {
      made: job('changing', { sums: joined.sum(v => (v.right === null ? 1000 : small(v.right))) }),
      topics: ['a', 'b'],
      check: (result, log) => {
        const w = watermark(log, { a: DISORDER, b: DISORDER })
        const ofUsers = versions(log, 'b', DISORDER)
        const partner = (item: Accepted): number => {
          const version = (ofUsers.get(item.event.k) ?? []).filter(v => v.from <= item.time).at(-1)
          return version === undefined ? 1000 : small(version.event)
        }
        const due = a(log).filter(e => e.time < w)
        const own = [...groupBy(due, keyOf)].map(([k, items]) => [k, items.reduce((n, i) => n + partner(i), 0)])
        expect(sorted(rowsOf(result, 'sums'))).toEqual(sorted(own))
      },
    }
  },

  "a join with the job's own store": () => {
    const keyed = events('a').keyBy(e => e.k)
    const hourly = keyed.window(tumbling('60000ms')).sum(small)
    const joined = keyed.joinTable(hourly.closed().toTable(), { type: 'left' })
    return {
      made: job('own', { hourly, before: joined.sum(v => v.right ?? 0) }),
      topics: ['a'],
      check: (result, log) => {
        const w = watermark(log, { a: DISORDER })
        const hour = (time: number): number => Math.floor(time / HOUR) * HOUR
        const sums = [...groupBy(a(log), e => JSON.stringify([e.event.k, hour(e.time)]))].map(([at, items]) => {
          const [k, start] = JSON.parse(at) as [string, number]
          return { k, end: start + HOUR, sum: sumOf(items) }
        })
        const stored = (item: Accepted): number => {
          const closed = sums.filter(s => s.k === item.event.k && s.end <= w && s.end - 1 <= item.time)
          return closed.sort((x, y) => x.end - y.end).at(-1)?.sum ?? 0
        }
        const due = a(log).filter(e => e.time < w)
        const own = [...groupBy(due, keyOf)].map(([k, items]) => [k, items.reduce((n, i) => n + stored(i), 0)])
        expect(sorted(rowsOf(result, 'before'))).toEqual(sorted(own))
      },
    }
  },

  'multiple summers': () => {
    const keyed = events('a').keyBy(e => e.k)
    return {
      made: job('summers', {
        byKey: keyed.sum(small),
        bySize: keyed.keyBy(e => e.k.length).count(),
        all: keyed.keyBy(() => 'all').count(),
      }),
      topics: ['a'],
      check: (result, log) => {
        expect(sorted(rowsOf(result, 'byKey'))).toEqual(
          sorted([...groupBy(a(log), keyOf)].map(([k, i]) => [k, sumOf(i)])),
        )
        const sizes = [...groupBy(a(log), e => e.event.k.length)].map(([k, i]) => [k, i.length])
        expect(sorted(rowsOf(result, 'bySize'))).toEqual(sorted(sizes))
        expect(rowsOf(result, 'all')).toEqual(a(log).length === 0 ? [] : [['all', a(log).length]])
      },
    }
  },

  'chained sums': () => {
    const first = events('a')
      .keyBy(e => e.k)
      .window(tumbling('1000ms'))
      .sum(small)
    const second = first
      .closed()
      .keyBy(n => n)
      .window(tumbling('60000ms'))
      .aggregate({ n: count(), s: sum(n => n) })
    return {
      made: job('chained', { second }),
      topics: ['a'],
      check: (result, log) => {
        const w = watermark(log, { a: DISORDER })
        const seconds = groupBy(a(log), e => JSON.stringify([e.event.k, Math.floor(e.time / 1000)]))
        const closed = [...seconds]
          .map(([at, items]) => ({ end: ((JSON.parse(at) as [string, number])[1] + 1) * 1000, sum: sumOf(items) + 0 }))
          .filter(s => s.end <= w)
        const minutes = groupBy(closed, s => JSON.stringify([Math.floor((s.end - 1) / HOUR) * HOUR, s.sum]))
        const own = [...minutes].map(([at, items]) => {
          const [start, value] = JSON.parse(at) as [number, number]
          return [start, value, { n: items.length, s: value * items.length + 0 }]
        })
        expect(sorted(rowsOf(result, 'second'))).toEqual(sorted(own))
      },
    }
  },

  '`also`: two jobs in one': () => ({
    made: job('also', {
      counts: events('a')
        .keyBy(e => e.k)
        .count(),
      written: events('b')
        .filter(e => e.n > 0)
        .map(e => e.k.length)
        .to('b-sizes'),
    }),
    topics: ['a', 'b'],
    check: (result, log) => {
      expect(sorted(rowsOf(result, 'counts'))).toEqual(
        sorted([...groupBy(a(log), keyOf)].map(([k, i]) => [k, i.length])),
      )
      const w = watermark(log, { b: DISORDER })
      const due = accepted(log, 'b', DISORDER).filter(e => e.time < w && e.event.n > 0)
      expect(writtenOf(result, 'written').flat()).toEqual(due.map(e => `${e.time} null ${e.event.k.length}`))
    },
  }),

  'a merge of three sources, one of them joined': () => {
    const service = snapshot(
      [
        { k: 'a', add: 10 },
        { k: 'b', add: 20 },
      ],
      { key: r => r.k },
    )
    const joined = events('c')
      .keyBy(e => e.k)
      .lookup(service)
      .mapValues(v => small(v.left) + v.right.add)
    const plain = (topic: string) =>
      events(topic)
        .keyBy(e => e.k)
        .mapValues(small)
    return {
      made: job('three', {
        sums: plain('a')
          .merge(plain('b'), joined)
          .sum(n => n),
      }),
      topics: ['a', 'b', 'c'],
      check: (result, log) => {
        const add: Readonly<Record<string, number>> = { a: 10, b: 20 }
        const plainOnes = ['a', 'b']
          .flatMap(t => accepted(log, t, DISORDER))
          .map(e => ({ k: e.event.k, n: small(e.event) }))
        const joinedOnes = accepted(log, 'c', DISORDER)
          .filter(e => Object.hasOwn(add, e.event.k))
          .map(e => ({ k: e.event.k, n: small(e.event) + (add[e.event.k] as number) }))
        const own = [...groupBy([...plainOnes, ...joinedOnes], e => e.k)]
        expect(sorted(rowsOf(result, 'sums'))).toEqual(sorted(own.map(([k, i]) => [k, i.reduce((n, e) => n + e.n, 0)])))
      },
    }
  },

  'a merge of a stream with itself': () => {
    const stream = events('a')
    return {
      made: job('self', {
        counts: stream
          .merge(stream)
          .keyBy(e => e.k)
          .count(),
      }),
      topics: ['a'],
      check: (result, log) => {
        const own = [...groupBy(a(log), keyOf)].map(([k, items]) => [k, 2 * items.length])
        expect(sorted(rowsOf(result, 'counts'))).toEqual(sorted(own))
      },
    }
  },

  'a large expansion': () => ({
    made: job('large', {
      counts: events('a')
        .flatMap(e => Array.from({ length: 200 }, (_, i) => `${e.k.length}/${i % 7}`))
        .keyBy(k => k)
        .count(),
    }),
    topics: ['a'],
    check: (result, log) => {
      const own = [...groupBy(a(log), e => e.event.k.length)].flatMap(([size, items]) =>
        Array.from({ length: 7 }, (_, i) => [`${size}/${i}`, items.length * (i < 4 ? 29 : 28)]),
      )
      expect(sorted(rowsOf(result, 'counts'))).toEqual(sorted(own))
    },
  }),

  'an expansion to nothing': () => ({
    made: job('nothing', {
      counts: events('a')
        .flatMap((): string[] => [])
        .keyBy(k => k)
        .count(),
      keys: events('a')
        .keyBy(e => e.k)
        .flatMapKeys((): string[] => [])
        .sum(small),
    }),
    topics: ['a'],
    check: result => {
      expect(rowsOf(result, 'counts')).toEqual([])
      expect(rowsOf(result, 'keys')).toEqual([])
      expect(result.dead).toEqual([])
    },
  }),
}

describe.each(Object.entries(SHAPES))('%s', (_name, shape) => {
  it('gives what plain loops give', () => {
    const { made, topics, check } = shape()
    agrees(made, topics, check)
  })

  it('is the same in batch, stream and reference', () => {
    const { made, topics } = shape()
    executorsAgree(made, topics)
  })
})
