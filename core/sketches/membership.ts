// The definition of `approxMembership`: the size of a Bloom filter, which bits a value sets, and how a filter is
// queried.
//
// Bloom, "Space/time trade-offs in hash coding with allowable errors", 1970. With k bits for each value, n values in m
// bits let another value pass with a probability of nearly (1 - e^(-kn/m))^k (Bose et al., "On the false-positive rate
// of Bloom filters", 2008: the true share is greater by a term that vanishes as m grows). A value among them always
// passes.
// Promises: one form of bytes for each set of bits.
//
// Bytes: a version 1; then 0 and each set bit's number as 4 bytes in ascending order where these take no more bytes
// than all bits would, else 1 and the bits, least significant of each byte first. Numbers are big-endian.

import { ByteWriter } from '../values/bytes.ts'
import { nextProbe, startProbes } from './probes.ts'
import { hashValue } from './value-hash.ts'

/** The result of `approxMembership`: plain data, which `mightContain` reads. */
export interface MembershipFilter {
  /** How many bits there are. */
  readonly bits: number
  /** How many of them each value sets. */
  readonly hashes: number
  /** See the head of `core/sketches/membership.ts`. */
  readonly bytes: Uint8Array
}

export interface FilterShape {
  readonly bits: number
  readonly hashes: number
}

const VERSION = 1
const SPARSE = 0
const DENSE = 1
/** Bytes in front of the bits. */
const HEAD = 2

/** 128 MiB. */
const MAX_BITS = 2 ** 30

/** The shape of a filter for this many values with this share of false positives; null where it would be too large. */
export function filterShape(items: number, falsePositives: number): FilterShape | null {
  const hashes = Math.max(1, Math.round(Math.log2(1 / falsePositives)))
  const bits = (-hashes * items) / Math.log(1 - falsePositives ** (1 / hashes))
  const rounded = Math.ceil(bits / 64) * 64
  return rounded >= 64 && rounded <= MAX_BITS ? { bits: rounded, hashes } : null
}

/** Calls `visit` with the number of each bit that a value sets; the same one may come twice. */
export function eachBit({ bits, hashes }: FilterShape, value: unknown, visit: (bit: number) => void): void {
  startProbes(hashValue(value))
  for (let i = 0; i < hashes; i++) visit(nextProbe(bits))
}

/** Up to this many set bits are written one by one. */
export function sparseBits(bits: number): number {
  return Math.floor(bits / 32)
}

/** The bytes of a filter with few set bits, given in ascending order. */
export function sparseFilter(sorted: readonly number[]): Uint8Array {
  const w = new ByteWriter(HEAD + 4 * sorted.length)
  w.byte(VERSION)
  w.byte(SPARSE)
  for (const bit of sorted) w.u32(bit)
  return w.take()
}

/** The bytes of a filter with many set bits. */
export function denseFilter(bits: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD + bits.length)
  bytes[0] = VERSION
  bytes[1] = DENSE
  bytes.set(bits, HEAD)
  return bytes
}

/** The set bits of a filter that `sparseFilter` wrote, or the bits that `denseFilter` did. */
export function filterContent(bytes: Uint8Array): number[] | Uint8Array {
  if (bytes[1] === DENSE) return bytes.subarray(HEAD)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Array.from({ length: (bytes.length - HEAD) / 4 }, (_, i) => view.getUint32(HEAD + 4 * i))
}

/**
 * Whether a value may be among those that a filter has seen: true for each of them, and for others with the probability
 * that the filter was made for. Throws `TypeError` for what is no filter.
 */
export function mightContain(filter: MembershipFilter, value: unknown): boolean {
  const { bits, hashes, bytes } = filter
  if (!(bytes instanceof Uint8Array) || bytes[0] !== VERSION) {
    throw new TypeError('mightContain() asks what approxMembership() gave')
  }
  startProbes(hashValue(value))
  for (let i = 0; i < hashes; i++) if (!isSet(bytes, nextProbe(bits))) return false
  return true
}

function isSet(bytes: Uint8Array, bit: number): boolean {
  if (bytes[1] === DENSE) return (((bytes[HEAD + (bit >>> 3)] as number) >>> (bit & 7)) & 1) === 1
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let low = 0
  let high = (bytes.length - HEAD) / 4
  while (low < high) {
    const middle = (low + high) >>> 1
    if (view.getUint32(HEAD + 4 * middle) < bit) low = middle + 1
    else high = middle
  }
  return low < (bytes.length - HEAD) / 4 && view.getUint32(HEAD + 4 * low) === bit
}
