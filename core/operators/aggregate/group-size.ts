// The most that groups may take: all of a node in memory, and what a node keeps for one key.
//
// Promises: a key of which more and more is kept stops the run with a failure that names view, key and window, before
// it fills the memory of the process.

import type { Column } from '../../aggregations/columns/column.ts'
import { memoryOf } from '../../aggregations/columns/held-bytes.ts'
import { LyrebirdError } from '../../errors.ts'
import type { OwnKernel } from '../../kernel/kernel-over.ts'
import type { Plan, PlanNode } from '../../plan/plan.ts'
import { nodesBehind } from '../../plan/plan-index.ts'
import { wordOf } from '../../plan/word-of.ts'
import type { RangeLimit } from '../../spill/range-ends.ts'
import type { Environment } from '../../state/environment.ts'
import { timeText } from '../../time/time-text.ts'
import { ByteReader } from '../../values/bytes.ts'
import { decodeValue } from '../../values/canonical.ts'
import { canonicalJson } from '../../values/json-text.ts'

/** Whether the groups of a node take more memory than they may: half of the kernel's is for the rows of a flush. */
export function isFull(
  { groupLimit, groupBytes = Number.POSITIVE_INFINITY }: Environment,
  groups: { readonly size: number; readonly bytes: number; readonly kernel: OwnKernel },
): boolean {
  return groups.size > groupLimit || groups.bytes > Math.min(groupBytes, groups.kernel.memory.capacity / 2)
}

/** Below so many groups a worker gives rows, which cost less than a file. */
export const FEW_GROUPS = 4096

/** A state in memory takes at most about so many times its canonical bytes. */
const TIMES = 5

/** What may be in memory at once of groups that were put aside: half of it while they are flushed, for their rows. */
export function rangeLimit(limits: Environment, columns: readonly Column[]): RangeLimit {
  const { rows, bytes } = loadLimit(limits, columns)
  return { rows: Math.max(1, rows / 2), bytes: bytes / 2 }
}

/** The same of all that come back at once. */
export function loadLimit(
  { groupLimit, groupBytes = Number.POSITIVE_INFINITY, spillBytes = Number.POSITIVE_INFINITY }: Environment,
  columns: readonly Column[],
): RangeLimit {
  const most = Math.min(groupBytes, spillBytes)
  const ofGroup = memoryOf(
    1,
    columns.map(() => ({})),
  )
  return {
    rows: Math.max(1, Math.min(groupLimit, most / ofGroup)),
    bytes: columns.some(mayGrow) ? most / TIMES : Number.POSITIVE_INFINITY,
  }
}

/** States that the kernel merges have no more than a few numbers. */
const mayGrow = ({ mergeState }: Column): boolean => mergeState === undefined

/** Throws `group-too-big` where `bytes` of state, canonical, are more than the limit. */
export type CheckSize = (bytes: number, rowKey: () => Uint8Array) => void

/** The check of one aggregate node. `rowKey` begins with the window's start where `windowed`. */
export function sizeCheck(plan: Plan, node: PlanNode, windowed: boolean, limit: number): CheckSize {
  return (bytes, rowKey) => {
    if (bytes > limit) throw tooBig(plan, node, windowed, limit, rowKey())
  }
}

/**
 * The check of a node that keeps a state, or elements, of each key. `rowKey` begins with the key. `times`: how often
 * the limit may be held by what is not copied when it is written.
 */
export function keptCheck(
  { plan, env }: { readonly plan: Plan; readonly env: Environment },
  node: PlanNode,
  times = 1,
): CheckSize {
  return sizeCheck(plan, node, false, times * (env.rowBytes ?? Number.POSITIVE_INFINITY))
}

const KEEP_LESS: { readonly [kind in PlanNode['kind']]?: string } = {
  joinWithin: 'use narrower bounds, or a key of which fewer elements come at a time',
  scan: 'keep less in the state of a key',
}

function tooBig(plan: Plan, node: PlanNode, windowed: boolean, limit: number, rowKey: Uint8Array): LyrebirdError {
  const reader = new ByteReader(rowKey)
  const start = windowed ? ` in the window from ${timeText(decodeValue(reader) as number)}` : ''
  const key = canonicalJson(decodeValue(reader)).slice(0, 200)
  const less = KEEP_LESS[node.kind] ?? 'keep less for a key (topK, sample, approxCountDistinct, shorter windows)'
  const names = plan.results.filter(r => nodesBehind(plan, r.node).some(n => n.id === node.id)).map(r => r.name)
  return new LyrebirdError(
    'group-too-big',
    `what ${wordOf(node)} of ${names.join(', ')} keeps for the key ${key}${start} takes more than ${mebibytes(limit)} MiB`,
    {
      where: { node: node.id, key, site: node.at ?? undefined },
      hint: `${less}, or give the run more with --memory SIZE`,
    },
  )
}

const mebibytes = (bytes: number): string => (bytes / 2 ** 20).toFixed(bytes < 2 ** 21 ? 2 : 0)
