// collectSet: each different value once, in canonical order.
//
// State: the number of values in 4 bytes; the canonical bytes of each, in ascending order.

import { DistinctValuesColumn } from './columns/distinct-values.ts'

export const collectSetColumn = (): DistinctValuesColumn => new DistinctValuesColumn(false)
