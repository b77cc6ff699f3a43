// Steps of the reference, on cases written by hand: what each emits, with which key and identity, and what becomes a
// dead letter.

import { describe, expect, it } from 'vitest'
import { reference } from '../../../core/reference/reference.ts'
import { childIdentity, recordIdentity } from '../../../core/values/identity.ts'
import { PlanBuilder } from '../../support/jobs/graph-plan.ts'
import { deadOf, writtenOf } from '../../support/read-result.ts'
import { raw, smallLog } from '../../support/small-log.ts'

type V = { t: number; v: unknown }

/** Records of an output behind the steps that `build` adds to the source, as `timestamp key value`, under `final`. */
function run(build: (plan: PlanBuilder, source: string) => string, values: readonly unknown[], keyed = false) {
  const plan = new PlanBuilder()
  const source = plan.source('t', { id: 's', time: (v: V) => v.t })
  plan.output('out', plan.to(build(plan, source), 'out', { id: 'o', keyed }))
  const log = smallLog({ 't/0': values.map((v, i) => ({ t: i, v })) })
  return reference(plan.program(), log, { final: true })
}

interface Case {
  readonly name: string
  readonly build: (plan: PlanBuilder, source: string) => string
  readonly values: readonly unknown[]
  readonly keyed?: boolean
  readonly written: readonly string[]
  readonly dead?: readonly string[]
}

function check({ build, values, keyed = false, written, dead = [] }: Case): void {
  const result = run(build, values, keyed)
  expect({ written: writtenOf(result, 'out')[0], dead: deadOf(result) }).toEqual({ written, dead })
}

const value = (v: V): unknown => v.v
const boom = (): never => {
  throw new Error('boom')
}

const cases: Case[] = [
  { name: 'map', build: (p, s) => p.map(s, value), values: [1, 'a'], written: ['0 null 1', '1 null "a"'] },
  {
    name: 'map that throws for one',
    build: (p, s) => p.map(s, (v: V) => (v.v === 1 ? boom() : v.v), 'm'),
    values: [1, 2],
    written: ['1 null 2'],
    dead: ['m throw the lambda threw'],
  },
  {
    name: 'map that throws nothing',
    build: (p, s) => p.map(s, () => Promise.reject.call(undefined), 'm'),
    values: [1],
    written: [],
    dead: ['m throw the lambda threw'],
  },
  {
    name: 'a promise',
    build: (p, s) => p.map(s, (v: V) => (v.v === 1 ? Promise.resolve(1) : { [`${'th'}en`]: () => 1 }), 'm'),
    values: [1, 2],
    written: [],
    dead: ['m value the lambda returned a promise', 'm value the lambda returned a promise'],
  },
  {
    name: 'filter takes truthiness',
    build: (p, s) => p.map(p.filter(s, value), value),
    values: [0, 1, '', 'x', null, [], false, true],
    written: ['1 null 1', '3 null "x"', '5 null []', '7 null true'],
  },
  {
    name: 'filter with a promise',
    build: (p, s) => p.filter(s, () => Promise.resolve(false), 'f'),
    values: [1],
    written: [],
    dead: ['f value the lambda returned a promise'],
  },
  {
    name: 'flatMap',
    build: (p, s) => p.flatMap(s, value),
    values: [[1, 2], [], ['x']],
    written: ['0 null 1', '0 null 2', '2 null "x"'],
  },
  {
    name: 'flatMap over other iterables',
    build: (p, s) =>
      p.flatMap(
        s,
        function* (v: V) {
          yield v.v
          if (v.v === 2) boom()
          yield* new Set([v.v])
        },
        'f',
      ),
    values: [1, 2],
    written: ['0 null 1', '0 null 1'],
    dead: ['f throw the lambda threw'],
  },
  {
    name: 'flatMap over an array with holes',
    build: (p, s) =>
      p.map(
        p.flatMap(s, (v: V) => Object.assign(new Array(3), { 1: v.v })),
        w => w ?? 'hole',
      ),
    values: [1],
    written: ['0 null "hole"', '0 null 1', '0 null "hole"'],
  },
  {
    name: 'flatMap over what is no list',
    build: (p, s) => p.flatMap(s, (v: V) => (v.v === 'p' ? Promise.resolve([1]) : v.v), 'f'),
    values: ['text', null, 1, { a: 1 }, 'p'],
    written: [],
    dead: [
      ...Array(4).fill('f value expected an array or another iterable of results'),
      'f value the lambda returned a promise',
    ],
  },
  {
    name: 'keyBy gives canonical keys',
    build: (p, s) => p.keyBy(s, (v: V) => ({ b: v.v, a: undefined, 'a ': -0 })),
    values: [-0],
    keyed: true,
    written: ['0 {"a ":0,"b":0} {"t":0,"v":0}'],
  },
  {
    name: 'a key that cannot be encoded',
    build: (p, s) =>
      p.map(
        p.keyBy(s, (v: V) => (v.v === 1 ? () => 1 : v.v), 'k'),
        value,
      ),
    values: [1, 2],
    keyed: true,
    written: ['1 2 2'],
    dead: [expect.stringMatching(/^k value key: /) as unknown as string],
  },
  {
    name: 'mapValues and filterKeys keep the key',
    build: (p, s) =>
      p.mapValues(
        p.filterKeys(p.keyBy(s, value), (k: string) => k !== 'b'),
        (v: V, r: { key: string }) => [v.v, r.key],
      ),
    values: ['a', 'b', 'c'],
    keyed: true,
    written: ['0 a ["a","a"]', '2 c ["c","c"]'],
  },
  {
    name: 'map and filter keep the key too',
    build: (p, s) =>
      p.filter(
        p.map(p.keyBy(s, value), () => 0),
        (_: number, r: { key: string }) => r.key === 'b',
      ),
    values: ['a', 'b'],
    keyed: true,
    written: ['1 b 0'],
  },
  {
    name: 'flatMapKeys',
    build: (p, s) =>
      p.map(
        p.flatMapKeys(p.keyBy(s, value), (k: string) => [...k]),
        () => 0,
      ),
    values: ['ab', '', 'c'],
    keyed: true,
    written: ['0 a 0', '0 b 0', '2 c 0'],
  },
  {
    name: 'flatMapKeys buries the whole element for one bad key',
    build: (p, s) => p.flatMapKeys(p.keyBy(s, value), (k: number) => (k === 1 ? ['x', () => 1] : 'text'), 'f'),
    values: [1, 2],
    keyed: true,
    written: [],
    dead: [
      expect.stringMatching(/^f value key: /) as unknown as string,
      'f value expected an array or another iterable of keys',
    ],
  },
  {
    name: 'a branch that throws leaves the others alone',
    build: (p, s) => p.merge([p.map(s, boom, 'm'), p.map(s, value)]),
    values: [7],
    written: ['0 null 7'],
    dead: ['m throw the lambda threw'],
  },
]

