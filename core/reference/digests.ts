// Count and digest of what a job emitted, from its rows.
//
// Promises: hashes the same bytes for a row as the executors: its key, then its value, both in canonical form.

import type { DeadLetter } from '../result/dead-letter.ts'
import type { LateRow } from '../result/result.ts'
import { concatBytes } from '../values/bytes.ts'
import { canonicalBytes } from '../values/canonical.ts'
import type { DigestSummary } from '../values/multiset-digest.ts'
import { MultisetDigest } from '../values/multiset-digest.ts'
import type { Element } from './element.ts'
import type { Written } from './operators/output.ts'

/** Of rows in any order, each as the parts whose concatenation is hashed. */
export function countAndDigest(rows: readonly (readonly Uint8Array[])[]): DigestSummary {
  const digest = new MultisetDigest()
  for (const parts of rows) digest.add(concatBytes(parts))
  return { count: rows.length, digest: digest.hex() }
}

export function lateParts({ source, topic, partition, offset, time }: LateRow): Uint8Array[] {
  return [source, topic, partition, offset, time].map(canonicalBytes)
}

export function deadParts({ node, identity, kind, path, reason }: DeadLetter): Uint8Array[] {
  return [canonicalBytes(node), identity, canonicalBytes({ kind, path, reason })]
}

export function elementParts({ identity, value }: Element): Uint8Array[] {
  return [identity, canonicalBytes(value)]
}

export function writtenParts({ identity, partition, record }: Written): Uint8Array[] {
  return [canonicalBytes(record.timestamp), identity, ...[partition, record.key, record.value].map(canonicalBytes)]
}
