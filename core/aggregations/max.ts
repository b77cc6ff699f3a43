// max: the greatest value in the canonical order of all values, where NaN comes after all numbers.
//
// Promises: equal values are one value, so there are no ties.
// State: the canonical bytes of the value.

import { ExtremeColumn } from './columns/extreme-column.ts'

export const maxColumn = (): ExtremeColumn => new ExtremeColumn(-1)
