// variance: that of the population, exact until it is rounded once.
//
// Promises: the double nearest to (n * sum(x^2) - sum(x)^2) / n^2, in whatever order elements come and states are
// merged; NaN where a number is not finite.
// State: that of `exact/power-sums.ts`.

import { PowerSumsColumn } from './exact/power-sums.ts'
import { roundQuotient } from './exact/rounding.ts'

export const varianceColumn = (): PowerSumsColumn => new PowerSumsColumn(roundQuotient)
