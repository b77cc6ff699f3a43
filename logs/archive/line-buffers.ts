// Buffers for the lines of one reader, used again once nobody reads their lines any more: in the memory of a kernel, or
// the engine's.
//
// Promises: a buffer is given out again only after it has been given back; one of the engine's that is never given back
// is left to the engine. Fresh memory for every read costs more than the reading: its first touch, and the collections
// that it causes.

import type { OwnKernel } from '../../core/kernel/kernel-over.ts'
import { Regions } from '../../core/kernel/regions.ts'

/** Buffers that wait: one is read while one or two are filled. */
const FREE_MAX = 3
/** Room in front of what is read for the beginning of a line that spans two reads. */
const CARRY_BYTES = 1 << 16

export class LineBuffers {
  /** In whose memory they lie; null: the engine's. */
  readonly kernel: OwnKernel | null
  readonly #regions: Regions | null
  #free: Buffer[] = []
  #ended = false

  constructor(kernel: OwnKernel | null) {
    this.kernel = kernel
    this.#regions = kernel && new Regions(kernel.memory)
  }

  /** At least so many bytes. */
  take(bytes: number): Buffer {
    const free = this.#free.pop()
    if (free !== undefined && free.length >= bytes) return free
    if (free !== undefined) this.#regions?.giveBack(free)
    const room = bytes < CARRY_BYTES ? bytes : bytes + CARRY_BYTES
    if (this.#regions === null) return Buffer.allocUnsafeSlow(room)
    const region = this.#regions.take(room)
    return Buffer.from(region.buffer, region.byteOffset, region.length)
  }

  giveBack(buffer: Buffer): void {
    if (this.#free.length < FREE_MAX && !this.#ended) this.#free.push(buffer)
    else this.#regions?.giveBack(buffer)
  }

  /** Nothing is read any more. What is still out can be given back later. */
  end(): void {
    this.#ended = true
    for (const buffer of this.#free) this.#regions?.giveBack(buffer)
    this.#free = []
  }
}
