// approxCountDistinct: HyperLogLog by its definition (core/sketches/cardinality.ts), over the hashes of all values at
// once.

import { denseEntry, estimateCount, PRECISION, sparseEntry, sparseLimit } from '../../../sketches/cardinality.ts'
import { hashValue } from '../../../sketches/value-hash.ts'
import type { Aggregation } from '../table/aggregation.ts'

/**
 * The estimate from the registers of precision 25, or from those of the sketch's own where too many would be in use.
 */
export const approxCountDistinct: Aggregation<'approxCountDistinct'> = (inputs, { precision }) => {
  const entries = inputs.map(i => sparseEntry(hashValue(i.of)))
  const inUse = new Set(entries.map(placeOf)).size
  return inUse <= sparseLimit(precision)
    ? estimated(entries, PRECISION.sparse)
    : estimated(
        entries.map(entry => denseEntry(entry, precision)),
        precision,
      )
}

function placeOf(entry: number): number {
  return Math.floor(entry / 64)
}

function estimated(entries: readonly number[], precision: number): number {
  const greatest = new Map<number, number>()
  for (const entry of entries) greatest.set(placeOf(entry), Math.max(entry % 64, greatest.get(placeOf(entry)) ?? 0))
  const ranks = [...greatest.values()]
  const registers = Array.from({ length: 66 - precision }, (_, rank) => ranks.filter(r => r === rank).length)
  registers[0] = 2 ** precision - greatest.size
  return estimateCount(registers, precision)
}
