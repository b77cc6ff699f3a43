// first: the value of the first element in event time; among equal times that of the least identity.
//
// State: time, identity and value of that element, canonical.

import type { IdentityOf } from './columns/column.ts'
import { EdgeColumn } from './columns/edge-column.ts'

export const firstColumn = <O>(identityOf: IdentityOf<O>): EdgeColumn<O> => new EdgeColumn(1, identityOf)
