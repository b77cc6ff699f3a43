// Whole numbers from 0 to 2^53 - 1 in few bytes: seven bits a byte, least significant first, the eighth bit says that more follow.

import type { ByteReader, ByteWriter } from './bytes.ts'

export function writeVarint(w: ByteWriter, value: number): void {
  let rest = value
  for (; rest >= 128; rest = Math.floor(rest / 128)) w.byte((rest % 128) + 128)
  w.byte(rest)
}

export function readVarint(r: ByteReader): number {
  let value = 0
  for (let unit = 1; ; unit *= 128) {
    const byte = r.byte()
    value += (byte % 128) * unit
    if (byte < 128) return value
  }
}
