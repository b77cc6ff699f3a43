// collectList: all values in (time, identity) order.

import type { Aggregation } from './results/aggregation.ts'

export const collectList: Aggregation<'collectList'> = inputs => inputs.map(i => i.of)
