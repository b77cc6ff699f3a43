// last: the value of the last element in event time; among equal times that of the greatest identity.
//
// State: time, identity and value of that element, canonical.

import type { IdentityOf } from './columns/column.ts'
import { EdgeColumn } from './columns/edge-column.ts'

export const lastColumn = <O>(identityOf: IdentityOf<O>): EdgeColumn<O> => new EdgeColumn(-1, identityOf)
