// Every aggregation with inputs that are awkward for it, on which the laws are tested.

import fc from 'fast-check'
import type { Column } from '../../../core/aggregations/columns/column.ts'
import { makeColumn } from '../../../core/aggregations/columns/make-column.ts'
import { customAggregator } from '../../../core/aggregations/custom/custom-aggregator.ts'
import {
  type AggregationKind,
  type AggregationParams,
  type AggregationSpec,
  takesOf,
} from '../../../core/plan/aggregation-spec.ts'
import type { Lambdas, PlanNode } from '../../../core/plan/plan.ts'
import { customResult } from '../../../core/reference/aggregations/custom/custom-aggregation.ts'
import { resultOf } from '../../../core/reference/aggregations/table/aggregations.ts'
import { LambdaRunner } from '../../../core/reference/lambda-runner.ts'
import { bytesToHex } from '../../../core/values/bytes.ts'
import { canonicalBytes, compareValues, normalise } from '../../../core/values/canonical.ts'
import { AWKWARD_KEYS, AWKWARD_NUMBERS } from '../../support/random-log.ts'

/** One element: what the lambdas gave, its time, and its own identity. */
export interface Sample {
  readonly of: unknown
  readonly by: unknown
  readonly time: number
  readonly identity: number
}

const double = fc.oneof(
  fc.constantFrom(...AWKWARD_NUMBERS, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.MAX_VALUE),
  fc.double(),
  fc.integer().map(n => n / 100),
)
const bigint = fc.oneof(fc.constantFrom(0n, 1n, -1n, 2n ** 53n + 1n, -(2n ** 1100n)), fc.bigInt())
const number = fc.oneof({ weight: 4, arbitrary: double }, { weight: 1, arbitrary: bigint })
const value = fc.oneof(
  double,
  bigint,
  fc.constantFrom(...AWKWARD_KEYS),
  fc.constantFrom(null, true, false, [], [1], { a: 1 }, { b: [1n] }, Uint8Array.of(0, 255)),
)

/** Finite numbers: few distinct values, many magnitudes. */
export const finite = fc.oneof(
  fc.constantFrom(...AWKWARD_NUMBERS, Number.MAX_VALUE, -Number.MAX_VALUE, 2 ** -1022, 1e290, -1e290),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer().map(n => n / 100),
  fc.double({ min: -1, max: 1, noNaN: true }),
)

function samples(of: fc.Arbitrary<unknown>): fc.Arbitrary<Sample[]> {
  const one = fc.record({ of, by: fc.oneof(fc.constantFrom(1, 2, 'a'), value), time: fc.constantFrom(0, 1, 2, -5) })
  return fc
    .array(one, { minLength: 1, maxLength: 12 })
    .map(list => list.map((s, identity) => ({ ...s, of: normalise(s.of), by: normalise(s.by), identity })))
}

export interface Case {
  readonly spec: AggregationSpec
  readonly samples: fc.Arbitrary<Sample[]>
}

/** What a kind is tested on: inputs, and the parameters of its spec. */
type Try<K extends AggregationKind> = { readonly of: fc.Arbitrary<unknown> } & (object extends AggregationParams[K]
  ? { readonly params?: AggregationParams[K] }
  : { readonly params: AggregationParams[K] })

/** A finite number in some bucket, or on a bound. */
const bucketed = fc.oneof(number, fc.constantFrom(-1, 0, 0.5, 2, 1n, 2n, 2n ** 60n)).filter(n => !Number.isNaN(n))
const state = value.map(greatest => ({ greatest, of: 1 }))

