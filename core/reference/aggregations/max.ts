// max: the greatest value in canonical order.

import { descending } from './shared/sorted.ts'
import type { Aggregation } from './table/aggregation.ts'

export const max: Aggregation<'max'> = inputs => descending(inputs, 'of')[0]?.of
