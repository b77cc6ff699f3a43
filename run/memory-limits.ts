// How much of a run is kept in memory before it is spilled, in one place, with the reason for each number.
//
// Not here: how far a run reads (`until.ts`).

import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import type { Plan } from '../core/plan/plan.ts'

/**
 * Bytes of rows that one sorter keeps at most, and the part of its memory that a run gives to it. A run has a few
 * sorters: one for each node that holds something, late rows, dead letters.
 */
const SORTER_BYTES = 48 << 20
const SORTER_PART = 1 / 32
/** The same for the packed changes of one table that wait for the commit. */
const QUEUE_BYTES = 64 << 20
const QUEUE_PART = 1 / 24

/** The parts of its memory that a run gives to groups, and at most to the state of one group in canonical bytes. */
const GROUPS_PART = 1 / 2
const ROW_PART = 1 / 32

/** How much of what the machine (or the control group) and the heap of V8 allow a run takes by default. */
const MACHINE_PART = 1 / 2
const HEAP_PART = 3 / 4

/** How much an executor keeps of each aggregation before it spills or forgets. */
export interface GroupLimits {
  /** Groups of one node. */
  readonly groupLimit: number
  /** About the bytes that the groups of one node take. */
  readonly groupBytes: number
  /** Canonical bytes of one group's state. */
  readonly rowBytes: number
}

/**
 * The limits of one executor: its share of the run's memory, divided among the nodes that aggregate. `groupLimit` is
 * for tests, which spill early.
 */
export function groupLimits(plan: Plan, { memoryBytes, groupLimit }: MemoryOptions, executors = 1): GroupLimits {
  const nodes = plan.nodes.filter(node => node.kind === 'aggregate').length
  const memory = (memoryBytes ?? defaultMemory()) / executors
  return {
    groupLimit: groupLimit ?? Number.MAX_SAFE_INTEGER,
    groupBytes: (memory * GROUPS_PART) / Math.max(1, nodes),
    rowBytes: memory * ROW_PART,
  }
}

/** Bytes of rows that one sorter, and the changes of one table, keep before they go to the disk. */
export interface BufferLimits {
  readonly sorterBytes: number
  readonly queueBytes: number
}

export function bufferLimits({ memoryBytes }: MemoryOptions, executors = 1): BufferLimits {
  const memory = (memoryBytes ?? defaultMemory()) / executors
  return {
    sorterBytes: Math.min(SORTER_BYTES, memory * SORTER_PART),
    queueBytes: Math.min(QUEUE_BYTES, memory * QUEUE_PART),
  }
}

export interface MemoryOptions {
  /** Bytes that the run may take for what it computes; about. Default: by the machine. */
  readonly memoryBytes?: number | undefined
  /** Groups of one node in memory before they are spilled or forgotten. Default: by `memoryBytes`. */
  readonly groupLimit?: number | undefined
}

function defaultMemory(): number {
  const limit = process.constrainedMemory()
  const machine = limit > 0 && limit < totalmem() ? limit : totalmem()
  return Math.min(machine * MACHINE_PART, getHeapStatistics().heap_size_limit * HEAP_PART)
}
