// histogram: how often each value, in canonical order, or how many numbers between each two bounds.

import { compareValues } from '../../values/canonical.ts'
import { distinctValues } from './shared/distinct.ts'
import type { Aggregation } from './table/aggregation.ts'

export const histogram: Aggregation<'histogram'> = (inputs, { bounds }) => {
  const values = inputs.map(i => i.of)
  return bounds === undefined ? counted(values) : bucketed(values as (number | bigint)[], bounds)
}

function counted(values: readonly unknown[]): unknown[] {
  return distinctValues(values)
    .sort(compareValues)
    .map(value => ({ value, count: values.filter(v => compareValues(v, value) === 0).length }))
}

/** Half-open buckets `[from, to)`, the first without a beginning and the last without an end. */
function bucketed(values: readonly (number | bigint)[], bounds: readonly number[]): unknown[] {
  return [null, ...bounds].map((from, i) => {
    const to = bounds[i] ?? null
    const inside = values.filter(v => (from === null || v >= from) && (to === null || v < to))
    return { from, to, count: inside.length }
  })
}
