// min: the least value in canonical order.

import type { Aggregation } from './results/aggregation.ts'
import { ascending } from './results/sorted.ts'

export const min: Aggregation<'min'> = inputs => ascending(inputs, 'of')[0]?.of
