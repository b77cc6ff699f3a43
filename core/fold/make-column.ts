// The column of each kind of aggregation: one exhaustive table.

import type { AggregationKind, AggregationSpec } from '../plan.ts'
import type { Column, IdentityOf } from './column.ts'
import { CountColumn } from './count.ts'
import { DistinctColumn } from './distinct.ts'
import { EdgeColumn } from './edge.ts'
import { ExtremeColumn } from './extreme.ts'
import { ExtremeByColumn } from './extreme-by.ts'
import { MeanColumn, SumColumn } from './sum.ts'
import { TopColumn } from './top.ts'

type Maker = (spec: AggregationSpec, identityOf: IdentityOf<never>) => Column

/** Every aggregation by its kind. */
const COLUMNS: Readonly<Record<AggregationKind, Maker>> = {
  count: () => new CountColumn(),
  sum: () => new SumColumn(),
  mean: () => new MeanColumn(),
  min: () => new ExtremeColumn(1),
  max: () => new ExtremeColumn(-1),
  first: (_spec, identityOf) => new EdgeColumn(1, identityOf),
  last: (_spec, identityOf) => new EdgeColumn(-1, identityOf),
  minBy: (_spec, identityOf) => new ExtremeByColumn(1, identityOf),
  maxBy: (_spec, identityOf) => new ExtremeByColumn(-1, identityOf),
  topK: (spec, identityOf) => new TopColumn(spec.k ?? 1, identityOf),
  collectSet: () => new DistinctColumn(false),
  countDistinct: () => new DistinctColumn(true),
}

/** The column of one field; `identityOf` gives the identity bytes of an origin that `add` was called with. */
export function makeColumn<O>(spec: AggregationSpec, identityOf: IdentityOf<O>): Column {
  return COLUMNS[spec.kind](spec, identityOf as IdentityOf<never>)
}
