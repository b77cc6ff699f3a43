// `aggregate` and its aggregations in the plan.

import type { AggregationKind } from '../../../core/plan/plan.ts'
import { joinUses, type Uses } from '../../../core/plan/schema.ts'
import { PRESENCE, type Word } from './word.ts'

/** What an aggregation without an `of` lambda takes: nothing, or the value as a whole. */
const WITHOUT_OF: { readonly [K in AggregationKind]: Uses } = {
  count: PRESENCE,
  sum: true,
  mean: true,
  variance: true,
  stddev: true,
  min: true,
  max: true,
  first: true,
  last: true,
  minBy: true,
  maxBy: true,
  topK: true,
  collectList: true,
  collectSet: true,
  countDistinct: true,
  histogram: true,
  approxCountDistinct: true,
  approxQuantiles: true,
  approxMembership: true,
  approxFrequency: true,
  sample: true,
  custom: true,
}

/** A row is made of what the lambdas give, so what is needed of rows is needed of no input. */
export const aggregate: Word<'aggregate'> = {
  needs: (node, lambda) =>
    node.params.fields
      .map(({ name, kind }) => {
        // An author's aggregation without `of` lifts the value itself.
        const of = lambda(`${name}.of`) ?? lambda(`${name}.lift`) ?? WITHOUT_OF[kind]
        return joinUses(of, lambda(`${name}.by`) ?? PRESENCE)
      })
      .reduce(joinUses, PRESENCE),
}
