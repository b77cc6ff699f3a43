// last: the value of the last element in (time, identity).

import type { Aggregation } from './results/aggregation.ts'

export const last: Aggregation<'last'> = inputs => inputs.at(-1)?.of
