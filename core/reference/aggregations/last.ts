// last: the value of the last element in (time, identity); in the order of offsets, of a key's row in a table's topic.

import { bestPartition } from '../versions.ts'
import type { Aggregation } from './table/aggregation.ts'

export const last: Aggregation<'last'> = (inputs, { order }) => {
  if (order !== 'offset') return inputs.at(-1)?.of
  const versions = inputs.flatMap(({ of, time, version }) => (version === undefined ? [] : [{ ...version, time, of }]))
  return bestPartition(versions, version => version.of)?.of ?? null
}
