// The definition of `approxCountDistinct`: which register a value belongs to, and how registers give the number of
// values.
//
// HyperLogLog (Flajolet, Fusy, Gandouet, Meunier 2007) with 64 bits of hash and the sparse form of HyperLogLog++
// (Heule, Nunkesser, Hall 2013): while few registers are in use they are those of precision 25. The number is the
// improved raw estimate of Ertl ("New cardinality estimation algorithms for HyperLogLog sketches", 2017, algorithm 6):
// without bias over the whole range, so that it needs neither the empirical tables of HyperLogLog++ nor a switch to
// linear counting.
// Promises: sums, products and square roots of doubles alone, so that equal registers give equal numbers.

export const PRECISION = { least: 4, most: 18, sparse: 25, usual: 14 } as const

const HASH_BITS = 64

/**
 * Beyond this many registers of precision 25 a sketch changes to its own precision: from there on 4 bytes for each are
 * more than 6 bits for all.
 */
export function sparseLimit(precision: number): number {
  return Math.floor((2 ** precision * 3) / 16)
}

/** The register of precision 25 and the rank that a hash gives it: `register * 64 + rank`. */
export function sparseEntry(hash: Uint32Array): number {
  const high = hash[0] as number
  const seven = high & 127
  const rank = seven !== 0 ? Math.clz32(seven) - 24 : 8 + Math.clz32(hash[1] as number)
  return (high >>> 7) * 64 + rank
}

/**
 * The same for a lesser precision. The dropped bits of the register's number become the first of the bits whose leading
 * zeros the rank counts.
 */
export function denseEntry(entry: number, precision: number): number {
  const place = Math.floor(entry / 64)
  const dropped = PRECISION.sparse - precision
  const low = place & (2 ** dropped - 1)
  const rank = low !== 0 ? Math.clz32(low) - 31 + dropped : dropped + (entry % 64)
  return (place >>> dropped) * 64 + rank
}

/**
 * The estimated number of different values, rounded to a whole number. `registers[r]` is how many of the 2^precision
 * registers have rank r, for r from 0 to 65 - precision.
 */
export function estimateCount(registers: ArrayLike<number>, precision: number): number {
  const m = 2 ** precision
  const most = HASH_BITS - precision
  let z = m * tau(1 - (registers[most + 1] as number) / m)
  for (let rank = most; rank >= 1; rank--) z = 0.5 * (z + (registers[rank] as number))
  z += m * sigma((registers[0] as number) / m)
  return Math.round((ALPHA * m * m) / z)
}

/** 1 / (2 ln 2). */
const ALPHA = 0.7213475204444817

/** x + x^2 + 2 x^4 + 4 x^8 + ...: sigma of Ertl 2017, for the registers at zero. */
function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY
  let power = x
  let sum = x
  for (let factor = 1; ; factor *= 2) {
    power *= power
    const next = sum + power * factor
    if (next === sum) return sum
    sum = next
  }
}

/**
 * (1 - x - (1 - x^(1/2))^2 / 2 - (1 - x^(1/4))^2 / 4 - ...) / 3: tau of Ertl 2017, for the registers at the greatest
 * rank.
 */
function tau(x: number): number {
  if (x === 0 || x === 1) return 0
  let root = x
  let sum = 1 - x
  for (let factor = 0.5; ; factor /= 2) {
    root = Math.sqrt(root)
    const next = sum - (1 - root) * (1 - root) * factor
    if (next === sum) return sum / 3
    sum = next
  }
}
