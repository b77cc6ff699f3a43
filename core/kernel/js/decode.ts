// JSON records into columns by a program, in JavaScript.
//
// Promises: the columns and odd marks of `kernel/assembly/decode.ts`, by other means: the scanners of `core/scan`, a
// value at a time, without expectations.

import { numberRead, readNumber, skipNumber } from '../../scan/number.ts'
import { skipAny, skipBlanks } from '../../scan/skip.ts'
import { isAscii, isUtf8, skipText, utf8Text } from '../../scan/text.ts'
import { ENTRY, FIELD, KIND, LATER, SHAPE, TEXT } from '../decode/layout.ts'
import { TYPE } from '../decode/program.ts'
import type { Kernel } from '../kernel.ts'
import type { KernelMemory } from '../memory.ts'

const SLASH = 0x5c
const utf8 = new TextEncoder()

export function decodeOver(memory: KernelMemory): Kernel['decode'] {
  return (program, base, starts, ends, n, odd, later) => {
    const reader = new RecordReader(memory, base, later)
    const { bytes, view } = memory
    let odds = 0
    for (let i = 0; i < n; i++) {
      const start = view.getInt32(starts + 4 * i, true)
      const from = (base + start) >>> 0
      const end = (base + view.getInt32(ends + 4 * i, true)) >>> 0
      const taken = start >= 0 && isUtf8(bytes, from, end) && reader.takes(program, from, end, i)
      bytes[odd + i] = taken ? 0 : 1
      if (!taken) odds++
    }
    return odds
  }
}

class RecordReader {
  readonly #b: Uint8Array
  readonly #v: DataView
  readonly #base: number
  readonly #later: number
  /** Where the next text goes whose escapes are resolved. */
  #texts: number
  #end = 0
  #i = 0

  constructor({ bytes, view }: KernelMemory, base: number, later: number) {
    this.#b = bytes
    this.#v = view
    this.#base = base
    this.#later = later
    view.setUint32(later, 0, true)
    this.#texts = view.getUint32(later + LATER.TEXTS, true)
  }

  takes(shape: number, from: number, end: number, i: number): boolean {
    this.#end = end
    this.#i = i
    const texts = this.#texts
    const p = this.#blanks(from)
    const stop = p < end && this.#b[p] === 0x7b ? this.#object(p, shape) : -1
    const taken = stop >= 0 && this.#blanks(stop) === end
    if (!taken) this.#texts = texts
    return taken
  }

