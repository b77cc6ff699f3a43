// `aggregate` and its aggregations in the plan.

import { AGGREGATIONS, type AggregationKind } from '../../../core/plan/aggregation-spec.ts'
import { joinUses, type Uses } from '../../../core/plan/schema.ts'
import { PRESENCE, type Word } from './word.ts'

/** A row is made of what the lambdas give, so what is needed of rows is needed of no input. */
export const aggregate: Word<'aggregate'> = {
  needs: (node, lambda) =>
    node.params.fields
      .map(({ name, kind }) => {
        // An author's aggregation without `of` lifts the value itself.
        const of = lambda(`${name}.of`) ?? lambda(`${name}.lift`) ?? withoutOf(kind)
        return joinUses(of, lambda(`${name}.by`) ?? PRESENCE)
      })
      .reduce(joinUses, PRESENCE),
}

/** What an aggregation without an `of` lambda uses: nothing, or the value as a whole. */
const withoutOf = (kind: AggregationKind): Uses => (AGGREGATIONS[kind].takes.of === 'nothing' ? PRESENCE : true)
