// Which dead letters a result lists as rows (semantics.md 3.4).
//
// Promises: every letter counts in digest and count; of those that a source makes of the records of a partition, the
// first ones of each kind are listed, by offset. What is listed depends on the letters alone, so it is the same for
// every executor.

import type { Plan } from '../plan/plan.ts'
import { findNode } from '../plan/plan-index.ts'
import { decodeBytes } from '../values/canonical.ts'
import type { DeadLetter } from './dead-letter.ts'

/** Letters of one source, partition and kind that are listed. */
export const LISTED_LETTERS = 10_000

/** The letters that are listed, in their order. */
export function listedLetters(letters: readonly DeadLetter[], plan: Plan, most = LISTED_LETTERS): DeadLetter[] {
  const groups = new Map<string, { readonly letter: DeadLetter; readonly offset: bigint }[]>()
  for (const letter of letters) {
    const at = positionOf(letter, plan)
    if (at === null) continue
    const group = `${letter.node} ${at.partition} ${letter.kind}`
    const known = groups.get(group) ?? []
    known.push({ letter, offset: at.offset })
    groups.set(group, known)
  }
  const left = new Set<DeadLetter>()
  for (const group of groups.values()) {
    if (group.length <= most) continue
    group.sort((a, b) => (a.offset < b.offset ? -1 : 1))
    for (const { letter } of group.slice(most)) left.add(letter)
  }
  return letters.filter(letter => !left.has(letter))
}

/** Where the record of a source's letter stands; null for letters of other nodes. */
function positionOf({ node: id, identity }: DeadLetter, plan: Plan): { partition: number; offset: bigint } | null {
  const node = findNode(plan, id)
  if (node?.kind !== 'source') return null
  const [topic, partition, offset] = identityTuple(identity)
  if (topic !== node.params.topic || typeof partition !== 'number' || typeof offset !== 'bigint') return null
  return { partition, offset }
}

/** Empty for an identity that another program wrote in another form. */
function identityTuple(identity: Uint8Array): readonly unknown[] {
  try {
    const value = decodeBytes(identity)
    return Array.isArray(value) ? value : []
  } catch {
    return []
  }
}
