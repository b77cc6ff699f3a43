// maxBy: the value where `by` is greatest; among equals the first in (time, identity).

import { descending } from './shared/sorted.ts'
import type { Aggregation } from './table/aggregation.ts'

export const maxBy: Aggregation<'maxBy'> = inputs => descending(inputs, 'by')[0]?.of
