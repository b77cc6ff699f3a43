// Rows of a table in the kernel's memory, in the order of their keys.

import type { PackedBlock, PackedRows, TakePart } from '../state/packed-rows.ts'
import type { Row } from '../state/rows.ts'
import { ByteWriter, rotated } from '../values/bytes.ts'
import type { OwnKernel } from './kernel-over.ts'
import { Regions } from './regions.ts'

/** Where rows lie: a table of words, of which each row has some, and what its places are relative to. */
interface PackedPlaces {
  readonly bytes: Uint8Array
  readonly rows: Uint32Array
  /** Words of a row. */
  readonly stride: number
  /** The numbers of the rows, in order. */
  readonly order: Uint32Array
  /** Which word of a row says where the key ends, the value starts and ends; the key starts at the first. */
  readonly keyEnd: number
  readonly valueStart: number
  readonly valueEnd: number
  /** Bytes at the beginning of each key that are read behind the others; default: none. */
  readonly moved?: number
}

/** Bytes of blocks that are packed at once, and how many they may be. */
const OUT_BYTES = 1 << 16
const BLOCKS = 128
/** What blocks were copied to, for the next ones. */
const spare: Uint8Array<ArrayBuffer>[] = []

export class PackedTable implements PackedRows {
  readonly #own: OwnKernel
  readonly #at: PackedPlaces
  readonly #release: () => void
  #disposed = false

  /** `release` is called once, when nobody reads the rows any more. */
  constructor(own: OwnKernel, places: PackedPlaces, release: () => void) {
    this.#own = own
    this.#at = places
    this.#release = release
  }

  get #count(): number {
    return this.#at.order.length
  }

  *blocks(blockBytes: number): Generator<PackedBlock> {
    const regions = new Regions(this.#own.memory)
    const list = regions.words(1 + 3 * BLOCKS)
    let outBytes = Math.max(OUT_BYTES, 2 * blockBytes)
    let out = regions.take(outBytes + 16)
    let copy: Uint8Array<ArrayBuffer> =
      outBytes === OUT_BYTES ? (spare.pop() ?? new Uint8Array(outBytes)) : new Uint8Array(outBytes)
    for (let done = 0; done < this.#count; ) {
      const packed = this.#pack(done, blockBytes, out.byteOffset, outBytes, list)
      for (let i = 0; i < (list[0] as number); i++) {
        const [address, size, rows] = list.subarray(1 + 3 * i, 4 + 3 * i) as unknown as [number, number, number]
        // What is shared among threads cannot be given to the state.
        const bytes = copy.subarray(0, size)
        bytes.set(out.subarray(address - out.byteOffset, address - out.byteOffset + size))
        yield { bytes, rows }
      }
      done += packed
      if (packed > 0) continue
      // One row is larger than all that is there.
      regions.giveBack(out)
      outBytes *= 2
      out = regions.take(outBytes + 16)
      copy = new Uint8Array(outBytes)
    }
    regions.giveAllBack()
    if (copy.length === OUT_BYTES) spare.push(copy)
  }

  #pack(from: number, blockBytes: number, out: number, outBytes: number, list: Uint32Array): number {
    const { bytes, rows, stride, order, keyEnd, valueStart, valueEnd, moved = 0 } = this.#at
    return this.#own.kernel.packBlocks(
      rows.byteOffset,
      4 * stride,
      4 * keyEnd,
      4 * valueStart,
      4 * valueEnd,
      moved,
      bytes.byteOffset,
      order.byteOffset + 4 * from,
      order.length - from,
      blockBytes,
      out,
      outBytes,
      list.byteOffset,
      BLOCKS,
    )
  }

  each(take: TakePart): void {
    const { bytes, rows, stride, order, keyEnd, valueStart, valueEnd, moved = 0 } = this.#at
    if (moved > 0) return this.#eachMoved(take)
    for (const number of order) {
      const row = number * stride
      take(
        bytes,
        rows[row] as number,
        rows[row + keyEnd] as number,
        rows[row + valueStart] as number,
        rows[row + valueEnd] as number,
      )
    }
  }

  #eachMoved(take: TakePart): void {
    const w = new ByteWriter(256)
    for (const [key, value] of this.rows()) {
      w.reset()
      w.bytes(key)
      w.bytes(value)
      take(w.view(), 0, key.length, key.length, w.length)
    }
  }

  /** Row by row, without a copy but where a part of each key is moved. */
  *rows(): Generator<Row> {
    const { bytes, rows, stride, order, keyEnd, valueStart, valueEnd, moved = 0 } = this.#at
    for (const number of order) {
      const row = number * stride
      yield [
        rotated(bytes.subarray(rows[row], rows[row + keyEnd]), moved),
        bytes.subarray(rows[row + valueStart], rows[row + valueEnd]),
      ]
    }
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    this.#release()
  }
}
