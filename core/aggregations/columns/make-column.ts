// The column of each kind of aggregation: one exhaustive table.

import type { AggregationKind, AggregationSpec, AggregationSpecOf } from '../../plan/aggregation-spec.ts'
import { CollectListColumn } from '../collect-list.ts'
import { collectSetColumn } from '../collect-set.ts'
import { CountColumn } from '../count.ts'
import { countDistinctColumn } from '../count-distinct.ts'
import { type CustomAggregator, CustomColumn } from '../custom/custom-column.ts'
import { firstColumn } from '../first.ts'
import { histogramColumn } from '../histogram.ts'
import { lastColumn } from '../last.ts'
import { maxColumn } from '../max.ts'
import { maxByColumn } from '../max-by.ts'
import { MeanColumn } from '../mean.ts'
import { minColumn } from '../min.ts'
import { minByColumn } from '../min-by.ts'
import { ApproxCountDistinctColumn } from '../sketches/approx-count-distinct.ts'
import { ApproxFrequencyColumn } from '../sketches/approx-frequency.ts'
import { ApproxMembershipColumn } from '../sketches/approx-membership.ts'
import { ApproxQuantilesColumn } from '../sketches/approx-quantiles.ts'
import { SampleColumn } from '../sketches/sample.ts'
import { stddevColumn } from '../stddev.ts'
import { SumColumn } from '../sum.ts'
import { TopKColumn } from '../top-k.ts'
import { varianceColumn } from '../variance.ts'
import { type Arrays, OWN_ARRAYS } from './arrays.ts'
import type { Column, IdentityOf, PositionOf } from './column.ts'
import { NewestColumn } from './newest-column.ts'

/** The functions of an author's aggregation, by the name of its field. */
type CustomAggregatorOf = (field: string) => CustomAggregator

interface Given {
  readonly identityOf: IdentityOf<never>
  readonly positionOf: PositionOf<never>
  readonly own: CustomAggregatorOf
  readonly arrays: Arrays
}

type Maker<K extends AggregationKind> = (spec: AggregationSpecOf<K>, given: Given) => Column

/** Every aggregation by its kind. */
const COLUMNS: { readonly [K in AggregationKind]: Maker<K> } = {
  count: (_spec, { arrays }) => new CountColumn(arrays),
  sum: (_spec, { arrays }) => new SumColumn(arrays),
  mean: (_spec, { arrays }) => new MeanColumn(arrays),
  variance: () => varianceColumn(),
  stddev: () => stddevColumn(),
  min: (_spec, { arrays }) => minColumn(arrays),
  max: (_spec, { arrays }) => maxColumn(arrays),
  first: (_spec, { identityOf }) => firstColumn(identityOf),
  last: ({ order }, { identityOf, positionOf }) =>
    order === 'offset' ? new NewestColumn(positionOf) : lastColumn(identityOf),
  minBy: (_spec, { identityOf }) => minByColumn(identityOf),
  maxBy: (_spec, { identityOf }) => maxByColumn(identityOf),
  topK: ({ k }, { identityOf }) => new TopKColumn(k, identityOf),
  collectList: (_spec, { identityOf }) => new CollectListColumn(identityOf),
  collectSet: () => collectSetColumn(),
  countDistinct: () => countDistinctColumn(),
  histogram: ({ bounds }) => histogramColumn(bounds),
  approxCountDistinct: ({ precision }) => new ApproxCountDistinctColumn(precision),
  approxQuantiles: ({ quantiles, accuracy }) => new ApproxQuantilesColumn(quantiles, accuracy),
  approxMembership: ({ bits, hashes }) => new ApproxMembershipColumn({ bits, hashes }),
  approxFrequency: ({ width, depth }) => new ApproxFrequencyColumn({ width, depth }),
  sample: ({ k }, { identityOf }) => new SampleColumn(k, identityOf),
  custom: ({ name }, { own }) => new CustomColumn(own(name)),
}

/** What a column asks of the lineages that `add` was called with. */
interface Lineages<O> {
  readonly identityOf: IdentityOf<O>
  readonly positionOf: PositionOf<O>
}

/** The column of one field. */
export function makeColumn<O>(
  spec: AggregationSpec,
  lineages: Lineages<O>,
  own: CustomAggregatorOf,
  arrays = OWN_ARRAYS,
): Column {
  const maker = COLUMNS[spec.kind] as Maker<AggregationKind>
  return maker(spec, { ...(lineages as Lineages<never>), own, arrays })
}
