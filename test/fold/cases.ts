// Every aggregation with inputs that are awkward for it: what the laws are tested on.

import fc from 'fast-check'
import { normalise } from '../../core/canonical.ts'
import type { Column } from '../../core/fold/column.ts'
import { makeColumn } from '../../core/fold/make-column.ts'
import type { AggregationKind, AggregationSpec } from '../../core/plan.ts'
import { AWKWARD_KEYS, AWKWARD_NUMBERS } from '../support/random-log.ts'

/** One element: what the lambdas gave, its time, and an identity of its own. */
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

/** Finite numbers alone, in few distinct values and many magnitudes. */
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

const KINDS: Readonly<Record<AggregationKind, fc.Arbitrary<unknown>>> = {
  count: value,
  sum: number,
  mean: number,
  min: value,
  max: value,
  first: value,
  last: value,
  minBy: value,
  maxBy: value,
  topK: value,
  collectSet: value,
  countDistinct: value,
}

export const CASES: readonly (readonly [name: string, Case])[] = Object.entries(KINDS).map(([kind, of]) => [
  kind,
  { spec: { name: 'x', kind: kind as AggregationKind, k: 3 }, samples: samples(of) },
])

/** A column with room for some slots. Origins are the numbers of samples, and mean two bytes of identity. */
export function columnOf(spec: AggregationSpec, slots = 8): Column {
  const column = makeColumn(spec, (origin: number) => Uint8Array.of(origin >> 8, origin & 255))
  column.grow(slots)
  return column
}

/** Adds a sample as emitted code does. */
export function addSample(column: Column, slot: number, { kind }: AggregationSpec, s: Sample): void {
  const add = (...input: unknown[]): void => column.add(slot, ...(input as never[]))
  if (kind === 'count') add()
  else if (kind === 'first' || kind === 'last') add(s.of, s.time, s.identity)
  else if (kind === 'minBy' || kind === 'maxBy' || kind === 'topK') add(s.of, s.by, s.time, s.identity)
  else add(s.of)
}
