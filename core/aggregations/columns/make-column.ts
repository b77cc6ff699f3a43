// The column of each kind of aggregation: one exhaustive table.

import type { AggregationKind, AggregationSpec } from '../../plan/plan.ts'
import { ListColumn } from '../collect-list.ts'
import { CountColumn } from '../count.ts'
import { type CustomAggregator, CustomColumn } from '../custom/custom-column.ts'
import { BucketsColumn, ValuesColumn } from '../histogram.ts'
import { ApproxCountDistinctColumn } from '../sketches/approx-count-distinct.ts'
import { ApproxFrequencyColumn } from '../sketches/approx-frequency.ts'
import { ApproxMembershipColumn } from '../sketches/approx-membership.ts'
import { ApproxQuantilesColumn } from '../sketches/approx-quantiles.ts'
import { SampleColumn } from '../sketches/sample.ts'
import { MeanColumn, SumColumn } from '../sum.ts'
import { TopColumn } from '../top-k.ts'
import { VarianceColumn } from '../variance.ts'
import type { Column, IdentityOf } from './column.ts'
import { DistinctColumn } from './distinct-values.ts'
import { EdgeColumn } from './edge.ts'
import { ExtremeColumn } from './extreme.ts'
import { ExtremeByColumn } from './extreme-by.ts'

type Maker = (spec: AggregationSpec, identityOf: IdentityOf<never>, own: CustomAggregatorOf) => Column

/** The functions of a field that is an author's aggregation. */
export type CustomAggregatorOf = (field: string) => CustomAggregator

/** Every aggregation by its kind. */
const COLUMNS: Readonly<Record<AggregationKind, Maker>> = {
  count: () => new CountColumn(),
  sum: () => new SumColumn(),
  mean: () => new MeanColumn(),
  variance: () => new VarianceColumn(false),
  stddev: () => new VarianceColumn(true),
  min: () => new ExtremeColumn(1),
  max: () => new ExtremeColumn(-1),
  first: (_spec, identityOf) => new EdgeColumn(1, identityOf),
  last: (_spec, identityOf) => new EdgeColumn(-1, identityOf),
  minBy: (_spec, identityOf) => new ExtremeByColumn(1, identityOf),
  maxBy: (_spec, identityOf) => new ExtremeByColumn(-1, identityOf),
  topK: (spec, identityOf) => new TopColumn(spec.k ?? 1, identityOf),
  collectList: (_spec, identityOf) => new ListColumn(identityOf),
  collectSet: () => new DistinctColumn(false),
  countDistinct: () => new DistinctColumn(true),
  histogram: ({ bounds }) => (bounds === undefined ? new ValuesColumn() : new BucketsColumn(bounds)),
  approxCountDistinct: spec => new ApproxCountDistinctColumn(given(spec.precision)),
  approxQuantiles: spec => new ApproxQuantilesColumn(given(spec.quantiles), given(spec.accuracy)),
  approxMembership: spec => new ApproxMembershipColumn({ bits: given(spec.bits), hashes: given(spec.hashes) }),
  approxFrequency: spec => new ApproxFrequencyColumn({ width: given(spec.width), depth: given(spec.depth) }),
  sample: (spec, identityOf) => new SampleColumn(given(spec.k), identityOf),
  custom: (spec, _identityOf, own) => new CustomColumn(own(spec.name)),
}

/** A parameter that a kind cannot do without. */
function given<T>(parameter: T | undefined): T {
  if (parameter === undefined) throw new Error('lyrebird invariant broken: an aggregation lacks a parameter')
  return parameter
}

/** The column of one field; `identityOf` gives the identity bytes of a lineage that `add` was called with. */
export function makeColumn<O>(spec: AggregationSpec, identityOf: IdentityOf<O>, own: CustomAggregatorOf): Column {
  return COLUMNS[spec.kind](spec, identityOf as IdentityOf<never>, own)
}
