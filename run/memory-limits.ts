// How much of a run is kept in memory before it is spilled, in one place, with the reason for each number.
//
// Not here: how far a run reads (`until.ts`).

import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import type { NodeKind, Plan } from '../core/plan/plan.ts'
import { EMITTING_KINDS } from '../core/plan/words.ts'

/**
 * Bytes of rows that the sorters of a run keep at most, and the part of its memory that it gives to them. Each node
 * that holds something may fill one sorter up to an equal share, and further as long as others do not need theirs.
 */
const SORTERS_BYTES = 128 << 20
const SORTERS_PART = 1 / 16
/** Of the packed changes of one table that wait for the commit. */
const QUEUE_BYTES = 64 << 20
const QUEUE_PART = 1 / 24

/** The parts of its memory that a run gives to groups, and at most to the state of one group in canonical bytes. */
const GROUPS_PART = 1 / 2
const ROW_PART = 1 / 32

/**
 * Bytes of groups from which on a batch puts them aside: to write and read them once costs less than the memory that
 * more of them take. Found by measuring: pages that are touched for the first time cost as much as the rows in them.
 */
const SPILL_BYTES = 160 << 20

/** How much of what the machine (or the control group) and the heap of V8 allow a run takes by default. */
const MACHINE_PART = 1 / 2
const HEAP_PART = 3 / 4

/** How much an executor keeps of each aggregation before it spills or forgets. */
export interface GroupLimits {
  /** Groups of one node. */
  readonly groupLimit: number
  /** About the bytes that the groups of one node take. */
  readonly groupBytes: number
  /** The same of all nodes, where groups are put aside. */
  readonly spillBytes: number | undefined
  /** Canonical bytes of one group's state. */
  readonly rowBytes: number
}

/** The part of a run's memory that an executor has. */
interface Share {
  /** How many share it. */
  readonly executors?: number | undefined
  /** Whether groups are put aside (batch) where they are many, or forgotten (stream). */
  readonly spills?: boolean
}

/**
 * The limits of one executor: its share of the run's memory, divided among the nodes that aggregate. `groupLimit` is
 * for tests, which spill early.
 */
export function groupLimits(plan: Plan, { memoryBytes, groupLimit }: MemoryOptions, share: Share = {}): GroupLimits {
  const { executors = 1, spills = false } = share
  const nodes = plan.nodes.filter(node => node.kind === 'aggregate').length
  const memory = (memoryBytes ?? defaultMemory()) / executors
  return {
    groupLimit: groupLimit ?? Number.MAX_SAFE_INTEGER,
    groupBytes: (memory * GROUPS_PART) / Math.max(1, nodes),
    spillBytes: spills ? SPILL_BYTES / executors : undefined,
    rowBytes: memory * ROW_PART,
  }
}

/** Kinds of nodes that sort what they hold. */
const HOLDING: ReadonlySet<NodeKind> = new Set([...EMITTING_KINDS, 'output', 'changes'])

/** Bytes that are kept before they go to the disk. */
export interface BufferLimits {
  /** Of rows of all sorters, as far as each has no more than its share. */
  readonly sortersBytes: number
  /** The share of each of them. */
  readonly sorterBytes: number
  /** Of the changes of one table. */
  readonly queueBytes: number
}

export function bufferLimits(plan: Plan, { memoryBytes }: MemoryOptions, executors = 1): BufferLimits {
  const memory = (memoryBytes ?? defaultMemory()) / executors
  const holding = plan.nodes.filter(({ kind }) => HOLDING.has(kind)).length
  const sortersBytes = Math.min(SORTERS_BYTES / executors, memory * SORTERS_PART)
  return {
    sortersBytes,
    sorterBytes: sortersBytes / Math.max(1, holding),
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
