// topK: the values of the k greatest `by`, greatest first; among equals the first in (time, identity).

import { descending } from './shared/sorted.ts'
import type { Aggregation } from './table/aggregation.ts'

export const topK: Aggregation<'topK'> = (inputs, { k }) =>
  descending(inputs, 'by')
    .slice(0, k)
    .map(i => i.of)
