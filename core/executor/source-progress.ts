// How far one source node is in one partition: `T`, the dead letters that it made, and for warnings the record that
// moved `T` farthest.
//
// Promises: follows from the records of the partition alone, however they came in chunks.
// Not here: when a warning is worth it (`run/warnings.ts`).

import type { SourcePartition } from '../emitted/emitted-module.ts'
import { type Chunk, offsetAt } from '../log/chunk.ts'
import { MultisetDigest } from '../values/multiset-digest.ts'

export class SourceProgress implements SourcePartition {
  maxTime = Number.NEGATIVE_INFINITY
  leap = -1
  leapAt = -1
  leapTime = Number.NaN
  /** Offset of the record or tick that moved `T` farthest; null while there is none, or where it is not known. */
  leapOffset: bigint | null = null
  /** Late records after that one. */
  lateAfter = 0
  /** Dead letters of each kind whose identity is the record's position. */
  readonly letters = new Map<string, number>()
  /** Those of them since the last flush that no row lists. */
  unlisted = new MultisetDigest()

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

  /** Counts a letter; true where it is to be listed. */
  lists(kind: string, most: number): boolean {
    const count = (this.letters.get(kind) ?? 0) + 1
    this.letters.set(kind, count)
    return count <= most
  }

  /** Takes over what another executor has read of the same partition. */
  take(from: SourceProgress): void {
    this.maxTime = from.maxTime
    this.leap = from.leap
    this.leapTime = from.leapTime
    this.leapOffset = from.leapOffset
    this.lateAfter = from.lateAfter
    for (const [kind, count] of from.letters) this.letters.set(kind, count)
    this.unlisted.merge(from.unlisted)
  }
}
