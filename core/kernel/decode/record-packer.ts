// The records of a batch as canonical bytes, from their columns.
//
// Promises: the bytes of the value that the emitted decoder gives, for records that are not odd. A batch is written at
// once, where one of its records is asked for.

import { compareBytes } from '../../values/bytes.ts'
import { canonicalBytes } from '../../values/canonical.ts'
import { fieldStart } from '../../values/object-shape.ts'
import type { Kernel } from '../kernel.ts'
import type { KernelMemory } from '../memory.ts'
import { RowProgram } from '../pack/row-program.ts'
import { Regions } from '../regions.ts'
import type { ColumnPlace } from './layout.ts'
import type { DecodeProgram, FieldShape, ObjectShape } from './program.ts'
import type { Batch } from './text-column.ts'

const EMPTY = canonicalBytes({})
const OBJECT = EMPTY.subarray(0, 1)
const END = EMPTY.subarray(1)

/** Words of a row: where its bytes begin and end. */
const ROW_WORDS = 2
/** The kernel writes up to so many bytes more. */
const MORE = 16

/** Whether every part of a record is in the columns. */
export function isWhole({ fields }: ObjectShape): boolean {
  return fields.every(f => f.used && (f.column !== undefined || (f.object !== undefined && isWhole(f.object))))
}

interface PackerOptions {
  readonly memory: KernelMemory
  readonly kernel: Kernel
  readonly program: DecodeProgram
  readonly places: readonly ColumnPlace[]
  /** The most records of a batch, and the most bytes of all of them. */
  readonly records: number
  readonly bytes: number
}

export class RecordPacker {
  readonly #kernel: Kernel
  readonly #program: { readonly address: number; readonly operations: number }
  readonly #base: Uint32Array
  readonly #slots: Uint32Array
  readonly #rows: Uint32Array
  readonly #bytes: Uint8Array
  /** By record: the row that has it. */
  readonly #rowOf: Uint32Array
  /** Number of the batch that is written. */
  #batch = -1

  constructor({ memory, kernel, program, places, records, bytes }: PackerOptions) {
    this.#kernel = kernel
    const regions = new Regions(memory)
    this.#base = regions.words(1)
    this.#slots = regions.words(records)
    this.#rows = regions.words(ROW_WORDS * records)
    this.#rowOf = new Uint32Array(records)
    const rows = new RowProgram().base(this.#base)
    writeObject(rows, program, program.root, places)
    rows.mark(1)
    this.#program = rows.placed(regions)
    this.#bytes = regions.take(records * rows.mostBytes + bytes + MORE)
  }

  /** The bytes of record i of the batch, valid until the next one; it must not be odd. */
  of(batch: Readonly<Batch>, odd: Uint8Array, i: number): Uint8Array {
    if (batch.number !== this.#batch) this.#write(batch, odd)
    const at = ROW_WORDS * (this.#rowOf[i] as number)
    return this.#bytes.subarray(this.#rows[at], this.#rows[at + 1])
  }

  #write({ number, base, count }: Readonly<Batch>, odd: Uint8Array): void {
    this.#batch = number
    let rows = 0
    for (let i = 0; i < count; i++) {
      if (odd[i] !== 0) continue
      this.#rowOf[i] = rows
      this.#slots[rows++] = i
    }
    this.#base[0] = base
    const { address, operations } = this.#program
    const [slots, table, bytes] = [this.#slots.byteOffset, this.#rows.byteOffset, this.#bytes.byteOffset]
    this.#kernel.packRows(address, operations, slots, rows, table, 4 * ROW_WORDS, bytes, 0)
  }
}

interface Place {
  readonly byteOffset: number
}

const placed = (byteOffset: number): Place => ({ byteOffset })

/** Operations that write an object of fields that are all used. */
function writeObject(
  rows: RowProgram,
  program: DecodeProgram,
  { fields }: ObjectShape,
  places: readonly ColumnPlace[],
) {
  const starts = new Map(fields.map(f => [f, fieldStart(f.name)]))
  const sorted = [...fields].sort((a, b) => compareBytes(starts.get(a) as Uint8Array, starts.get(b) as Uint8Array))
  rows.literal(OBJECT)
  for (const field of sorted) {
    const start = starts.get(field) as Uint8Array
    const write = (): void => {
      rows.literal(start)
      writeValue(rows, program, field, places)
    }
    const place = field.column === undefined ? undefined : places[field.column]
    if (field.optional && place !== undefined) rows.present(placed(place.presence), write)
    else write()
  }
  rows.literal(END)
}

function writeValue(rows: RowProgram, program: DecodeProgram, field: FieldShape, places: readonly ColumnPlace[]): void {
  if (field.column === undefined) return writeObject(rows, program, field.object as ObjectShape, places)
  const { cells, lengths, presence } = places[field.column] as ColumnPlace
  const spec = program.columns[field.column]
  if (spec?.nullable === true) rows.nullable(placed(presence))
  if (spec?.kind === 'number') rows.number(placed(cells))
  else if (spec?.kind === 'text') rows.text(placed(cells), placed(lengths))
  else rows.boolean(placed(cells))
}
