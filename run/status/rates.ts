// How quickly a state moves: two of its commits compared.

import type { Status } from './status.ts'

/** A second. */
export interface Rates {
  readonly records: number
  readonly late: number
  readonly dead: number
}

/** Null where both show the same commit. */
export function ratesBetween(before: Status, after: Status): Rates | null {
  const [a, b] = [before.commit, after.commit]
  if (a === null || b === null || a.number === b.number || b.time <= a.time) return null
  const seconds = (b.time - a.time) / 1000
  const rate = (of: (status: Status) => number): number => Math.max(0, of(after) - of(before)) / seconds
  return { records: rate(offsetsRead), late: rate(({ late }) => late), dead: rate(({ dead }) => dead) }
}

/** A topic that several sources read counts once. */
function offsetsRead({ sources }: Status): number {
  const positions = new Map(sources.flatMap(({ partitions }) => partitions.map(p => [p.partition, Number(p.position)])))
  return [...positions.values()].reduce((a, b) => a + b, 0)
}
