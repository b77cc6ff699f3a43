// topK: the values of the k greatest `by`, greatest first; among equals the first in (time, identity).

import type { Aggregation } from './results/aggregation.ts'
import { descending } from './results/sorted.ts'

export const topK: Aggregation<'topK'> = (inputs, { k }) =>
  descending(inputs, 'by')
    .slice(0, k)
    .map(i => i.of)
