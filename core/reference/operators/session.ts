// Sessions, found the slow way: all elements of a key in the order of time, cut where two neighbours lie more than the
// gap apart.

import type { TimeWindow } from '../../time/time-window.ts'
import { bytesToHex } from '../../values/bytes.ts'
import { canonicalBytes } from '../../values/canonical.ts'
import type { Element } from '../element.ts'

/** The session of each element: from its first time to its last time plus the gap. */
export function sessionsOf(gapMs: number, elements: readonly Element[]): ReadonlyMap<Element, TimeWindow> {
  const byKey = new Map<string, Element[]>()
  for (const element of elements) {
    const key = bytesToHex(canonicalBytes(element.key))
    const ofKey = byKey.get(key) ?? []
    byKey.set(key, ofKey)
    ofKey.push(element)
  }
  const sessions = new Map<Element, TimeWindow>()
  for (const ofKey of byKey.values()) {
    for (const chain of chains(gapMs, ofKey)) {
      const times = chain.map(e => e.time)
      const window = { start: times[0] as number, end: (times.at(-1) as number) + gapMs }
      for (const element of chain) sessions.set(element, window)
    }
  }
  return sessions
}

function chains(gapMs: number, elements: readonly Element[]): Element[][] {
  const found: Element[][] = []
  for (const element of [...elements].sort((a, b) => a.time - b.time)) {
    const chain = found.at(-1)
    const before = chain?.at(-1)
    // In integers, since differences at the ends of time are not exact as doubles.
    if (before !== undefined && BigInt(element.time) - BigInt(before.time) <= BigInt(gapMs)) chain?.push(element)
    else found.push([element])
  }
  return found
}