/** Every kind of aggregation; the laws are tested on these lines alone. */
const KINDS: { readonly [K in AggregationKind]: readonly Try<K>[] } = {
  count: [{ of: value }],
  sum: [{ of: number }],
  mean: [{ of: number }],
  variance: [{ of: number }, { of: finite }],
  stddev: [{ of: number }, { of: finite }],
  min: [{ of: value }],
  max: [{ of: value }],
  first: [{ of: value }],
  last: [{ of: value }, { of: value, params: { order: 'offset' } }],
  minBy: [{ of: value }],
  maxBy: [{ of: value }],
  topK: [{ of: value, params: { k: 3 } }],
  collectList: [{ of: value }],
  collectSet: [{ of: value }],
  countDistinct: [{ of: value }],
  histogram: [{ of: value }, { of: bucketed, params: { bounds: [-1, 0, 0.5, 2] } }],
  approxCountDistinct: [
    { of: value, params: { precision: 4 } },
    { of: value, params: { precision: 14 } },
  ],
  approxQuantiles: [
    { of: bucketed, params: { quantiles: [0, 0.5, 1, 0.25], accuracy: 0.01 } },
    { of: bucketed, params: { quantiles: [0.9], accuracy: 0.5 } },
  ],
  approxMembership: [
    { of: value, params: { bits: 64, hashes: 2 } },
    { of: value, params: { bits: 1024, hashes: 7 } },
  ],
  approxFrequency: [
    { of: value, params: { width: 3, depth: 2 } },
    { of: value, params: { width: 272, depth: 5 } },
  ],
  sample: [
    { of: value, params: { k: 3 } },
    { of: value, params: { k: 50 } },
  ],
  custom: [{ of: state, params: { zero: bytesToHex(canonicalBytes(null)) } }],
}

export const CASES: readonly (readonly [name: string, Case])[] = Object.entries(KINDS).flatMap(([kind, tries]) =>
  tries.map(({ of, params }, index) => [
    index === 0 ? kind : `${kind} (${index + 1})`,
    { spec: { name: 'x', kind, ...params } as AggregationSpec, samples: samples(of) },
  ]),
)

interface State {
  readonly greatest: unknown
  readonly of: number
}

/** An author's lawful aggregation: the greatest value and the count. Null is the state of no values. */
const own = {
  plus(a: State | null, b: State | null): State | null {
    if (a === null || b === null) return a ?? b
    return { greatest: compareValues(a.greatest, b.greatest) < 0 ? b.greatest : a.greatest, of: a.of + b.of }
  },
  present: (s: State | null): unknown => [s?.greatest, s?.of],
}

const NODE = { id: 'aggregate-1', lambdas: {}, at: null } as unknown as PlanNode
const LAMBDAS = { [NODE.id]: { 'x.plus': own.plus, 'x.present': own.present } } as unknown as Lambdas

const identityOf = (lineage: number): Uint8Array => Uint8Array.of(lineage >> 8, lineage & 255)

const positionOf = (lineage: number) => ({ partition: lineage % 3, offset: BigInt(lineage) })

/** A column with room for some slots. Lineages are the numbers of samples; each makes an identity of two bytes. */
export function columnOf(spec: AggregationSpec, slots = 8): Column {
  const identityOf = (lineage: number): Uint8Array => Uint8Array.of(lineage >> 8, lineage & 255)
  const column = makeColumn(spec, { identityOf, positionOf }, field =>
    customAggregator(NODE, field, LAMBDAS, () => undefined),
  )
  column.grow(slots)
  return column
}

/** Adds a sample as emitted code does. */
export function addSample(column: Column, slot: number, spec: AggregationSpec, s: Sample): void {
  const takes = takesOf(spec)
  const input = [
    ...(takes.of === 'nothing' ? [] : [takes.of === 'state' ? structuredClone(s.of) : s.of]),
    ...(takes.by ? [s.by] : []),
    ...(takes.orderKey ? [s.time, s.identity] : []),
  ]
  column.add(slot, ...(input as never[]))
  // What a chunk adds is in the order of offsets, which samples are not: each is a chunk of its own.
  if (spec.kind === 'last' && spec.order === 'offset') column.endChunk?.()
}

/** What the reference makes of samples, whatever their order. */
export function referenceOf(spec: AggregationSpec, list: readonly Sample[]): unknown {
  const ordered = [...list].sort((a, b) => a.time - b.time || a.identity - b.identity)
  if (spec.kind !== 'custom')
    return resultOf(
      spec,
      ordered.map(s => ({ ...s, identity: identityOf(s.identity), version: positionOf(s.identity) })),
    )
  const outcome = customResult(
    new LambdaRunner(LAMBDAS),
    NODE,
    spec,
    ordered.map(s => s.of),
  )
  return 'value' in outcome ? outcome.value : outcome.error
}
