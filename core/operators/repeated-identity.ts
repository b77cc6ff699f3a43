// The error for two elements of one time and identity: they have no order, so the run ends.

import { LyrebirdError } from '../errors.ts'

/** `what` names their node and what they have in common. */
export function repeatedIdentity(node: string, what: string): LyrebirdError {
  return new LyrebirdError('job-failed', `two elements of ${what}`, {
    where: { node },
    hint: 'a topic that the job reads repeats lyrebird-identity headers, as a copy made at least once does: read the original',
  })
}
