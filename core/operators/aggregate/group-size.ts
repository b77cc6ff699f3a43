// The most that groups may take: all of a node in memory, and the state of one.
//
// Promises: a group that grows without end stops the run with a failure that names view, key and window, before it
// fills the memory of the process.

import { LyrebirdError } from '../../errors.ts'
import type { Plan, PlanNode } from '../../plan/plan.ts'
import { nodesBehind } from '../../plan/plan-index.ts'
import { wordOf } from '../../plan/word-of.ts'
import type { Environment } from '../../state/environment.ts'
import { timeText } from '../../time/time-text.ts'
import { ByteReader } from '../../values/bytes.ts'
import { decodeValue } from '../../values/canonical.ts'
import { canonicalJson } from '../../values/json-text.ts'

/** Whether the groups of a node take more memory than they may. */
export function isFull(
  { groupLimit, groupBytes = Number.POSITIVE_INFINITY }: Environment,
  groups: { readonly size: number; readonly bytes: number },
): boolean {
  return groups.size > groupLimit || groups.bytes > groupBytes
}

/** Throws `group-too-big` where `bytes` of state, canonical, are more than the limit. */
export type CheckSize = (bytes: number, rowKey: () => Uint8Array) => void

/** The check of one aggregate node. `rowKey` begins with the window's start where `windowed`. */
export function sizeCheck(plan: Plan, node: PlanNode, windowed: boolean, limit: number): CheckSize {
  return (bytes, rowKey) => {
    if (bytes > limit) throw tooBig(plan, node, windowed, limit, rowKey())
  }
}

function tooBig(plan: Plan, node: PlanNode, windowed: boolean, limit: number, rowKey: Uint8Array): LyrebirdError {
  const reader = new ByteReader(rowKey)
  const start = windowed ? ` in the window from ${timeText(decodeValue(reader) as number)}` : ''
  const key = canonicalJson(decodeValue(reader)).slice(0, 200)
  const names = plan.results.filter(r => nodesBehind(plan, r.node).some(n => n.id === node.id)).map(r => r.name)
  return new LyrebirdError(
    'group-too-big',
    `what ${wordOf(node)} of ${names.join(', ')} keeps for the key ${key}${start} takes more than ${mebibytes(limit)} MiB`,
    {
      where: { node: node.id, key, site: node.at ?? undefined },
      hint: 'keep less for a key (topK, sample, approxCountDistinct, shorter windows), or give the run more with --memory SIZE',
    },
  )
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(bytes < 2 ** 21 ? 2 : 0)
