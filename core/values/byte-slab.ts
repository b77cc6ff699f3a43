// Copies of many short byte strings, cut from larger buffers: one of the engine's for each costs more than its bytes.
//
// A copy keeps its whole buffer alive, so this is for copies that are forgotten together.

const SLAB_BYTES = 1 << 16

export class ByteSlab {
  #slab = new Uint8Array(0)
  #used = 0

  copy(bytes: Uint8Array): Uint8Array {
    const { length } = bytes
    if (4 * length > SLAB_BYTES) return bytes.slice()
    if (this.#used + length > this.#slab.length) {
      this.#slab = new Uint8Array(SLAB_BYTES)
      this.#used = 0
    }
    const at = this.#used
    this.#used += length
    this.#slab.set(bytes, at)
    return this.#slab.subarray(at, this.#used)
  }
}
