// countDistinct: how many different values.

import { distinctValues } from './shared/distinct.ts'
import type { Aggregation } from './table/aggregation.ts'

export const countDistinct: Aggregation<'countDistinct'> = inputs => distinctValues(inputs.map(i => i.of)).length
