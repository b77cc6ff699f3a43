// variance of the population, exact until it is rounded once.
//
// The double nearest to (n * sum(x^2) - sum(x)^2) / n^2, whatever the order of elements and of merges; NaN where a
// number is not finite. State: that of `exact/power-sums.ts`.

import { PowerSumsColumn } from './exact/power-sums.ts'
import { roundQuotient } from './exact/rounding.ts'

export const varianceColumn = (): PowerSumsColumn => new PowerSumsColumn(roundQuotient)
