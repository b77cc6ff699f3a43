// minBy: the value where `by` is least; among equals the first in (time, identity).

import { ascending } from './shared/sorted.ts'
import type { Aggregation } from './table/aggregation.ts'

export const minBy: Aggregation<'minBy'> = inputs => ascending(inputs, 'by')[0]?.of
