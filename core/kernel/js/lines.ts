// Where lines begin and end, in JavaScript.

import type { Kernel } from '../kernel.ts'
import type { KernelMemory } from '../memory.ts'

const LINE_FEED = 0x0a

export function splitLinesOver(memory: KernelMemory): Kernel['splitLines'] {
  return (from, end, base, starts, ends, most) => {
    const { bytes, view } = memory
    let [count, start] = [0, from]
    while (count < most) {
      const at = bytes.indexOf(LINE_FEED, start)
      if (at < 0 || at >= end) break
      view.setUint32(starts + 4 * count, start - base, true)
      view.setUint32(ends + 4 * count, at - base, true)
      start = at + 1
      count++
    }
    return count
  }
}
