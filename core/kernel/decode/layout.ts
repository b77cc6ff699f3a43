// Where the words of a decode program lie in the kernel's memory.
//
// Promises: little-endian words of 32 bits at the offsets below, the same for both kernels; addresses of 0 stand for
// nothing.

import type { KernelMemory } from '../memory.ts'
import { type ColumnKind, type DecodeProgram, type ObjectShape, TYPE, type ValueShape } from './program.ts'

/** An object: entries used and there, address of the entries, the word of required fields, the first expected entry. */
export const SHAPE = Object.freeze({ COUNT: 0, CAPACITY: 4, ENTRIES: 8, REQUIRED: 16, FIRST: 24, BYTES: 32 })

/**
 * A key of an object: up to 16 bytes of its token (the quoted name and a colon), a mask of those, the token's length
 * and address, the entry that is expected next, the field's address (0: a key that is not declared), its bit.
 */
export const ENTRY = Object.freeze({ MASK: 16, LENGTH: 20, TOKEN: 24, NEXT: 28, FIELD: 32, BIT: 36, BYTES: 48 })
/** Bytes of a token in its entry. */
const ENTRY_TOKEN = 16

/** A value: types, kind of its column, the column's addresses, and what is checked of its parts. */
export const FIELD = Object.freeze({
  TYPES: 0,
  KIND: 4,
  CELLS: 8,
  LENGTHS: 12,
  PRESENCE: 16,
  SHAPE: 20,
  ITEMS: 24,
  LITERALS: 28,
  BYTES: 32,
})

export const KIND: Readonly<Record<ColumnKind, number>> = Object.freeze({ number: 1, text: 2, boolean: 3 })

/**
 * What the kernel leaves: the count of numbers that are still to be read, where it puts texts without their escapes,
 * then, of each number, the address of its cell, its start and its end.
 */
export const LATER = Object.freeze({ TEXTS: 4, FIRST: 16, CELL: 0, START: 4, END: 8, BYTES: 16 })

/**
 * The length of a text, and above it two bits: it lies apart from its record, without its escapes; not all of its bytes
 * are ASCII.
 */
export const TEXT = Object.freeze({ LENGTH: 0x3fff_ffff, ESCAPED: 0x4000_0000, WIDE: 0x8000_0000 })

/** Keys that are not declared, for which an object has room to remember them. */
const LEARNED_MAX = 32

/** Where a column's cells are: doubles; or starts of texts, and their lengths with the bits of TEXT; or bytes. */
export interface ColumnPlace {
  readonly cells: number
  readonly lengths: number
  /** A byte for each record: 0 absent, 1 there, 2 null. 0 where it is always there. */
  readonly presence: number
}

const utf8 = new TextEncoder()

/** Writes a program; returns its address. */
export function placeProgram(memory: KernelMemory, program: DecodeProgram, places: readonly ColumnPlace[]): number {
  const { root, columns } = program
  return new Placer(memory, i => ({
    kind: KIND[columns[i]?.kind as ColumnKind],
    ...(places[i] as ColumnPlace),
  })).object(root)
}

class Placer {
  readonly #memory: KernelMemory
  readonly #columnAt: (index: number) => ColumnPlace & { readonly kind: number }

  constructor(memory: KernelMemory, columnAt: (index: number) => ColumnPlace & { readonly kind: number }) {
    this.#memory = memory
    this.#columnAt = columnAt
  }

  object({ fields }: ObjectShape): number {
    const capacity = fields.length + LEARNED_MAX
    const shape = this.#memory.alloc(SHAPE.BYTES)
    const entries = this.#memory.alloc(capacity * ENTRY.BYTES)
    this.#set(shape + SHAPE.COUNT, fields.length)
    this.#set(shape + SHAPE.CAPACITY, capacity)
    this.#set(shape + SHAPE.ENTRIES, entries)
    let required = 0n
    fields.forEach((field, i) => {
      const entry = entries + i * ENTRY.BYTES
      if (!field.optional) required |= 1n << BigInt(i)
      this.#token(entry, field.name)
      this.#set(entry + ENTRY.NEXT, 0)
      this.#set(entry + ENTRY.FIELD, this.#value(field))
      this.#set(entry + ENTRY.BIT, i)
    })
    this.#set(shape + SHAPE.REQUIRED, Number(required & 0xffff_ffffn))
    this.#set(shape + SHAPE.REQUIRED + 4, Number(required >> 32n))
    this.#set(shape + SHAPE.FIRST, 0)
    return shape
  }

  #token(entry: number, name: string): void {
    const bytes = utf8.encode(`"${name}":`)
    const own = Math.min(bytes.length, ENTRY_TOKEN)
    const token = this.#memory.alloc(bytes.length)
    this.#memory.bytes.set(bytes, token)
    this.#memory.bytes.fill(0, entry, entry + ENTRY_TOKEN)
    this.#memory.bytes.set(bytes.subarray(0, own), entry)
    this.#set(entry + ENTRY.MASK, 2 ** own - 1)
    this.#set(entry + ENTRY.LENGTH, bytes.length)
    this.#set(entry + ENTRY.TOKEN, token)
  }

  #value({ types, column, object, items, literals }: ValueShape): number {
    const field = this.#memory.alloc(FIELD.BYTES)
    const place = column === undefined ? null : this.#columnAt(column)
    this.#set(field + FIELD.TYPES, types)
    this.#set(field + FIELD.KIND, place?.kind ?? 0)
    this.#set(field + FIELD.CELLS, place?.cells ?? 0)
    this.#set(field + FIELD.LENGTHS, place?.lengths ?? 0)
    this.#set(field + FIELD.PRESENCE, place?.presence ?? 0)
    const within = (types & TYPE.OBJECT) !== 0 && object !== undefined ? this.object(object) : 0
    this.#set(field + FIELD.SHAPE, within)
    this.#set(field + FIELD.ITEMS, items === undefined ? 0 : this.#value(items))
    this.#set(field + FIELD.LITERALS, literals === undefined ? 0 : this.#literals(literals))
    return field
  }

  #literals(literals: readonly string[]): number {
    const list = this.#memory.alloc(8 + 8 * literals.length)
    this.#set(list, literals.length)
    literals.forEach((literal, i) => {
      const bytes = utf8.encode(literal)
      const at = this.#memory.alloc(bytes.length)
      this.#memory.bytes.set(bytes, at)
      this.#set(list + 8 + 8 * i, at)
      this.#set(list + 12 + 8 * i, bytes.length)
    })
    return list
  }

  #set(address: number, word: number): void {
    this.#memory.view.setUint32(address, word, true)
  }
}
