// The groups of a table that have changed since the last flush, by what a flush does with them.

import type { GroupTable } from './group-table.ts'

interface ChangedSlots {
  /** Those in memory as a whole that stay open. */
  readonly open: Uint32Array
  /** Those in memory as a whole that close. */
  readonly closing: Uint32Array
  /** Those of which there may be more in the state. */
  readonly others: Uint32Array
}

const NONE = new Uint32Array(0)

/** `openFrom`: start of the first window that stays open. `hidden`: whether the state may have groups. */
export function changedSlots(groups: GroupTable, openFrom: number, hidden: boolean): ChangedSlots {
  const slots = groups.changedSlots
  if (!hidden && openFrom === Number.NEGATIVE_INFINITY) return { open: slots, closing: NONE, others: NONE }
  const [open, closing, others] = [0, 1, 2].map(() => new Uint32Array(slots.length)) as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ]
  let [opens, closes, more] = [0, 0, 0]
  for (const slot of slots) {
    if (hidden && !groups.isBased(slot)) others[more++] = slot
    else if (groups.startOf(slot) >= openFrom) open[opens++] = slot
    else closing[closes++] = slot
  }
  return { open: open.subarray(0, opens), closing: closing.subarray(0, closes), others: others.subarray(0, more) }
}
