// In which order the rows of a view are stored.
//
// Promises: views over windows are stored by key, then by window, so that all windows of a key lie together and are
// found by one seek; those with `keep` by window, then by key, so that what it drops lies together. Everywhere else a
// row key begins with the window (row-place.ts): the bytes of the window are moved only on the way to the state and
// back. States of before format 3 have all views by window.

import type { Plan, WindowSpec } from '../plan/plan.ts'
import { nodeOf, tableRoot } from '../plan/plan-index.ts'
import { rotated } from '../values/bytes.ts'
import { NUMBER_BYTES } from '../values/canonical.ts'

/** How many bytes at the beginning of the row keys of a view are moved to the end where it is stored; 0: none. */
export function movedBytes(plan: Plan, node: string, byWindow: boolean): number {
  if (byWindow || hasKeep(plan, node)) return 0
  return windowBytes(tableRoot(plan, node).params.window)
}

/** Bytes of the window in a row key: none, its start, or start and end. */
export function windowBytes({ kind }: WindowSpec): number {
  if (kind === 'global') return 0
  return kind === 'session' ? 2 * NUMBER_BYTES : NUMBER_BYTES
}

function hasKeep(plan: Plan, node: string): boolean {
  for (let at = nodeOf(plan, node); at.kind !== 'aggregate' && at.kind !== 'joinTables'; ) {
    if (at.kind === 'keep') return true
    at = nodeOf(plan, at.inputs[0] as string)
  }
  return false
}

/** A row key as it is stored. */
export const storedKey = (rowKey: Uint8Array, moved: number): Uint8Array => rotated(rowKey, moved)

/** The row key of a stored one. */
export const rowKeyOf = (stored: Uint8Array, moved: number): Uint8Array => rotated(stored, stored.length - moved)
