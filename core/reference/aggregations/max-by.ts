// maxBy: the value where `by` is greatest; among equals the first in (time, identity).

import type { Aggregation } from './results/aggregation.ts'
import { descending } from './results/sorted.ts'

export const maxBy: Aggregation<'maxBy'> = inputs => descending(inputs, 'by')[0]?.of
