// collectSet: each different value once, in canonical order.

import { compareValues } from '../../values/canonical.ts'
import { distinctValues } from './shared/distinct.ts'
import type { Aggregation } from './table/aggregation.ts'

export const collectSet: Aggregation<'collectSet'> = inputs => distinctValues(inputs.map(i => i.of)).sort(compareValues)
