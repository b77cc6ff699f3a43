// Sorting and hashing of rows, in JavaScript.

import { blake2sPart } from '../../values/blake2s.ts'
import { compareRanges } from '../../values/bytes.ts'
import type { Kernel } from '../kernel.ts'
import type { KernelMemory } from '../memory.ts'

export function sortRowsOver(memory: KernelMemory): Kernel['sortRows'] {
  return (table, rowBytes, base, n, order) => {
    const { bytes, view } = memory
    const startOf = (row: number): number => base + view.getUint32(table + row * rowBytes, true)
    const endOf = (row: number): number => base + view.getUint32(table + row * rowBytes + 4, true)
    const rows = Uint32Array.from({ length: n }, (_, row) => row)
    rows.sort((a, b) => compareRanges(bytes, startOf(a), endOf(a), bytes, startOf(b), endOf(b)))
    rows.forEach((row, rank) => {
      view.setUint32(order + 4 * rank, row, true)
    })
  }
}

export function hashRowsOver(memory: KernelMemory): Kernel['hashRows'] {
  const hash = new Uint32Array(4)
  return (table, rowBytes, endAt, base, n, out) => {
    const { bytes, view } = memory
    for (let row = 0; row < n; row++) {
      const at = table + row * rowBytes
      blake2sPart(bytes, base + view.getUint32(at, true), base + view.getUint32(at + endAt, true), hash)
      hash.forEach((word, i) => {
        view.setUint32(out + 16 * row + 4 * i, word, true)
      })
    }
  }
}
