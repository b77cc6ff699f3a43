// Sorted rows as the blocks of a run, in JavaScript.

import { rotated } from '../../values/bytes.ts'
import { putVarint, varintBytes } from '../../values/varint.ts'
import type { Kernel } from '../kernel.ts'
import type { KernelMemory } from '../memory.ts'

const HEAD = 6

interface Row {
  readonly key: Uint8Array
  readonly value: Uint8Array
}

export function packBlocksOver(memory: KernelMemory): Kernel['packBlocks'] {
  return (
    table,
    rowBytes,
    keyEndAt,
    valueAt,
    valueEndAt,
    moved,
    base,
    order,
    n,
    blockBytes,
    out,
    outBytes,
    list,
    most,
  ) => {
    const { bytes, view } = memory
    const rowAt = (rank: number): Row => {
      const row = table + view.getUint32(order + 4 * rank, true) * rowBytes
      const place = (at: number): number => base + view.getUint32(row + at, true)
      return {
        key: rotated(bytes.subarray(place(0), place(keyEndAt)), moved),
        value: bytes.subarray(place(valueAt), place(valueEndAt)),
      }
    }
    let [count, done, to] = [0, 0, out]
    while (done < n && count < most) {
      const rows: Row[] = []
      let content = 0
      for (let rank = done; rank < n; rank++) {
        const row = rowAt(rank)
        const { key, value } = row
        const more = key.length + value.length
        if (rows.length > 0 && HEAD + 2 * rows.length + content + more + 12 > blockBytes) break
        content += varintBytes(key.length) + varintBytes(value.length + 1) + more
        rows.push(row)
      }
      const size = HEAD + 2 * rows.length + content
      if (to - out + size > outBytes) break
      writeBlock(bytes, view, to, rows)
      for (const [i, word] of [to, size, rows.length].entries())
        view.setUint32(list + 4 + 12 * count + 4 * i, word, true)
      to += size
      done += rows.length
      count++
    }
    view.setUint32(list, count, true)
    return done
  }
}

function writeBlock(bytes: Uint8Array, view: DataView, to: number, rows: readonly Row[]): void {
  view.setUint16(to + 4, rows.length)
  const first = to + HEAD + 2 * rows.length
  let at = first
  for (const [i, { key, value }] of rows.entries()) {
    view.setUint16(to + HEAD + 2 * i, at - first)
    at = putVarint(bytes, at, key.length)
    bytes.set(key, at)
    at = putVarint(bytes, at + key.length, value.length + 1)
    bytes.set(value, at)
    at += value.length
  }
}
