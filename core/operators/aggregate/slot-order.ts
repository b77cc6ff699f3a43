// Slots in the order of their rows' keys: by the start of the window, then by the key. The keys are sorted where they
// lie.

import { SORT_SCRATCH } from '../../kernel/kernel.ts'
import type { OwnKernel } from '../../kernel/kernel-over.ts'
import { Regions } from '../../kernel/regions.ts'

/** Of each slot: where its key begins and ends in the kernel's memory. */
const STRIDE = 2

interface Keys {
  readonly windowed: boolean
  readonly kernel: OwnKernel
  startOf(slot: number): number
  keyAt(slot: number): number
  keyLength(slot: number): number
}

export function inKeyOrder(keys: Keys, slots: Uint32Array): Uint32Array {
  if (!keys.windowed) return byKey(keys, slots)
  const order = new Uint32Array(slots.length)
  let done = 0
  for (const window of byStart(keys, slots)) {
    order.set(byKey(keys, window), done)
    done += window.length
  }
  return order
}

/** The slots of each window, the earliest first. */
function byStart(keys: Keys, slots: Uint32Array): readonly Uint32Array[] {
  const counts = new Map<number, number>()
  for (const slot of slots) {
    const start = keys.startOf(slot)
    counts.set(start, (counts.get(start) ?? 0) + 1)
  }
  const starts = [...counts.keys()].sort((a, b) => a - b)
  const windows = new Map(
    starts.map(start => [start, { slots: new Uint32Array(counts.get(start) as number), count: 0 }]),
  )
  for (const slot of slots) {
    const window = windows.get(keys.startOf(slot)) as { slots: Uint32Array; count: number }
    window.slots[window.count++] = slot
  }
  return starts.map(start => (windows.get(start) as { slots: Uint32Array }).slots)
}

function byKey(keys: Keys, slots: Uint32Array): Uint32Array {
  if (slots.length < 2) return slots
  const { memory, kernel } = keys.kernel
  const regions = new Regions(memory)
  const table = regions.words(STRIDE * slots.length)
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as number
    const at = keys.keyAt(slot)
    table[STRIDE * i] = at
    table[STRIDE * i + 1] = at + keys.keyLength(slot)
  }
  const order = regions.words(slots.length)
  const scratch = regions.take(slots.length * SORT_SCRATCH.ofRow + SORT_SCRATCH.more)
  kernel.sortRows(table.byteOffset, 4 * STRIDE, 0, slots.length, order.byteOffset, scratch.byteOffset)
  const sorted = new Uint32Array(slots.length)
  for (let rank = 0; rank < sorted.length; rank++) sorted[rank] = slots[order[rank] as number] as number
  regions.giveAllBack()
  return sorted
}
