// Tables, closed windows, keep and outputs of the reference, on cases written by hand.

import { describe, expect, it } from 'vitest'
import { reference } from '../../../core/reference/reference.ts'
import { canonicalBytes } from '../../../core/values/canonical.ts'
import { windowIdentity } from '../../../core/values/identity.ts'
import { GLOBAL, PlanBuilder, type TestLambda, tumbling } from '../../support/jobs/graph-plan.ts'
import { deadOf, rowsOf, writtenOf } from '../../support/read-result.ts'
import { smallLog, tick } from '../../support/small-log.ts'

type V = { t: number; k: string; n?: number }

const boom = (): never => {
  throw new Error('boom')
}

/** Counts per key in windows of 10 ms, with the nodes that `build` adds to that table. */
function run(events: readonly unknown[], build: (plan: PlanBuilder, table: string) => unknown, final = false) {
  const plan = new PlanBuilder()
  const keyed = plan.keyBy(plan.source('t', { id: 's', time: (v: V) => v.t }), (v: V) => v.k)
  build(plan, plan.bare(keyed, tumbling(10), { kind: 'count' }, 'a'))
  return reference(plan.program(), smallLog({ 't/0': events }), { final })
}

const at = (...times: readonly number[]): V[] => times.map(t => ({ t, k: 'k' }))

describe('words on tables', () => {
  const check = (build: (plan: PlanBuilder, table: string) => string, rows: unknown[][], dead: string[] = []): void => {
    const result = run(at(1, 2, 11, 25), (p, t) => p.view('v', build(p, t)))
    expect(rowsOf(result, 'v')).toEqual(rows)
    expect(deadOf(result)).toEqual(dead)
  }
  const once = (fn: TestLambda): TestLambda => fn

  it('mapTable gives canonical values', () => {
    check(
      (p, t) => p.mapTable(t, (n: number) => ({ z: -n + n - 0, a: undefined, n })),
      [
        [0, 'k', { n: 2, z: 0 }],
        [10, 'k', { n: 1, z: 0 }],
        [20, 'k', { n: 1, z: 0 }],
      ],
    )
  })

  it('filterTable sees key and window', () => {
    const fn = once(
      (n: number, row: { key: string; window: { start: number; end: number } }) =>
        row.key === 'k' && row.window.end === 20 && n === 1,
    )
    check((p, t) => p.filterTable(t, fn), [[10, 'k', 1]])
  })

  it('a throw makes an error row and no dead letter', () => {
    const fn = once((n: number) => (n === 2 ? boom() : n))
    check(
      (p, t) => p.filterTable(p.mapTable(t, fn, 'm'), () => true),
      [
        [0, 'k', 'ERROR m: the lambda threw'],
        [10, 'k', 1],
        [20, 'k', 1],
      ],
    )
  })

  it('so do a promise and a value without canonical bytes', () => {
    const fn = once((n: number, row: { window: { start: number } }) =>
      row.window.start === 0 ? Promise.resolve(n) : row.window.start === 10 ? () => n : n,
    )
    check(
      (p, t) => p.mapTable(t, fn, 'm'),
      [
        [0, 'k', 'ERROR m: the lambda returned a promise'],
        [10, 'k', expect.stringMatching(/^ERROR m: value: /)],
        [20, 'k', 1],
      ],
    )
  })

  it('a table of the global window has no window', () => {
    const plan = new PlanBuilder()
    const keyed = plan.keyBy(plan.source('t', { time: (v: V) => v.t }), (v: V) => v.k)
    const rows: unknown[] = []
    const look = (n: number, row: object): number => {
      rows.push({ ...row })
      return n
    }
    plan.view('v', plan.keep(plan.mapTable(plan.bare(keyed, GLOBAL, { kind: 'count' }), look), 0))
    expect(rowsOf(reference(plan.program(), smallLog({ 't/0': at(1) }), { final: true }), 'v')).toEqual([['k', 1]])
    expect(rows).toEqual([{ key: 'k', window: undefined }])
  })
})

describe('keep', () => {
  const starts = (keepMs: number, events: readonly unknown[], final = false) =>
    rowsOf(
      run(
        events,
        (p, t) =>
          p.view(
            'v',
            p.mapTable(p.keep(t, keepMs), (n: number) => n),
          ),
        final,
      ),
      'v',
    ).map(row => row[0])

  it.each<[string, number, readonly unknown[], boolean, number[]]>([
    ['drops at end = W - keep', 10, [...at(1), tick(20)], false, []],
    ['keeps one ms before', 10, [...at(1), tick(19)], false, [0]],
    ['drops closed windows alone', 0, at(1, 10), false, [10]],
    ['uses W before final', 10, at(1, 10, 19), true, [0, 10]],
  ])('%s', (_, keepMs, events, final, expected) => {
    expect(starts(keepMs, events, final)).toEqual(expected)
  })

  it('does not touch closed()', () => {
    const result = run(at(1, 99), (p, t) => p.output('out', p.to(p.closed(p.keep(t, 0)), 'out')))
    expect(writtenOf(result, 'out')).toEqual([['9 null 1']])
  })
})

