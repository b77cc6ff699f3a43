// min: the least value in canonical order.

import { ascending } from './shared/sorted.ts'
import type { Aggregation } from './table/aggregation.ts'

export const min: Aggregation<'min'> = inputs => ascending(inputs, 'of')[0]?.of
