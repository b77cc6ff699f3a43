// Buffers for the lines of one reader, used again once nobody reads their lines any more.
//
// Promises: a buffer is given out again only after it has been given back; one that is never given back is left to the
// engine. Fresh memory for every read costs more than the reading: its first touch, and the collections that it causes.

/** Buffers that wait: one is read while one or two are filled. */
const FREE_MAX = 3
/** Room in front of what is read for the beginning of a line that spans two reads. */
const CARRY_BYTES = 1 << 16

export class LineBuffers {
  readonly #free: Buffer[] = []

  /** At least so many bytes. */
  take(bytes: number): Buffer {
    const free = this.#free.pop()
    if (free !== undefined && free.length >= bytes) return free
    return Buffer.allocUnsafeSlow(bytes + CARRY_BYTES)
  }

  giveBack(buffer: Buffer): void {
    if (this.#free.length < FREE_MAX) this.#free.push(buffer)
  }
}
