// last: the value of the last element in (time, identity).

import type { Aggregation } from './table/aggregation.ts'

export const last: Aggregation<'last'> = inputs => inputs.at(-1)?.of
