// approxFrequency: a count-min sketch by its definition (core/sketches/frequency.ts), as a map of cells.

import { eachCell, sketchBytes } from '../../../sketches/frequency.ts'
import type { Aggregation } from '../table/aggregation.ts'

export const approxFrequency: Aggregation<'approxFrequency'> = (inputs, { width, depth }) => {
  const shape = { width, depth }
  const cells = new Map<number, number>()
  for (const { of } of inputs) eachCell(shape, of, cell => cells.set(cell, (cells.get(cell) ?? 0) + 1))
  const sorted = [...cells].sort((a, b) => a[0] - b[0])
  return { ...shape, total: inputs.length, bytes: sketchBytes(shape, sorted) }
}
