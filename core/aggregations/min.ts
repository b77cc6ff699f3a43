// min: the least value in the canonical order of all values, where NaN comes after all numbers.
//
// Promises: equal values are one value, so there are no ties.
// State: the canonical bytes of the value.

import type { Arrays } from './columns/arrays.ts'
import { ExtremeColumn } from './columns/extreme-column.ts'

export const minColumn = (arrays?: Arrays): ExtremeColumn => new ExtremeColumn(1, arrays)
