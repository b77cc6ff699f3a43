// minBy: the value of the element whose `by` is least; among equals that of the first in (time, identity).
//
// State: `by`, time, identity and value of that element, canonical.

import type { IdentityOf } from './columns/column.ts'
import { ExtremeByColumn } from './columns/extreme-by-column.ts'

export const minByColumn = <O>(identityOf: IdentityOf<O>): ExtremeByColumn<O> => new ExtremeByColumn(1, identityOf)
