// Libraries of collections and of functional programming.

export const COLLECTIONS = [
  [
    'lodash',
    `import _ from 'lodash'
export const use = (n: number, s: string) => _.camelCase(s + ' two') + _.chunk([1, 2, 3, n], 2).length + _.isEqual({ a: [n] }, { a: [3] })`,
  ],
  [
    'lodash-es',
    `import { camelCase, cloneDeep, sortBy } from 'lodash-es'
export const use = (n: number, s: string) => camelCase(s + ' two') + sortBy(cloneDeep([3, n, 1])).join()`,
  ],
  [
    'ramda',
    `import { map, pipe, sum } from 'ramda'
export const use = (n: number, s: string) => String(pipe(map((x: number) => x * n), sum)([1, 2, 3])) + s`,
  ],
  [
    'remeda',
    `import { groupBy, pipe } from 'remeda'
export const use = (n: number, s: string) => JSON.stringify(pipe([1, 2, n], groupBy(x => (x > 1 ? 'high' : 'low')))) + s`,
  ],
  [
    'underscore',
    `import _ from 'underscore'
export const use = (n: number, s: string) => _.union([1, 2], [n]).join() + s`,
  ],
  [
    'immutable',
    `import { List, Map } from 'immutable'
export const use = (n: number, s: string) => String(Map<string, number>({ a: n }).set('b', 2).hashCode()) + List([s, 'x']).join()`,
  ],
  [
    'immer',
    `import { produce } from 'immer'
export const use = (n: number, s: string) => JSON.stringify(produce({ a: [1], s }, draft => { draft.a.push(n) }))`,
  ],
  [
    'fp-ts',
    `import { pipe } from 'fp-ts/function'
import * as O from 'fp-ts/Option'
export const use = (n: number, s: string) => pipe(n > 2 ? O.some(n) : O.none, O.map(x => x * 2), O.getOrElse(() => 0)) + s`,
  ],
  [
    'effect',
    `import { Option, Schema } from 'effect'
const isNumber = Schema.is(Schema.Number)
export const use = (n: number, s: string) => String(Option.getOrElse(Option.map(Option.some(n), x => x + 1), () => 0)) + isNumber(s)`,
  ],
  [
    'ts-pattern',
    `import { match, P } from 'ts-pattern'
export const use = (n: number, s: string) => match({ n, s }).with({ n: P.number.gt(2) }, v => 'high ' + v.s).otherwise(() => 'low')`,
  ],
  [
    'neverthrow',
    `import { err, ok } from 'neverthrow'
export const use = (n: number, s: string) => (n > 2 ? ok(n) : err(s)).match(v => 'ok ' + v, e => 'err ' + e)`,
  ],
  [
    'purify-ts',
    `import { Maybe } from 'purify-ts'
export const use = (n: number, s: string) => Maybe.fromNullable(n > 2 ? n : null).map(x => x * 2).toString() + s`,
  ],
  [
    'es-toolkit',
    `import { chunk, kebabCase } from 'es-toolkit'
export const use = (n: number, s: string) => kebabCase(s + 'Two') + chunk([1, 2, n], 2).length`,
  ],
  [
    'radash',
    `import { group, title } from 'radash'
export const use = (n: number, s: string) => title(s + '_two') + Object.keys(group([1, n], x => String(x))).join()`,
  ],
  [
    'mnemonist',
    `import { BitSet, LRUCache, Heap } from 'mnemonist'
export const use = (n: number, s: string) => { const heap = Heap.from([3, n, 2], (a: number, b: number) => a - b); return String(heap.pop()) + new BitSet(8).size + new LRUCache(2).capacity + s }`,
  ],
  [
    'lru-cache',
    `import { LRUCache } from 'lru-cache'
export const use = (n: number, s: string) => { const c = new LRUCache<string, number>({ max: 2 }); c.set(s, n); return String(c.get(s)) }`,
  ],
  [
    'denque',
    `import Denque from 'denque'
export const use = (n: number, s: string) => { const d = new Denque([1, n]); d.unshift(9); return d.toArray().join() + s }`,
  ],
  [
    'heap-js',
    `import { Heap } from 'heap-js'
export const use = (n: number, s: string) => { const h = new Heap<number>(); h.init([5, n, 4]); return String(h.pop()) + s }`,
  ],
  [
    'deepmerge',
    `import deepmerge from 'deepmerge'
export const use = (n: number, s: string) => JSON.stringify(deepmerge({ a: [1], s }, { a: [n] }))`,
  ],
  [
    'fast-deep-equal',
    `import equal from 'fast-deep-equal'
export const use = (n: number, s: string) => String(equal({ n, s: [s] }, { n: 3, s: [s] }))`,
  ],
  [
    'dequal',
    `import { dequal } from 'dequal'
export const use = (n: number, s: string) => String(dequal({ n, d: new Date(n), s }, { n: 3, d: new Date(3), s }))`,
  ],
  [
    'klona',
    `import { klona } from 'klona'
export const use = (n: number, s: string) => JSON.stringify(klona({ n, s, d: new Date(n), m: [...new Map([[s, n]])] }))`,
  ],
  [
    'rfdc',
    `import rfdc from 'rfdc'
const clone = rfdc()
export const use = (n: number, s: string) => JSON.stringify(clone({ n, s, d: new Date(n) }))`,
  ],
  [
    'rxjs',
    `import { from, map, reduce } from 'rxjs'
export const use = (n: number, s: string) => { let got = 0; from([1, 2, n]).pipe(map(x => x * 2), reduce((a, b) => a + b, 0)).subscribe(x => { got = x }); return got + s }`,
  ],
  [
    'core-js',
    `import 'core-js/actual/array/group-by'
export const use = (n: number, s: string) => s + n`,
    'library-failed',
  ],
]