describe('steps', () => {
  for (const c of cases) it(c.name, () => check(c))

  it('one dead letter for each node and element', () => {
    const result = run((p, s) => p.merge([p.map(s, boom, 'm'), p.map(s, boom, 'n')]), [1, 2])
    expect(deadOf(result).map(d => d.split(' ')[0])).toEqual(['m', 'm', 'n', 'n'])
  })
})

describe('identities', () => {
  const written = (build: (plan: PlanBuilder, source: string) => string, values: readonly unknown[]) =>
    (run(build, values).outputs.get('out')?.[0] ?? []).map(r => r.headers[0]?.value)
  const position = recordIdentity('t', 0, 0n)

  it('of a record is its position', () => {
    expect(written((p, s) => p.map(s, value), [1])).toEqual([position])
  })

  it('grow by the index of a flatMap and by the branch of a merge', () => {
    const identities = written((p, s) => p.merge([s, p.flatMap(s, value)]), [['x', 'y']])
    expect(identities).toEqual([
      childIdentity(position, 0),
      childIdentity(childIdentity(position, 0), 1),
      childIdentity(childIdentity(position, 1), 1),
    ])
  })

  it('of a stream merged with itself differ', () => {
    expect(written((p, s) => p.merge([s, s]), [1])).toEqual([childIdentity(position, 0), childIdentity(position, 1)])
  })

  it('of a record that an output wrote is its header', () => {
    const plan = new PlanBuilder()
    plan.output('out', plan.to(plan.source('t'), 'out'))
    const identity = recordIdentity('earlier', 3, 99n)
    const log = smallLog({ 't/0': [raw('1', { headers: [{ key: 'lyrebird-identity', value: identity }] })] })
    const result = reference(plan.program(), log, { final: true })
    expect(result.outputs.get('out')?.[0]?.[0]?.headers).toEqual([{ key: 'lyrebird-identity', value: identity }])
  })
})

describe('the record that lambdas see', () => {
  it('before an aggregation', () => {
    const plan = new PlanBuilder()
    const seen: unknown[] = []
    const look = (name: string) => (v: unknown, r: object) => {
      seen.push([
        name,
        Object.entries(r)
          .map(([k, x]) => `${k}=${x instanceof Uint8Array ? 'bytes' : String(x)}`)
          .join(' '),
      ])
      return v
    }
    const time = (v: V, r: object): number => {
      look('time')(v, r)
      return v.t
    }
    const keyed = plan.keyBy(plan.source('t', { time }), (v: V, r: object) => (look('key')(v, r) as V).v)
    plan.output('out', plan.to(plan.map(keyed, look('map')), 'out'))
    reference(plan.program(), smallLog({ 't/0': [raw('{"t":5,"v":"K"}', { timestamp: 9, key: 'k' })] }))
    expect(seen).toEqual([
      ['time', 'topic=t partition=0 offset=0 timestamp=9 key=k keyBytes=bytes headers='],
      ['key', 'time=5 topic=t partition=0 offset=0 timestamp=9 key=k keyBytes=bytes headers='],
      ['map', 'time=5 topic=t partition=0 offset=0 timestamp=9 key=K keyBytes=bytes headers='],
    ])
  })
})

describe('failures that are not the element’s own', () => {
  it('a lambda without stack ends the run', () => {
    const forever = (v: unknown): unknown => [forever(v)]
    expect(() => run((p, s) => p.map(s, forever, 'm'), [1])).toThrow('a lambda of m ran out of stack')
  })
})
