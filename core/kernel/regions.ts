// Regions of a kernel's memory as typed arrays, for those who fill them in JavaScript.
//
// Promises: an array stays valid while the memory grows, until its region is given back. What is taken from one of
// these can be given back as a whole.

import type { Arrays } from '../aggregations/columns/arrays.ts'
import type { Buffers } from '../values/bytes.ts'
import type { KernelMemory } from './memory.ts'

export class Regions implements Buffers, Arrays {
  readonly #memory: KernelMemory
  /** Bytes of each region that is taken, by its address. */
  readonly #taken = new Map<number, number>()

  constructor(memory: KernelMemory) {
    this.#memory = memory
  }

  take(bytes: number): Uint8Array {
    const address = this.#address(bytes)
    return new Uint8Array(this.#memory.buffer, address, bytes)
  }

  bytes(count: number): Uint8Array {
    return this.take(count)
  }

  floats(count: number): Float64Array {
    const address = this.#address(8 * count)
    return new Float64Array(this.#memory.buffer, address, count)
  }

  words(count: number): Uint32Array {
    const address = this.#address(4 * count)
    return new Uint32Array(this.#memory.buffer, address, count)
  }

  giveBack({ byteOffset }: { readonly byteOffset: number }): void {
    const bytes = this.#taken.get(byteOffset)
    if (bytes === undefined) return
    this.#taken.delete(byteOffset)
    this.#memory.release(byteOffset, bytes)
  }

  /** Gives all back but these. */
  giveBackOthers(kept: readonly { readonly byteOffset: number }[]): void {
    for (const address of [...this.#taken.keys()]) {
      if (!kept.some(({ byteOffset }) => byteOffset === address)) this.giveBack({ byteOffset: address })
    }
  }

  giveAllBack(): void {
    for (const [address, bytes] of this.#taken) this.#memory.release(address, bytes)
    this.#taken.clear()
  }

  #address(bytes: number): number {
    const address = this.#memory.alloc(bytes)
    this.#taken.set(address, bytes)
    return address
  }
}
