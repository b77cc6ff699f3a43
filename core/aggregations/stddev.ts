// stddev: the standard deviation of the population, exact until it is rounded once.
//
// Promises: the double nearest to the root of the exact variance, not the root of the rounded one; NaN where a number
// is not finite.
// State: that of `exact/power-sums.ts`.

import { PowerSumsColumn } from './exact/power-sums.ts'
import { roundRoot } from './exact/rounding.ts'

export const stddevColumn = (): PowerSumsColumn => new PowerSumsColumn(roundRoot)
