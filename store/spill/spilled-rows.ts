// Sorted rows in a temporary file: written once, read from the start any number of times.
//
// Promises: reading takes one buffer of memory, or one row where that is larger. A row is [key length, 4 bytes][value
// length, 4 bytes][key][value].
// Not here: merging (`row-sorter.ts`).

import { crc32 } from 'node:zlib'
import type { Row, Rows } from '../../core/state/rows.ts'
import { systemFailure } from '../../host/system-failure.ts'
import { SPILL_BUFFER_BYTES } from '../limits.ts'
import { SpillFile } from './spill-file.ts'

export class SpilledRows {
  readonly #file: SpillFile

  /** Throws `disk-full`. */
  constructor(dir: string, rows: Rows) {
    this.#file = new SpillFile(dir)
    try {
      this.#writeAll(rows)
    } catch (e) {
      this.close()
      throw systemFailure(e, dir)
    }
  }

  /** The rows, as parts of buffers that are not written again. */
  *rows(): Generator<Row> {
    const { length } = this.#file
    let buffer: Uint8Array = new Uint8Array(0)
    let view = new DataView(buffer.buffer)
    let at = 0
    let position = 0
    let checksum = 0
    const need = (bytes: number): void => {
      if (at + bytes <= buffer.length) return
      const rest = buffer.subarray(at)
      const wanted = Math.min(Math.max(SPILL_BUFFER_BYTES, bytes), rest.length + length - position)
      buffer = new Uint8Array(wanted)
      buffer.set(rest)
      const part = buffer.subarray(rest.length)
      this.#file.read(part, position)
      position += wanted - rest.length
      checksum = crc32(part, checksum)
      if (position === length) this.#file.check(checksum)
      view = new DataView(buffer.buffer)
      at = 0
    }
    while (at < buffer.length || position < length) {
      need(8)
      const keyEnd = 8 + view.getUint32(at)
      const valueEnd = keyEnd + view.getUint32(at + 4)
      need(valueEnd)
      yield [buffer.subarray(at + 8, at + keyEnd), buffer.subarray(at + keyEnd, at + valueEnd)]
      at += valueEnd
    }
  }

  close(): void {
    this.#file.close()
  }

  #writeAll(rows: Rows): void {
    let buffer = new Uint8Array(SPILL_BUFFER_BYTES)
    let view = new DataView(buffer.buffer)
    let length = 0
    for (const [key, value] of rows) {
      const size = 8 + key.length + value.length
      if (length + size > buffer.length) {
        this.#file.append(buffer.subarray(0, length))
        length = 0
        if (size > buffer.length) buffer = new Uint8Array(size)
        view = new DataView(buffer.buffer)
      }
      view.setUint32(length, key.length)
      view.setUint32(length + 4, value.length)
      buffer.set(key, length + 8)
      buffer.set(value, length + 8 + key.length)
      length += size
    }
    this.#file.append(buffer.subarray(0, length))
  }
}
