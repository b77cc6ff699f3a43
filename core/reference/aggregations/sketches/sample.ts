// sample: the first k in the order of the hashes of identities.

import { sampleHash } from '../../../sketches/sample-hash.ts'
import { compareBytes } from '../../../values/bytes.ts'
import type { Aggregation } from '../table/aggregation.ts'

export const sample: Aggregation<'sample'> = (inputs, { k }) =>
  inputs
    .map(({ of, identity }) => ({ of, hash: sampleHash(identity) }))
    .sort((a, b) => compareBytes(a.hash, b.hash))
    .slice(0, k)
    .map(({ of }) => of)
