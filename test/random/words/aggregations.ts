// Every aggregation as a field of a random job: its call, and the type of its result.
//
// Promises: one entry for each kind of the plan; a kind without one is a type error.

import type { AggregationKind } from '../../../core/plan/aggregation-spec.ts'
import type { Draw } from '../draw.ts'
import { anything, bigint, type Expression, lambda, number, type Subject, text } from './lambdas.ts'
import { arrayOf, BIGINT, depthOf, maybe, NUMBER, OPAQUE, recordOf, tupleOf, type ValueType } from './value-type.ts'

export interface Field {
  /** `sum(v => v.n)`. */
  readonly call: string
  readonly type: ValueType
}

type Make = (draw: Draw, subject: Subject) => Field

export const AGGREGATIONS: Readonly<Record<AggregationKind, Make>> = {
  count: () => ({ call: 'count()', type: NUMBER }),
  sum: (draw, subject) => {
    const of = draw.once(6) ? bigint(draw, subject) : number(draw, subject)
    return { call: `sum(${lambda(draw, subject, of)})`, type: of.type.kind === 'bigint' ? BIGINT : NUMBER }
  },
  mean: (draw, subject) => ({ call: `mean(${lambda(draw, subject, number(draw, subject))})`, type: NUMBER }),
  variance: (draw, subject) => ({ call: `variance(${lambda(draw, subject, number(draw, subject))})`, type: NUMBER }),
  stddev: (draw, subject) => ({ call: `stddev(${lambda(draw, subject, number(draw, subject))})`, type: NUMBER }),
  min: (draw, subject) => ofKept('min', draw, subject),
  max: (draw, subject) => ofKept('max', draw, subject),
  first: (draw, subject) => whole('first', draw, subject, type => type),
  last: (draw, subject) => whole('last', draw, subject, type => type),
  minBy: (draw, subject) => by('minBy(', draw, subject, type => type),
  maxBy: (draw, subject) => by('maxBy(', draw, subject, type => type),
  topK: (draw, subject) => by(`topK(${1 + draw.below(3)}, `, draw, subject, arrayOf),
  collectList: (draw, subject) => whole('collectList', draw, subject, arrayOf),
  collectSet: (draw, subject) => whole('collectSet', draw, subject, arrayOf),
  countDistinct: (draw, subject) => whole('countDistinct', draw, subject, () => NUMBER),
  histogram,
  approxCountDistinct: (draw, subject) => {
    const precision = draw.oneOf(['', ', { precision: 4 }'])
    return { call: `approxCountDistinct(${lambda(draw, subject, kept(draw, subject))}${precision})`, type: NUMBER }
  },
  approxQuantiles: (draw, subject) => ({
    call: `approxQuantiles(${lambda(draw, subject, number(draw, subject))}, { quantiles: [0.5, 0.99] })`,
    type: tupleOf(NUMBER, NUMBER),
  }),
  approxMembership: (draw, subject) => ({
    call: `approxMembership(${lambda(draw, subject, kept(draw, subject))}, { items: 10, falsePositives: 0.1 })`,
    type: OPAQUE,
  }),
  approxFrequency: (draw, subject) => ({
    call: `approxFrequency(${lambda(draw, subject, kept(draw, subject))}, { error: 0.2, confidence: 0.8 })`,
    type: OPAQUE,
  }),
  sample: (draw, subject) => {
    const of = kept(draw, subject)
    const k = 1 + draw.below(3)
    return { call: `sample(${k}, ${lambda(draw, subject, of)})`, type: arrayOf(settled(of.type)) }
  },
  custom: (draw, subject) => ({
    call: `${draw.oneOf(OWN)}(${lambda(draw, subject, number(draw, subject))})`,
    type: NUMBER,
  }),
}

/** Authors' own aggregations; `present` of the second throws on some states. */
const OWN = [
  [
    'aggregation«<number, number, number>»({',
    'zero: 0, lift: v => Number(v > 1), plus: (a, b) => Math.min(a + b, 1000), present: s => s })',
  ].join(' '),
  [
    'aggregation«<number, { n: number; top: number }, number>»({ zero: { n: 0, top: -Infinity },',
    'lift: v => ({ n: 1, top: v }), plus: (a, b) => ({ n: a.n + b.n, top: Math.max(a.top, b.top) }),',
    "present: s => { if (s.n === 3) throw new Error('three'); return s.top } })",
  ].join(' '),
] as const

function histogram(draw: Draw, subject: Subject): Field {
  if (draw.once(2)) {
    const of = lambda(draw, subject, number(draw, subject))
    const bucket = recordOf({ from: maybe(NUMBER), to: maybe(NUMBER), count: NUMBER })
    return { call: `histogram(${of}, { bounds: [0, 1, 2.5] })`, type: arrayOf(bucket) }
  }
  return whole('histogram', draw, subject, type => arrayOf(recordOf({ value: type, count: NUMBER })))
}

/** What an aggregation keeps of an element: less of a deeper value. */
function kept(draw: Draw, subject: Subject): Expression {
  return depthOf(subject.type) > 2 ? draw.oneOf([number, text])(draw, subject) : anything(draw, subject)
}

/** The type of a value once it is emitted: undefined becomes null, or an absent field. */
const settled = (type: ValueType): ValueType => (type.kind === 'maybe' ? maybe(type.of) : type)

function ofKept(word: string, draw: Draw, subject: Subject): Field {
  const of = kept(draw, subject)
  return { call: `${word}(${lambda(draw, subject, of)})`, type: settled(of.type) }
}

/** `first()` for the whole value, or `first(of)`. */
function whole(word: string, draw: Draw, subject: Subject, result: (type: ValueType) => ValueType): Field {
  if (draw.once(3) && depthOf(subject.type) < 3) return { call: `${word}()`, type: result(settled(subject.type)) }
  const of = kept(draw, subject)
  return { call: `${word}(${lambda(draw, subject, of)})`, type: result(settled(of.type)) }
}

function by(head: string, draw: Draw, subject: Subject, result: (type: ValueType) => ValueType): Field {
  const order = lambda(draw, subject, draw.oneOf([number, text, kept])(draw, subject))
  if (draw.once(3) && depthOf(subject.type) < 3)
    return { call: `${head}${order})`, type: result(settled(subject.type)) }
  const of = kept(draw, subject)
  return { call: `${head}${order}, ${lambda(draw, subject, of)})`, type: result(settled(of.type)) }
}
