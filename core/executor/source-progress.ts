// How far one source node is in one partition: `T`, and for warnings the record that moved it farthest.
//
// Promises: follows from the records of the partition alone, however they came in chunks.
// Not here: when a warning is worth it (`run/warnings.ts`).

import type { SourcePartition } from '../emitted/emitted-module.ts'
import { type Chunk, offsetAt } from '../log/chunk.ts'

export class SourceProgress implements SourcePartition {
  maxTime = Number.NEGATIVE_INFINITY
  leap = -1
  leapAt = -1
  leapTime = Number.NaN
  /** Offset of the record or tick that moved `T` farthest; null while there is none, or where it is not known. */
  leapOffset: bigint | null = null
  /** Late records after that one. */
  lateAfter = 0

  /** A chunk begins. */
  enter(): void {
    this.leapAt = -1
  }

  /** A chunk ends. `late`: indices of its late records, ascending. */
  leave(chunk: Chunk, late: readonly number[]): void {
    const { leapAt } = this
    if (leapAt < 0) {
      this.lateAfter += late.length
      return
    }
    this.leapOffset = offsetAt(chunk, leapAt)
    this.lateAfter = late.filter(i => i > leapAt).length
  }

  /** Takes over what another executor has read of the same partition. */
  take(from: SourceProgress): void {
    this.maxTime = from.maxTime
    this.leap = from.leap
    this.leapTime = from.leapTime
    this.leapOffset = from.leapOffset
    this.lateAfter = from.lateAfter
  }
}
