// Slots in the order of their rows' keys: by the start of the window, then by the key, or the other way round. The keys
// are sorted where they lie.

import type { OwnKernel } from '../../kernel/kernel-over.ts'
import { Regions } from '../../kernel/regions.ts'
import { sortedOrder } from '../../kernel/sorted-order.ts'

interface Keys {
  readonly windowed: boolean
  readonly kernel: OwnKernel
  startOf(slot: number): number
  keyAt(slot: number): number
  keyLength(slot: number): number
}

/** In the order of row keys: that of the windows first. */
export function inKeyOrder(keys: Keys, slots: Uint32Array): Uint32Array {
  return keys.windowed ? joined(byStart(keys, slots), window => byKey(keys, window)) : byKey(keys, slots)
}

/** That of the keys first, then of the windows. */
export function keysFirst(keys: Keys, slots: Uint32Array): Uint32Array {
  return byKey(keys, keys.windowed ? joined(byStart(keys, slots), window => window) : slots)
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

function joined(windows: readonly Uint32Array[], inOrder: (window: Uint32Array) => Uint32Array): Uint32Array {
  const all = new Uint32Array(windows.reduce((sum, window) => sum + window.length, 0))
  let done = 0
  for (const window of windows) {
    all.set(inOrder(window), done)
    done += window.length
  }
  return all
}

/** Slots of equal keys keep their order. */
function byKey(keys: Keys, slots: Uint32Array): Uint32Array {
  if (slots.length < 2) return slots
  const regions = new Regions(keys.kernel.memory)
  const table = regions.words(2 * slots.length)
  for (let i = 0; i < slots.length; i++) {
    const slot = slots[i] as number
    const at = keys.keyAt(slot)
    table[2 * i] = at
    table[2 * i + 1] = at + keys.keyLength(slot)
  }
  const order = sortedOrder(keys.kernel, { table, stride: 2, count: slots.length }, regions)
  const sorted = order.map(i => slots[i] as number)
  regions.giveAllBack()
  return sorted
}
