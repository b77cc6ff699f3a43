// countDistinct: how many different values.

import type { Aggregation } from './results/aggregation.ts'
import { distinctValues } from './results/distinct.ts'

export const countDistinct: Aggregation<'countDistinct'> = inputs => distinctValues(inputs.map(i => i.of)).length
