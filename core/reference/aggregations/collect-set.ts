// collectSet: each different value once, in canonical order.

import { compareValues } from '../../values/canonical.ts'
import type { Aggregation } from './results/aggregation.ts'
import { distinctValues } from './results/distinct.ts'

export const collectSet: Aggregation<'collectSet'> = inputs => distinctValues(inputs.map(i => i.of)).sort(compareValues)
