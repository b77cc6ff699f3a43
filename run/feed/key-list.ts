// Keys of rows that have changed in one commit, packed.
//
// Promises: memory is bounded; past the bound the list is not complete, and says so.

import { ByteReader, ByteWriter } from '../../core/values/bytes.ts'

export class KeyList {
  readonly #most: number
  #pieces: Uint8Array[] = []
  readonly #w = new ByteWriter(1 << 10)
  readonly #pieceBytes: number
  bytes = 0
  complete = true

  constructor(most: number, pieceBytes: number) {
    this.#most = most
    this.#pieceBytes = pieceBytes
  }

  /** Copies the key. */
  add(source: Uint8Array, start: number, end: number): void {
    if (!this.complete) return
    this.bytes += 4 + end - start
    if (this.bytes > this.#most) return this.giveUp()
    this.#w.u32(end - start)
    this.#w.part(source, start, end)
    if (this.#w.length >= this.#pieceBytes) this.#endPiece()
  }

  giveUp(): void {
    this.complete = false
    this.#pieces = []
    this.#w.reset()
    this.bytes = 0
  }

  /** The packed keys, as `keysIn` reads them. Nothing may be added afterwards. */
  pieces(): readonly Uint8Array[] {
    if (this.#w.length > 0) this.#endPiece()
    return this.#pieces
  }

  #endPiece(): void {
    this.#pieces.push(this.#w.take())
    this.#w.reset()
  }
}

/** The keys of a piece, as parts of it. */
export function* keysIn(piece: Uint8Array): Generator<Uint8Array> {
  const reader = new ByteReader(piece)
  while (!reader.atEnd) yield reader.bytes(reader.u32())
}
