// count: how many elements.

import type { Aggregation } from './table/aggregation.ts'

export const count: Aggregation<'count'> = inputs => inputs.length
