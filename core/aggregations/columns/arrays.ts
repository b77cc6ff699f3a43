// Where the arrays of columns lie: in memory that the kernel reads, or in their own.

type Cells = Float64Array | Uint8Array | Uint32Array

/** What it gives may hold anything; `grown` clears it. */
export interface Arrays {
  floats(length: number): Float64Array
  bytes(length: number): Uint8Array
  words(length: number): Uint32Array
  /** An array that nobody uses any more. */
  giveBack(array: Cells): void
}

export const OWN_ARRAYS: Arrays = Object.freeze({
  floats: (length: number) => new Float64Array(length),
  bytes: (length: number) => new Uint8Array(length),
  words: (length: number) => new Uint32Array(length),
  giveBack: () => {},
})

/** A longer array in place of an old one: what that holds, then zeros. */
export function grown<A extends Cells>(arrays: Arrays, old: A, longer: A): A {
  longer.set(old)
  longer.fill(0, old.length)
  arrays.giveBack(old)
  return longer
}
