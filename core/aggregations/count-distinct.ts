// countDistinct: the exact number of different values.
//
// State: that of `collectSet`, since two partial states may hold the same value: the number of values in 4 bytes; the
// canonical bytes of each, in ascending order.

import { DistinctValuesColumn } from './columns/distinct-values.ts'

export const countDistinctColumn = (): DistinctValuesColumn => new DistinctValuesColumn(true)
