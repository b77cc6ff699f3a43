// The approximate aggregations, naively: all values at once, by the same definitions (core/sketch) and with plain arrays and maps.

import type { AggregationSpec } from '../plan/plan.ts'
import { denseEntry, estimateCount, PRECISION, sparseEntry, sparseLimit } from '../sketches/cardinality.ts'
import { eachCell, type FrequencySketch, type SketchShape, sketchBytes } from '../sketches/frequency.ts'
import { logBuckets, rankOf } from '../sketches/log-buckets.ts'
import {
  denseFilter,
  eachBit,
  type FilterShape,
  type MembershipFilter,
  sparseBits,
  sparseFilter,
} from '../sketches/membership.ts'
import { sampleHash } from '../sketches/sample-hash.ts'
import { hashValue } from '../sketches/value-hash.ts'
import { compareBytes } from '../values/bytes.ts'

/** The estimate from the registers of precision 25, or of the sketch's own where those in use would be too many. */
export function approxCountDistinct(values: readonly unknown[], spec: AggregationSpec): number {
  const precision = spec.precision as number
  const entries = values.map(value => sparseEntry(hashValue(value)))
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

/** The value of the bucket of the number at each quantile. */
export function approxQuantiles(numbers: readonly number[], spec: AggregationSpec): number[] {
  const { bucketOf, numberOf } = logBuckets(spec.accuracy as number)
  const sorted = Float64Array.from(numbers).sort()
  return (spec.quantiles ?? []).map(quantile => numberOf(bucketOf(sorted[rankOf(quantile, sorted.length)] as number)))
}

export function approxMembership(values: readonly unknown[], spec: AggregationSpec): MembershipFilter {
  const shape = { bits: spec.bits, hashes: spec.hashes } as FilterShape
  const isSet = new Array<boolean>(shape.bits).fill(false)
  for (const value of values) {
    eachBit(shape, value, bit => {
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

export function approxFrequency(values: readonly unknown[], spec: AggregationSpec): FrequencySketch {
  const shape = { width: spec.width, depth: spec.depth } as SketchShape
  const cells = new Map<number, number>()
  for (const value of values) eachCell(shape, value, cell => cells.set(cell, (cells.get(cell) ?? 0) + 1))
  const sorted = [...cells].sort((a, b) => a[0] - b[0])
  return { ...shape, total: values.length, bytes: sketchBytes(shape, sorted) }
}

/** The first k in the order of the hashes of identities. */
export function sample(elements: readonly { of: unknown; identity: Uint8Array }[], spec: AggregationSpec): unknown[] {
  return elements
    .map(({ of, identity }) => ({ of, hash: sampleHash(identity) }))
    .sort((a, b) => compareBytes(a.hash, b.hash))
    .slice(0, spec.k)
    .map(({ of }) => of)
}
