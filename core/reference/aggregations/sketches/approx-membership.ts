// approxMembership: a Bloom filter by its definition (core/sketches/membership.ts), as an array of bits.

import { denseFilter, eachBit, sparseBits, sparseFilter } from '../../../sketches/membership.ts'
import type { Aggregation } from '../table/aggregation.ts'

export const approxMembership: Aggregation<'approxMembership'> = (inputs, { bits: size, hashes }) => {
  const shape = { bits: size, hashes }
  const isSet = new Array<boolean>(shape.bits).fill(false)
  for (const { of } of inputs) {
    eachBit(shape, of, bit => {
      isSet[bit] = true
    })
  }
  const numbers = isSet.flatMap((set, bit) => (set ? [bit] : []))
  const bits = Array.from({ length: shape.bits / 8 }, (_, byte) =>
    [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, i) => sum + (isSet[8 * byte + i] ? 2 ** i : 0), 0),
  )
  const few = numbers.length <= sparseBits(shape.bits)
  return { ...shape, bytes: few ? sparseFilter(numbers) : denseFilter(Uint8Array.from(bits)) }
}
