// Shows that the rows of views which are taken over are those that their digests count.
//
// Promises: reads every row; a row that is missing, too many or another one is `state-corrupt`.

import { LyrebirdError } from '../../core/errors.ts'
import type { Progress } from '../../core/executor/progress.ts'
import type { Plan } from '../../core/plan/plan.ts'
import { DIGEST } from '../../core/state/digests.ts'
import type { StateAccess } from '../../core/state/environment.ts'
import { MultisetDigest } from '../../core/values/multiset-digest.ts'
import { storedRows } from '../../run/state/read-state.ts'

/** `names`: views of the plan that the state was computed by. */
export function proveViews(state: StateAccess, plan: Plan, progress: Progress, names: Iterable<string>): void {
  for (const name of names) {
    const rows = new MultisetDigest()
    for (const [key, stored] of storedRows(state, plan, name)) rows.addRow(key, stored)
    const kept = progress.digest(DIGEST.view(name))
    if (rows.count === kept.count && rows.hex() === kept.hex()) continue
    throw new LyrebirdError(
      'state-corrupt',
      `the rows of view "${name}" are not those of its digest (${rows.count} rows, ${kept.count} are counted): it is not taken over`,
      {
        where: { view: name, rows: rows.hex(), digest: kept.hex() },
        hint: 'put the directory aside and compute the state anew from the log with the batch target',
      },
    )
  }
}

/** How many rows these views have. */
export const rowsOf = (progress: Progress, names: Iterable<string>): bigint =>
  [...names].reduce((sum, name) => sum + progress.digest(DIGEST.view(name)).count, 0n)
