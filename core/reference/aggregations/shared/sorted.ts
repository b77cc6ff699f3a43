// Inputs by the canonical order of something about them.
//
// Promises: sorting is stable, so among equals the first in (time, identity) stays first.

import { compareValues } from '../../../values/canonical.ts'
import type { Input } from '../table/aggregation.ts'

export function ascending(inputs: readonly Input[], by: 'of' | 'by'): Input[] {
  return [...inputs].sort((a, b) => compareValues(a[by], b[by]))
}

export function descending(inputs: readonly Input[], by: 'of' | 'by'): Input[] {
  return [...inputs].sort((a, b) => compareValues(b[by], a[by]))
}
