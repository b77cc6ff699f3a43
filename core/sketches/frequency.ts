// The definition of `approxFrequency`: the size of a count-min sketch, which cells count a value, and how a sketch is
// queried.
//
// Cormode and Muthukrishnan, "An improved data stream summary: the count-min sketch and its applications", 2005. With
// `depth` rows of `width` cells an answer is never below the true count, and above it by more than error * total with
// probability 1 - confidence at most, where width = e / error and depth = ln(1 / (1 - confidence)), rounded up.
// Promises: counts are exact; one form of bytes for each content of the cells.
//
// Bytes: a version 1; the size of a count in bytes, the least of 1, 2, 4 and 8 that holds them all; then 0 and, for
// each cell that is not zero, its number as 4 bytes and its count where these take no more bytes than all cells would,
// else 1 and the counts of all cells. Cells are numbered row by row. Numbers are big-endian.

import { nextProbe, startProbes } from './probes.ts'
import { hashValue } from './value-hash.ts'

/** The result of `approxFrequency`: plain data, which `frequencyOf` reads. */
export interface FrequencySketch {
  readonly width: number
  readonly depth: number
  /** How many elements have been counted. */
  readonly total: number
  /** See the head of `core/sketches/frequency.ts`. */
  readonly bytes: Uint8Array
}

export interface SketchShape {
  readonly width: number
  readonly depth: number
}

const VERSION = 1
const SPARSE = 0
const DENSE = 1
/** Bytes in front of the cells. */
const HEAD = 3

const MAX_CELLS = 2 ** 24

/** The shape of a sketch with this error and confidence; null where it would have more than 2^24 cells. */
export function sketchShape(error: number, confidence: number): SketchShape | null {
  const width = Math.ceil(Math.E / error)
  const depth = Math.max(1, Math.ceil(-Math.log(1 - confidence)))
  return width * depth <= MAX_CELLS ? { width, depth } : null
}

/** Calls `visit` with the number of a value's cell in each row. */
export function eachCell({ width, depth }: SketchShape, value: unknown, visit: (cell: number) => void): void {
  startProbes(hashValue(value))
  for (let row = 0; row < depth; row++) visit(row * width + nextProbe(width))
}

/** The bytes of a sketch from the cells that are not zero, as `[number, count]` in ascending order of numbers. */
export function sketchBytes({ width, depth }: SketchShape, cells: readonly (readonly [number, number])[]): Uint8Array {
  const greatest = cells.reduce((most, [, count]) => Math.max(most, count), 0)
  const size = greatest < 2 ** 8 ? 1 : greatest < 2 ** 16 ? 2 : greatest < 2 ** 32 ? 4 : 8
  const sparse = cells.length * (4 + size) <= width * depth * size
  const bytes = new Uint8Array(HEAD + (sparse ? cells.length * (4 + size) : width * depth * size))
  const view = new DataView(bytes.buffer)
  bytes.set([VERSION, size, sparse ? SPARSE : DENSE])
  cells.forEach(([cell, count], i) => {
    if (sparse) view.setUint32(HEAD + i * (4 + size), cell)
    putCount(view, sparse ? HEAD + i * (4 + size) + 4 : HEAD + cell * size, size, count)
  })
  return bytes
}

/** Calls `visit` with each cell of a sketch's bytes that is not zero, in ascending order. */
export function readCells(bytes: Uint8Array, visit: (cell: number, count: number) => void): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const size = bytes[1] as number
  const sparse = bytes[2] === SPARSE
  const step = sparse ? 4 + size : size
  const cells = (bytes.length - HEAD) / step
  for (let i = 0; i < cells; i++) {
    const at = HEAD + i * step
    const count = countAt(view, sparse ? at + 4 : at, size)
    if (count > 0) visit(sparse ? view.getUint32(at) : i, count)
  }
}

/**
 * How often a value has been counted: never below the true count, and above it by no more than the sketch's error, with
 * its confidence. Throws `TypeError` for what is no sketch.
 */
export function frequencyOf(sketch: FrequencySketch, value: unknown): number {
  const { width, depth, bytes } = sketch
  if (!(bytes instanceof Uint8Array) || bytes[0] !== VERSION) {
    throw new TypeError('frequencyOf() asks what approxFrequency() gave')
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let least = Number.POSITIVE_INFINITY
  eachCell({ width, depth }, value, cell => {
    least = Math.min(least, cellAt(view, bytes[1] as number, bytes[2] === SPARSE, cell))
  })
  return least
}

function cellAt(view: DataView, size: number, sparse: boolean, cell: number): number {
  if (!sparse) return countAt(view, HEAD + cell * size, size)
  const step = 4 + size
  let low = 0
  let high = (view.byteLength - HEAD) / step
  while (low < high) {
    const middle = (low + high) >>> 1
    const at = view.getUint32(HEAD + middle * step)
    if (at === cell) return countAt(view, HEAD + middle * step + 4, size)
    if (at < cell) low = middle + 1
    else high = middle
  }
  return 0
}

function countAt(view: DataView, at: number, size: number): number {
  if (size === 1) return view.getUint8(at)
  if (size === 2) return view.getUint16(at)
  return size === 4 ? view.getUint32(at) : view.getUint32(at) * 2 ** 32 + view.getUint32(at + 4)
}

function putCount(view: DataView, at: number, size: number, count: number): void {
  if (size === 1) view.setUint8(at, count)
  else if (size === 2) view.setUint16(at, count)
  else if (size === 4) view.setUint32(at, count)
  else {
    view.setUint32(at, Math.floor(count / 2 ** 32))
    view.setUint32(at + 4, count % 2 ** 32)
  }
}
