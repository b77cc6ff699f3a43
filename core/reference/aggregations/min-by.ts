// minBy: the value where `by` is least; among equals the first in (time, identity).

import type { Aggregation } from './results/aggregation.ts'
import { ascending } from './results/sorted.ts'

export const minBy: Aggregation<'minBy'> = inputs => ascending(inputs, 'by')[0]?.of