describe('closed', () => {
  const closedCount = (events: readonly unknown[], final = false) =>
    run(events, (p, t) => p.view('v', t).output('out', p.to(p.closed(t, 'c'), 'out')), final).emitted.get('c')?.count

  it.each<[string, readonly unknown[], boolean, number]>([
    ['one ms before the end', [...at(1), tick(9)], false, 0],
    ['at the end', [...at(1), tick(10)], false, 1],
    ['two keys', [{ t: 1, k: 'a' }, { t: 2, k: 'b' }, tick(10)], false, 2],
    ['final closes all', at(1, 55), true, 2],
  ])('%s', (_, events, final, expected) => {
    expect(closedCount(events, final)).toBe(expected)
  })

  it('emits elements at end - 1 with time and key alone', () => {
    const seen: unknown[] = []
    const look = (v: unknown, r: object): unknown => {
      seen.push([v, r])
      return v
    }
    const result = run(at(1, 2, 10), (p, t) => p.output('out', p.to(p.map(p.closed(t), look), 'out', { keyed: true })))
    expect(seen).toEqual([[2, { time: 9, key: 'k' }]])
    expect(writtenOf(result, 'out')).toEqual([['9 k 2']])
    const identity = windowIdentity(canonicalBytes('k'), 0, 10)
    expect(result.outputs.get('out')?.[0]?.[0]?.headers[0]?.value).toEqual(identity)
  })

  it('makes a dead letter of an error row, once', () => {
    const result = run(at(1, 2, 11, 20), (p, t) => {
      const mapped = p.mapTable(t, (n: number) => (n === 2 ? boom() : n), 'm')
      p.output('x', p.to(p.closed(mapped), 'x')).output('y', p.to(p.closed(mapped), 'y'))
    })
    expect(deadOf(result)).toEqual(['m throw the lambda threw'])
    expect(result.dead[0]?.identity).toEqual(windowIdentity(canonicalBytes('k'), 0, 10))
    expect(writtenOf(result, 'x')).toEqual([['19 null 1']])
  })

  it('feeds a second stage, whose windows wait for the same watermark', () => {
    const stages = (p: PlanBuilder, t: string): void => {
      const daily = p.keyBy(p.closed(t), () => 'all')
      p.view(
        'days',
        p.aggregate(daily, tumbling(100), {
          worst: { kind: 'maxBy', by: (n: number) => n, of: (n: number, r: { time: number }) => [n, r.time] },
        }),
      )
    }
    const result = run([...at(1, 12, 13, 14, 25, 101, 110)], stages)
    expect(rowsOf(result, 'days')).toEqual([
      [0, 'all', { worst: [3, 19] }],
      [100, 'all', { worst: [1, 109] }],
    ])
  })
})

describe('outputs', () => {
  const write = (
    events: readonly unknown[],
    options: { partitions?: number; key?: TestLambda } = {},
    final = false,
    value: TestLambda = (v: V) => v.n ?? v.k,
  ) => {
    const plan = new PlanBuilder()
    const source = plan.source('t', { time: (v: V) => v.t, disorderMs: 10 })
    plan.output('out', plan.to(plan.map(source, value), 'out', { id: 'o', ...options }))
    return reference(plan.program(), smallLog({ 't/0': events }), { final })
  }
  const event = (t: number, k: string): V => ({ t, k })

  it('write in (time, identity) order what is before the watermark', () => {
    const events = [event(5, 'a'), event(3, 'b'), event(5, 'c'), event(16, 'd'), event(15, 'e')]
    expect(writtenOf(write(events), 'out')).toEqual([['3 null "b"', '5 null "a"', '5 null "c"']])
    expect(writtenOf(write(events, {}, true), 'out')[0]?.slice(3)).toEqual(['15 null "e"', '16 null "d"'])
  })

  it('hold an element at the watermark itself', () => {
    expect(writtenOf(write([event(5, 'a'), tick(15)]), 'out')).toEqual([[]])
    expect(writtenOf(write([event(5, 'a'), tick(16)]), 'out')).toEqual([['5 null "a"']])
  })

  it('spread over partitions by murmur2 of the key bytes', () => {
    const events = ['a', 'b', 'c', 'd', 'e', 'f'].map((k, t) => event(t, k))
    const partitions = writtenOf(write(events, { partitions: 3, key: (v: string) => v }, true), 'out')
    expect(partitions.flat().length).toBe(6)
    expect(partitions.filter(p => p.length > 0).length).toBeGreaterThan(1)
    const again = writtenOf(write([...events].reverse(), { partitions: 3, key: (v: string) => v }, true), 'out')
    const keys = (list: string[][]): string[][] => list.map(p => p.map(r => r.split(' ')[1] as string).sort())
    expect(keys(again)).toEqual(keys(partitions))
  })

  it('write keys as text or JSON', () => {
    const key = (v: string): unknown => ({ s: 'text', o: { b: 1, a: 2n }, u: undefined, z: null })[v]
    const events = ['s', 'o', 'u', 'z'].map((k, t) => event(t, k))
    expect(writtenOf(write(events, { key }, true), 'out')).toEqual([
      ['0 text "s"', '1 {"a":2,"b":1} "o"', '2 null "u"', '3 null "z"'],
    ])
  })

  it('write values as canonical JSON', () => {
    const special: Record<string, unknown> = {
      a: { z: 1, b: [Number.NaN, -0, Number.NEGATIVE_INFINITY], a: undefined },
      b: 12345678901234567890n,
      c: Uint8Array.of(1, 2, 255, 254),
      d: undefined,
    }
    const result = write(
      ['a', 'b', 'c', 'd'].map((k, t) => event(t, k)),
      {},
      true,
      (v: V) => special[v.k],
    )
    expect(writtenOf(result, 'out')).toEqual([
      ['0 null {"b":["NaN",0,"-Infinity"],"z":1}', '1 null 12345678901234567890', '2 null "AQL//g=="', '3 null null'],
    ])
  })

  it('make a dead letter of what they cannot write, also before it is due', () => {
    const result = write(
      [event(5, 'a'), event(6, 'b'), event(7, 'c')],
      { key: (v: unknown) => (v === 'b' ? boom() : null) },
      false,
      (v: V) => (v.k === 'c' ? Symbol('s') : v.k),
    )
    expect(deadOf(result)).toEqual(['o throw the lambda threw', expect.stringMatching(/^o value output: /)])
  })
})
