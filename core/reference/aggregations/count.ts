// count: how many elements.

import type { Aggregation } from './results/aggregation.ts'

export const count: Aggregation<'count'> = inputs => inputs.length
