// approxCountDistinct: HyperLogLog (core/sketches/cardinality.ts has the papers).
//
// Error: the standard error is 1.04 / sqrt(2^precision), 0.81 % by default (Flajolet et al. 2007; Ertl 2017): two of
// three results are within it, all but one of 370 within three times it. While few values have been seen, that of
// precision 25: below 0.02 %.
// Promises: a register is a maximum and the form follows from the set of values alone, so equal sets have equal bytes.
//
// State: a version 1; then 0, the number of entries, and the differences of the sorted entries `register * 64 + rank`
// of precision 25 (varints), up to `sparseLimit`; beyond it 1 and the registers of the sketch's own precision, 6 bits
// each, the first in the highest bits.

import { denseEntry, estimateCount, PRECISION, sparseEntry, sparseLimit } from '../../sketches/cardinality.ts'
import { hashValue } from '../../sketches/value-hash.ts'
import type { ByteReader, ByteWriter } from '../../values/bytes.ts'
import { readVarint, writeVarint } from '../../values/varint.ts'
import type { Column } from '../columns/column.ts'
import { HeldBytes, MAP_ENTRY_BYTES } from '../columns/held-bytes.ts'

const VERSION = 1
const SPARSE = 0
const DENSE = 1

/** Ranks by register of precision 25, or all registers of the sketch's precision. */
type Registers = Map<number, number> | Uint8Array

export class ApproxCountDistinctColumn implements Column {
  readonly held = new HeldBytes()
  readonly #precision: number
  readonly #limit: number
  readonly #slots: (Registers | undefined)[] = []

  constructor(precision: number) {
    this.#precision = precision
    this.#limit = sparseLimit(precision)
  }

  grow(capacity: number): void {
    this.held.grow(capacity)
    while (this.#slots.length < capacity) this.#slots.push(undefined)
  }

  clear(slot: number): void {
    this.held.clear(slot)
    this.#slots[slot] = undefined
  }

  add(slot: number, value: unknown): void {
    this.#insert(slot, sparseEntry(hashValue(value)))
  }

  write(slot: number, w: ByteWriter): void {
    w.byte(VERSION)
    const registers = this.#slots[slot] ?? new Map<number, number>()
    if (registers instanceof Map) {
      w.byte(SPARSE)
      writeEntries(w, registers)
    } else {
      w.byte(DENSE)
      writePacked(w, registers)
    }
  }

  merge(slot: number, r: ByteReader): void {
    r.byte() // the version
    if (r.byte() === DENSE) return mergePacked(this.#dense(slot), r)
    let entry = 0
    for (let left = readVarint(r); left > 0; left--) {
      entry += readVarint(r)
      this.#insert(slot, entry)
    }
  }

  present(slot: number): number {
    const registers = this.#slots[slot] ?? new Map<number, number>()
    const precision = registers instanceof Map ? PRECISION.sparse : this.#precision
    const byRank = new Array<number>(66 - precision).fill(0)
    for (const rank of registers.values()) byRank[rank] = (byRank[rank] as number) + 1
    if (registers instanceof Map) byRank[0] = 2 ** precision - registers.size
    return estimateCount(byRank, precision)
  }

  #insert(slot: number, entry: number): void {
    const registers = this.#slots[slot]
    if (registers instanceof Uint8Array) return raise(registers, denseEntry(entry, this.#precision))
    const entries = registers ?? new Map<number, number>()
    this.#slots[slot] = entries
    const place = Math.floor(entry / 64)
    if ((entries.get(place) ?? 0) < entry % 64) entries.set(place, entry % 64)
    this.held.set(slot, entries.size * MAP_ENTRY_BYTES)
    if (entries.size > this.#limit) this.#dense(slot)
  }

  /** The dense registers of a slot, made where it has sparse ones. */
  #dense(slot: number): Uint8Array {
    const registers = this.#slots[slot]
    if (registers instanceof Uint8Array) return registers
    const all = new Uint8Array(2 ** this.#precision)
    for (const [place, rank] of registers ?? []) raise(all, denseEntry(place * 64 + rank, this.#precision))
    this.#slots[slot] = all
    this.held.set(slot, all.length)
    return all
  }
}

function raise(registers: Uint8Array, entry: number): void {
  const place = Math.floor(entry / 64)
  if ((registers[place] as number) < entry % 64) registers[place] = entry % 64
}

function writeEntries(w: ByteWriter, registers: ReadonlyMap<number, number>): void {
  const sorted = Float64Array.from(registers, ([place, rank]) => place * 64 + rank).sort()
  writeVarint(w, sorted.length)
  let before = 0
  for (const entry of sorted) {
    writeVarint(w, entry - before)
    before = entry
  }
}

/** Four registers in three bytes. */
function writePacked(w: ByteWriter, registers: Uint8Array): void {
  for (let i = 0; i < registers.length; i += 4) {
    let four = 0
    for (let j = i; j < i + 4; j++) four = (four << 6) | (registers[j] as number)
    w.byte(four >> 16)
    w.byte((four >> 8) & 255)
    w.byte(four & 255)
  }
}

function mergePacked(registers: Uint8Array, r: ByteReader): void {
  for (let i = 0; i < registers.length; i += 4) {
    const three = (r.byte() << 16) | (r.byte() << 8) | r.byte()
    for (let j = 0; j < 4; j++) raise(registers, (i + j) * 64 + ((three >> (18 - 6 * j)) & 63))
  }
}
