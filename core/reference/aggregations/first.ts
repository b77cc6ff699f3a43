// first: the value of the first element in (time, identity).

import type { Aggregation } from './table/aggregation.ts'

export const first: Aggregation<'first'> = inputs => inputs[0]?.of
