// Rows in the order in which they were added, packed; beyond a limit of memory they wait in a file.
//
// Promises: copies what is added (but not a piece); returns the same rows in the same order, any number of times, until
// it is disposed of. A crash leaves no file behind (spill-file.ts).

import { crc32 } from 'node:zlib'
import { type RowChange, type RowReader, rowsBy } from '../../core/state/rows.ts'
import { systemFailure } from '../../host/system-failure.ts'
import { PIECE_BYTES } from '../limits.ts'
import { SpillFile } from './spill-file.ts'

const HEADER_BYTES = 8
const DELETED = 0xffffffff

export class RowQueue {
  readonly #directory: string
  readonly #memoryBytes: number
  /** Full pieces in memory, behind those in the file. */
  #pieces: Uint8Array[] = []
  #piece = new Uint8Array(1 << 12)
  #used = 0
  #file: SpillFile | null = null
  /** Lengths of the pieces in the file, in order. */
  #spilled: number[] = []
  rows = 0

  constructor(directory: string, memoryBytes: number) {
    this.#directory = directory
    this.#memoryBytes = memoryBytes
  }

  get isSpilled(): boolean {
    return this.#file !== null
  }

  /** A null value is a deleted row. */
  add(key: Uint8Array, value: Uint8Array | null): void {
    const size = HEADER_BYTES + key.length + (value === null ? 0 : value.length)
    if (this.#used + size > this.#piece.length) this.#makeRoom(size)
    const piece = this.#piece
    const at = this.#used
    putLength(piece, at, key.length)
    putLength(piece, at + 4, value === null ? DELETED : value.length)
    putPart(piece, at + HEADER_BYTES, key, 0, key.length)
    if (value !== null) putPart(piece, at + HEADER_BYTES + key.length, value, 0, value.length)
    this.#used = at + size
    this.rows++
  }

  /** A row whose key and value are parts of one byte string. */
  addPart(bytes: Uint8Array, keyStart: number, keyEnd: number, valueStart: number, valueEnd: number): void {
    const keyLength = keyEnd - keyStart
    const size = HEADER_BYTES + keyLength + valueEnd - valueStart
    if (this.#used + size > this.#piece.length) this.#makeRoom(size)
    const piece = this.#piece
    const at = this.#used
    putLength(piece, at, keyLength)
    putLength(piece, at + 4, valueEnd - valueStart)
    putPart(piece, at + HEADER_BYTES, bytes, keyStart, keyEnd)
    putPart(piece, at + HEADER_BYTES + keyLength, bytes, valueStart, valueEnd)
    this.#used = at + size
    this.rows++
  }

  /** Adds rows that another queue has packed. The bytes are kept, not copied. */
  addPiece(piece: Uint8Array): void {
    this.#fullPiece()
    this.#pieces.push(piece)
    this.#spillWhereFull()
  }

  changes(): RowReader<RowChange> {
    const pieces = this.pieces()
    let piece = NOTHING
    let at = 0
    return rowsBy(
      () => {
        if (at >= piece.length) {
          const next = pieces.next()
          if (next.done === true) return undefined
          piece = next.value
          at = 0
        }
        const key = at + HEADER_BYTES
        const value = key + lengthAt(piece, at)
        const length = lengthAt(piece, at + 4)
        at = length === DELETED ? value : value + length
        return [piece.subarray(key, value), length === DELETED ? null : piece.subarray(value, at)]
      },
      () => void pieces.return(undefined),
    )
  }

  /** The rows as packed bytes; a row lies in one piece. */
  *pieces(): Generator<Uint8Array> {
    let at = 0
    let checksum = 0
    for (const length of this.#spilled) {
      const piece = new Uint8Array(length)
      this.#file?.read(piece, at)
      at += length
      checksum = crc32(piece, checksum)
      if (at === this.#file?.length) this.#file.check(checksum)
      yield piece
    }
    yield* this.#pieces
    if (this.#used > 0) yield this.#piece.subarray(0, this.#used)
  }

  dispose(): void {
    this.#file?.close()
    this.#file = null
    this.#pieces = []
    this.#spilled = []
    this.#used = 0
    this.rows = 0
  }

  /** Small queues stay small: the first piece doubles, the later ones have the full size. */
  #makeRoom(size: number): void {
    if (this.#piece.length >= PIECE_BYTES) {
      this.#fullPiece()
      this.#piece = new Uint8Array(Math.max(PIECE_BYTES, size))
      return this.#spillWhereFull()
    }
    const next = new Uint8Array(Math.max(this.#piece.length * 2, this.#used + size))
    next.set(this.#piece.subarray(0, this.#used))
    this.#piece = next
  }

  #fullPiece(): void {
    if (this.#used > 0) this.#pieces.push(this.#piece.subarray(0, this.#used))
    this.#piece = this.#piece.subarray(this.#used)
    this.#used = 0
  }

  #spillWhereFull(): void {
    if (this.#pieces.length * PIECE_BYTES > this.#memoryBytes) this.#spill()
  }

  #spill(): void {
    try {
      this.#file ??= new SpillFile(this.#directory)
      for (const piece of this.#pieces) {
        this.#file.append(piece)
        this.#spilled.push(piece.length)
      }
    } catch (e) {
      throw systemFailure(e, this.#directory)
    }
    this.#pieces = []
  }
}

const NOTHING: Uint8Array = new Uint8Array(0)

/** Little-endian. */
const lengthAt = (piece: Uint8Array, at: number): number =>
  ((piece[at] as number) |
    ((piece[at + 1] as number) << 8) |
    ((piece[at + 2] as number) << 16) |
    ((piece[at + 3] as number) << 24)) >>>
  0

/** Little-endian. */
function putLength(piece: Uint8Array, at: number, length: number): void {
  piece[at] = length
  piece[at + 1] = length >>> 8
  piece[at + 2] = length >>> 16
  piece[at + 3] = length >>> 24
}

/** Rows are short, and for those a loop beats a call of `set`. */
function putPart(piece: Uint8Array, at: number, bytes: Uint8Array, start: number, end: number): void {
  if (end - start > 64) piece.set(bytes.subarray(start, end), at)
  else for (let i = start, to = at; i < end; ) piece[to++] = bytes[i++] as number
}