  #word(address: number): number {
    return this.#v.getUint32(address, true)
  }

  #blanks(p: number): number {
    return skipBlanks(this.#b, p, this.#end)
  }

  /** The place behind the object at p; -1 where the record is odd, as everywhere below. */
  #object(at: number, shape: number): number {
    const seen = new Set<number>()
    let p = this.#blanks(at + 1)
    if (p < this.#end && this.#b[p] === 0x7d) p++
    else {
      for (;;) {
        const stop = this.#textEnd(p)
        if (stop < 0 || this.#b.subarray(p, stop).includes(SLASH)) return -1
        const entry = this.#entryOf(shape, p + 1, stop - 1)
        p = this.#blanks(stop)
        if (p >= this.#end || this.#b[p] !== 0x3a) return -1
        p = this.#blanks(p + 1)
        if (entry === undefined) p = skipAny(this.#b, this.#v, p, this.#end, 0)
        else {
          if (seen.has(entry)) return -1
          seen.add(entry)
          p = this.#value(p, this.#word(entry + ENTRY.FIELD))
        }
        if (p < 0) return -1
        p = this.#blanks(p)
        if (p >= this.#end) return -1
        if (this.#b[p] === 0x7d) break
        if (this.#b[p] !== 0x2c) return -1
        p = this.#blanks(p + 1)
      }
      p++
    }
    return this.#hasRequired(shape, seen) ? p : -1
  }

  *#declared(shape: number): Generator<number> {
    const entries = this.#word(shape + SHAPE.ENTRIES)
    for (let k = 0; k < this.#word(shape + SHAPE.COUNT); k++) {
      const entry = entries + k * ENTRY.BYTES
      if (this.#word(entry + ENTRY.FIELD) !== 0) yield entry
    }
  }

  #entryOf(shape: number, from: number, to: number): number | undefined {
    for (const entry of this.#declared(shape)) {
      const length = this.#word(entry + ENTRY.LENGTH) - 3
      if (length === to - from && this.#isSame(this.#word(entry + ENTRY.TOKEN) + 1, from, length)) return entry
    }
    return undefined
  }

  #hasRequired(shape: number, seen: ReadonlySet<number>): boolean {
    for (const entry of this.#declared(shape)) {
      const bit = this.#word(entry + ENTRY.BIT)
      const word = this.#word(shape + SHAPE.REQUIRED + (bit < 32 ? 0 : 4))
      if (((word >>> (bit & 31)) & 1) === 1 && !seen.has(entry)) return false
    }
    return true
  }

  #isSame(a: number, b: number, length: number): boolean {
    for (let k = 0; k < length; k++) if (this.#b[a + k] !== this.#b[b + k]) return false
    return true
  }

  /** The place behind the string whose opening quote is at p. */
  #textEnd(p: number): number {
    return p < this.#end && this.#b[p] === 0x22 ? skipText(this.#b, this.#v, p + 1, this.#end) : -1
  }

  #value(p: number, field: number): number {
    if (p >= this.#end) return -1
    const types = this.#word(field + FIELD.TYPES)
    const may = (type: number): boolean => (types & type) !== 0
    switch (this.#b[p]) {
      case 0x22:
        return may(TYPE.STRING) ? this.#text(p, field) : -1
      case 0x7b:
        return may(TYPE.OBJECT) ? this.#part(p, this.#word(field + FIELD.SHAPE)) : -1
      case 0x5b:
        return may(TYPE.ARRAY) ? this.#array(p, this.#word(field + FIELD.ITEMS)) : -1
      case 0x74:
        return may(TYPE.TRUE) ? this.#constant(p, field, 1, 1) : -1
      case 0x66:
        return may(TYPE.FALSE) ? this.#constant(p, field, 0, 1) : -1
      case 0x6e:
        return may(TYPE.NULL) ? this.#constant(p, field, 0, 2) : -1
      default:
        return may(TYPE.NUMBER | TYPE.INTEGER) ? this.#number(p, field, types) : -1
    }
  }

  #part(p: number, shape: number): number {
    return shape === 0 ? skipAny(this.#b, this.#v, p, this.#end, 0) : this.#object(p, shape)
  }

  #constant(p: number, field: number, cell: number, how: number): number {
    const stop = skipAny(this.#b, this.#v, p, this.#end, 0)
    if (stop < 0) return -1
    const kind = this.#word(field + FIELD.KIND)
    if (kind === KIND.boolean && how === 1) this.#b[this.#word(field + FIELD.CELLS) + this.#i] = cell
    if (kind !== 0) this.#present(field, how)
    return stop
  }

  #present(field: number, how: number): void {
    const presence = this.#word(field + FIELD.PRESENCE)
    if (presence !== 0) this.#b[presence + this.#i] = how
  }

  #text(p: number, field: number): number {
    const stop = this.#textEnd(p)
    if (stop < 0) return -1
    const length = stop - p - 2
    const escaped = this.#b.subarray(p, stop).includes(SLASH)
    const literals = this.#word(field + FIELD.LITERALS)
    if (literals !== 0 && (escaped || !this.#isLiteral(literals, p + 1, length))) return -1
    if (this.#word(field + FIELD.KIND) !== KIND.text) return stop
    const placed = escaped ? this.#putApart(p, stop) : { start: p + 1, length, flags: 0 }
    if (placed === null) return -1
    const wide = isAscii(this.#v, placed.start, placed.start + placed.length) ? 0 : TEXT.WIDE
    this.#v.setUint32(this.#word(field + FIELD.CELLS) + 4 * this.#i, placed.start - this.#base, true)
    this.#v.setUint32(this.#word(field + FIELD.LENGTHS) + 4 * this.#i, placed.length + placed.flags + wide, true)
    this.#present(field, 1)
    return stop
  }

  /** Puts the characters of the JSON string [from, to) apart; null for those of which the kernel is not sure. */
  #putApart(from: number, to: number): { start: number; length: number; flags: number } | null {
    const text = JSON.parse(utf8Text(this.#b, from, to)) as string
    if (text.includes('\0') || /\p{Surrogate}/u.test(text)) return null
    const bytes = utf8.encode(text)
    const start = this.#texts
    this.#b.set(bytes, start)
    this.#texts += bytes.length
    return { start, length: bytes.length, flags: TEXT.ESCAPED }
  }

  #isLiteral(list: number, p: number, length: number): boolean {
    for (let k = 0; k < this.#word(list); k++) {
      const at = list + 8 + 8 * k
      if (this.#word(at + 4) === length && this.#isSame(this.#word(at), p, length)) return true
    }
    return false
  }

  #number(p: number, field: number, types: number): number {
    const stop = skipNumber(this.#b, p, this.#end)
    if (stop < 0) return -1
    const digits = this.#b.subarray(p, stop)
    if ((types & TYPE.NUMBER) === 0 && [0x2e, 0x65, 0x45].some(c => digits.includes(c))) return -1
    if (this.#word(field + FIELD.KIND) !== KIND.number) return stop
    const cell = this.#word(field + FIELD.CELLS) + 8 * this.#i
    this.#present(field, 1)
    if (isExactInTwo(digits)) {
      readNumber(this.#b, p, stop)
      this.#v.setFloat64(cell, numberRead[0] as number, true)
      return stop
    }
    const count = this.#word(this.#later)
    const entry = this.#later + LATER.FIRST + count * LATER.BYTES
    this.#v.setUint32(entry + LATER.CELL, cell, true)
    this.#v.setUint32(entry + LATER.START, p - this.#base, true)
    this.#v.setUint32(entry + LATER.END, stop - this.#base, true)
    this.#v.setUint32(this.#later, count + 1, true)
    return stop
  }

  #array(at: number, items: number): number {
    if (items === 0) return skipAny(this.#b, this.#v, at, this.#end, 0)
    let p = this.#blanks(at + 1)
    if (p < this.#end && this.#b[p] === 0x5d) return p + 1
    for (;;) {
      p = this.#value(p, items)
      if (p < 0) return -1
      p = this.#blanks(p)
      if (p >= this.#end) return -1
      if (this.#b[p] === 0x5d) return p + 1
      if (this.#b[p] !== 0x2c) return -1
      p = this.#blanks(p + 1)
    }
  }
}

/** Whether a number has at most 19 digits, no more than 2^53 of them, and a power of ten of at most 22. */
function isExactInTwo(text: Uint8Array): boolean {
  const [, whole = '', fraction = '', exponent = '0'] =
    /^-?(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(String.fromCharCode(...text)) ?? []
  if (whole.length + fraction.length > 19) return false
  return BigInt(whole + fraction) <= 2n ** 53n && Math.abs(Number(exponent) - fraction.length) <= 22
}
