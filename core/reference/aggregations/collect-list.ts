// collectList: all values in (time, identity) order.

import type { Aggregation } from './table/aggregation.ts'

export const collectList: Aggregation<'collectList'> = inputs => inputs.map(i => i.of)
