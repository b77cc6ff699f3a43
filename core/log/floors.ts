// Partitions that were taken in at a watermark rather than by a tick (semantics.md 2.6).

/**
 * Source node -> `topic/partition` -> the T that the partition began with there. Sources are named by node, since each
 * has a watermark of its own.
 */
export type Floors = ReadonlyMap<string, ReadonlyMap<string, number>>

export const NO_FLOORS: Floors = new Map()
