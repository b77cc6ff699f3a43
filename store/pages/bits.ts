// A set of small numbers, one bit each.

/** A set of small numbers that grows. */
export class Bits {
  #bytes: Uint8Array

  constructor(size: number) {
    this.#bytes = new Uint8Array((size >>> 3) + 1)
  }

  has(number: number): boolean {
    return (((this.#bytes[number >>> 3] ?? 0) >>> (number & 7)) & 1) === 1
  }

  /** False where it was there already. */
  add(number: number): boolean {
    if (this.has(number)) return false
    const at = number >>> 3
    if (at >= this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, at + 1))
      larger.set(this.#bytes)
      this.#bytes = larger
    }
    this.#bytes[at] = (this.#bytes[at] as number) | (1 << (number & 7))
    return true
  }
}
