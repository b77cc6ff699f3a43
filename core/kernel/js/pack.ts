// Rows of slots by a program, in JavaScript.

import { utf8Text } from '../../scan/text.ts'
import { ByteWriter } from '../../values/bytes.ts'
import { encodeValue } from '../../values/canonical.ts'
import { TEXT } from '../decode/layout.ts'
import type { Kernel } from '../kernel.ts'
import type { KernelMemory } from '../memory.ts'
import { PACK } from '../pack/row-program.ts'
import { lost } from './doubles.ts'

const IS_NUMBER = 1
const IS_NULL = 2
const [NO_TERM, ONE_TERM, TWO_TERMS] = [8, 0x18, 0x28]

/** Where an operation writes to: what it appends to, its slot, and the address of its row. */
interface Row {
  readonly w: ByteWriter
  readonly slot: number
  readonly address: number
  /** Where the writer's first byte will lie. */
  readonly at: number
}

export function packRowsOver(memory: KernelMemory): Kernel['packRows'] {
  const doubleAt = (array: number, index: number): number => memory.view.getFloat64(array + 8 * index, true)
  const wordAt = (array: number, index: number): number => memory.view.getUint32(array + 4 * index, true)
  const byteAt = (array: number, index: number): number => memory.bytes[array + index] as number

  /** What texts are relative to. */
  let base = 0

  const sum = (kind: number, row: Row, cells: number, odd: number, divisors: number): boolean => {
    const { w, slot } = row
    const [high, low] = [doubleAt(cells, 2 * slot), doubleAt(cells, 2 * slot + 1)]
    if (byteAt(odd, slot) !== 0 || Object.is(high, -0)) return false
    const total = high + low
    const rest = lost(high, low, total)
    if (kind === PACK.sum) encodeValue(w, total)
    else if (kind === PACK.mean) {
      const divisor = doubleAt(divisors, slot)
      if (divisor !== 1 && rest !== 0) return false
      encodeValue(w, total / divisor)
    } else {
      w.byte(rest !== 0 ? TWO_TERMS : total !== 0 ? ONE_TERM : NO_TERM)
      if (rest !== 0 || total !== 0) w.f64(total)
      if (rest !== 0) w.f64(rest)
    }
    return true
  }

  /** False where the value is in no array. */
  const run = (operation: number, row: Row): boolean => {
    const { w, slot, address, at } = row
    const [kind, a, b, c] = [0, 1, 2, 3].map(i => wordAt(operation, i)) as [number, number, number, number]
    if (kind === PACK.mark) memory.view.setUint32(address + a, at + w.length, true)
    else if (kind === PACK.slot) memory.view.setUint32(address + a, slot, true)
    else if (kind === PACK.literal) w.part(memory.bytes, a, a + b)
    else if (kind === PACK.number) encodeValue(w, doubleAt(a, slot))
    else if (kind === PACK.double) w.f64(doubleAt(a, slot))
    else if (kind === PACK.part) {
      const number = c === 0 ? slot : wordAt(c, slot)
      const from = wordAt(a, number)
      w.part(memory.bytes, from, from + wordAt(b, number))
    } else if (kind === PACK.cell) {
      if (byteAt(a, slot) !== IS_NUMBER) return false
      encodeValue(w, doubleAt(b, slot))
    } else if (kind === PACK.base) base = wordAt(a, 0)
    else if (kind === PACK.boolean) encodeValue(w, byteAt(a, slot) === 1)
    else if (kind === PACK.text) {
      const from = (base + wordAt(a, slot)) >>> 0
      encodeValue(w, utf8Text(memory.bytes, from, from + (wordAt(b, slot) & TEXT.LENGTH)))
    } else return sum(kind, row, a, b, c)
    return true
  }

  return (program, operations, slots, n, table, rowBytes, bytes, at) => {
    const w = new ByteWriter(256)
    for (let i = 0; i < n; i++) {
      const row = { w, slot: wordAt(slots, i), address: table + i * rowBytes, at }
      w.reset()
      memory.view.setUint32(row.address, at, true)
      for (let k = 0; k < operations; k++) {
        const operation = program + 16 * k
        if (wordAt(operation, 0) >= PACK.present) k += leftOut(memory, operation, row)
        else if (!run(operation, row)) return i
      }
      memory.bytes.set(w.view(), bytes + at)
      at += w.length
    }
    return n
  }
}

/** How many operations behind one are left out for a slot: of a field that is absent, or null, which is written. */
function leftOut({ view, bytes }: KernelMemory, operation: number, { w, slot }: Row): number {
  const presence = bytes[view.getUint32(operation + 4, true) + slot]
  if (view.getUint32(operation, true) === PACK.present) return presence === 0 ? view.getUint32(operation + 8, true) : 0
  if (presence !== IS_NULL) return 0
  encodeValue(w, null)
  return 1
}
