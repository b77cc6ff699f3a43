// max: the greatest value in canonical order.

import type { Aggregation } from './results/aggregation.ts'
import { descending } from './results/sorted.ts'

export const max: Aggregation<'max'> = inputs => descending(inputs, 'of')[0]?.of
