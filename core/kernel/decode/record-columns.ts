// The records of a chunk, some at a time, as columns of the values that a job uses.
//
// Promises: the columns of a record that is not odd hold what the obvious decoder gives; their arrays stay the same
// from batch to batch. A batch costs by its own records and bytes alone.
// Not here: odd records, which the caller decodes on its own.

import type { Chunk } from '../../log/chunk.ts'
import { latin1Text, plainBytes } from '../../scan/text.ts'
import type { Kernel } from '../kernel.ts'
import type { KernelMemory } from '../memory.ts'
import { type ColumnPlace, LATER, placeProgram } from './layout.ts'
import type { ColumnSpec, DecodeProgram } from './program.ts'
import { RecordPacker } from './record-packer.ts'
import { type Batch, TextColumn } from './text-column.ts'

/** Records of one batch. */
const BATCH_RECORDS = 2048
/** Bytes of one batch. A longer record is odd. */
const BATCH_BYTES = 1 << 18

export class RecordColumns {
  /** For each record of the batch, 1 where the caller must decode it. */
  readonly odd: Uint8Array
  readonly #kernel: Kernel
  readonly #memory: KernelMemory
  readonly #given: DecodeProgram
  /** Where it lies. */
  readonly #program: number
  readonly #places: readonly ColumnPlace[]
  readonly #starts: Int32Array
  readonly #ends: Int32Array
  readonly #presence: readonly Uint8Array[]
  readonly #input: number
  readonly #later: number
  #chunkBytes: Uint8Array | null = null
  /** Made when the first record is asked for as a whole. */
  #packer: RecordPacker | null = null
  readonly #batch: Batch

  constructor(memory: KernelMemory, kernel: Kernel, program: DecodeProgram) {
    this.#memory = memory
    this.#kernel = kernel
    const bytes = new Uint8Array(0)
    this.#batch = { bytes, view: new DataView(bytes.buffer), memory, base: 0, number: 0, count: 0 }
    this.#given = program
    const { columns } = program
    this.#places = columns.map(column => placeColumn(memory, column))
    this.#program = placeProgram(memory, program, this.#places)
    this.#starts = this.#words(memory.alloc(4 * BATCH_RECORDS))
    this.#ends = this.#words(memory.alloc(4 * BATCH_RECORDS))
    this.odd = this.#bytesAt(memory.alloc(BATCH_RECORDS))
    const numbers = columns.filter(c => c.kind === 'number').length
    this.#later = memory.alloc(LATER.FIRST + numbers * BATCH_RECORDS * LATER.BYTES)
    this.#input = memory.alloc(BATCH_BYTES)
    const texts = memory.alloc(columns.some(c => c.kind === 'text') ? BATCH_BYTES : 0)
    memory.view.setUint32(this.#later + LATER.TEXTS, texts, true)
    this.#presence = this.#places.flatMap(({ presence }) => (presence === 0 ? [] : [this.#bytesAt(presence)]))
  }

  /** Reads the records of a chunk from number `from` on; returns the number of the first one behind the batch. */
  read(chunk: Chunk, from: number, last: number): number {
    const { valueStart, valueEnd, bytes } = chunk
    const most = Math.min(last, from + BATCH_RECORDS)
    let low = -1
    let high = 0
    let to = from
    for (; to < most; to++) {
      const start = valueStart[to] as number
      if (start < 0) continue
      const end = valueEnd[to] as number
      if (low < 0) low = start
      else if (start < low || end - low > BATCH_BYTES) break
      high = end
    }
    if (bytes !== this.#chunkBytes) {
      this.#chunkBytes = bytes
      this.#batch.bytes = plainBytes(bytes)
      this.#batch.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    }
    if (low < 0 || high - low > BATCH_BYTES) {
      this.odd.fill(1, 0, to - from)
      return to
    }
    this.#decode(chunk, from, to, low, high)
    return to
  }

  #decode(chunk: Chunk, from: number, to: number, low: number, high: number): void {
    const { valueStart, valueEnd, bytes, memory: inPlace } = chunk
    const memory = this.#memory.bytes
    const base = inPlace === this.#memory ? bytes.byteOffset : this.#input - low
    if (inPlace !== this.#memory) memory.set(bytes.subarray(low, high), this.#input)
    this.#batch.base = base
    this.#batch.number++
    this.#batch.count = to - from
    // The kernel stops at a zero. In place, it is where a line feed was.
    const behind = memory[base + high] as number
    memory[base + high] = 0
    this.#starts.set(valueStart.subarray(from, to))
    this.#ends.set(valueEnd.subarray(from, to))
    for (const presence of this.#presence) presence.fill(0, 0, to - from)
    const { byteOffset: starts } = this.#starts
    const { byteOffset: ends } = this.#ends
    this.#kernel.decode(this.#program, base >>> 0, starts, ends, to - from, this.odd.byteOffset, this.#later)
    memory[base + high] = behind
    const { view } = this.#memory
    const later = view.getUint32(this.#later, true)
    for (let k = 0; k < later; k++) this.#readLater(this.#later + LATER.FIRST + k * LATER.BYTES)
  }

  #readLater(at: number): void {
    const { view } = this.#memory
    const start = view.getUint32(at + LATER.START, true)
    const end = view.getUint32(at + LATER.END, true)
    view.setFloat64(view.getUint32(at + LATER.CELL, true), Number(latin1Text(this.#batch.bytes, start, end)), true)
  }

  numbers(column: number): Float64Array {
    return new Float64Array(this.#memory.buffer, this.#place(column).cells, BATCH_RECORDS)
  }

  /** 1 for true, 0 for false. */
  booleans(column: number): Uint8Array {
    return this.#bytesAt(this.#place(column).cells)
  }

  /** 0 absent, 1 there, 2 null. */
  presence(column: number): Uint8Array {
    return this.#bytesAt(this.#place(column).presence)
  }

  texts(column: number): TextColumn {
    const { cells, lengths } = this.#place(column)
    const words = (address: number): Uint32Array => new Uint32Array(this.#memory.buffer, address, BATCH_RECORDS)
    return new TextColumn(this.#batch, words(cells), words(lengths))
  }

  /**
   * Canonical bytes of record i of the batch, which must not be odd, valid until the next batch; only where every part
   * of a record is in a column.
   */
  packed(i: number): Uint8Array {
    this.#packer ??= new RecordPacker({
      memory: this.#memory,
      kernel: this.#kernel,
      program: this.#given,
      places: this.#places,
      records: BATCH_RECORDS,
      bytes: BATCH_BYTES,
    })
    return this.#packer.of(this.#batch, this.odd, i)
  }

  #place(column: number): ColumnPlace {
    return this.#places[column] as ColumnPlace
  }

  #words(address: number): Int32Array {
    return new Int32Array(this.#memory.buffer, address, BATCH_RECORDS)
  }

  #bytesAt(address: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, address, BATCH_RECORDS)
  }
}

function placeColumn(memory: KernelMemory, { kind, optional, nullable }: ColumnSpec): ColumnPlace {
  const size = kind === 'number' ? 8 : kind === 'text' ? 4 : 1
  return {
    cells: memory.alloc(size * BATCH_RECORDS),
    lengths: kind === 'text' ? memory.alloc(4 * BATCH_RECORDS) : 0,
    presence: optional || nullable ? memory.alloc(BATCH_RECORDS) : 0,
  }
}
