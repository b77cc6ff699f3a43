// The name of a job where others make the rules: Kubernetes, images.
//
// Promises: valid for any name of a job, and different for different jobs.

import { createHash } from 'node:crypto'

/** So that what is added to a name leaves it within the 63 characters of a label. */
const NAME_LENGTH_MAX = 40

/** A DNS label (RFC 1035): lower-case letters, digits and single `-`, beginning with a letter. */
export function deployedName(job: string): string {
  const plain = job.toLowerCase().replace(/[-_]+/g, '-').slice(0, NAME_LENGTH_MAX).replace(/-$/, '')
  if (plain === job) return plain
  return `${plain}-${createHash('sha256').update(job).digest('hex').slice(0, 8)}`
}
