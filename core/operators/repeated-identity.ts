// Two elements that nothing tells apart: no order between them could be told, so the run ends.

import { LyrebirdError } from '../errors.ts'

/** `what` says of which node they are, and what they have in common. */
export function repeatedIdentity(node: string, what: string): LyrebirdError {
  return new LyrebirdError('job-failed', `two elements of ${what}`, {
    where: { node },
    hint: 'a topic that the job reads repeats lyrebird-identity headers, as a copy made at least once does: read the original',
  })
}
