// Bytes: a growing writer, a reader, comparison, and texts of byte strings.
//
// Promises: typed arrays only; a reader throws where it would read past its end.
// Not here: what bytes mean (`canonical.ts`).

const EMPTY = new Uint8Array(0)
/** Up to this many bytes are copied faster one by one than by a call of the engine. */
const FEW = 32

/** Where a writer gets its buffers from. */
export interface Buffers {
  /** At least so many bytes. */
  take(bytes: number): Uint8Array
  /** A buffer that the writer has no more use for. */
  giveBack(buffer: Uint8Array): void
}

const OWN: Buffers = { take: bytes => new Uint8Array(bytes), giveBack: () => {} }

/** Appends to a buffer that doubles when it is full. Numbers are big-endian, so that byte order is numeric order. */
export class ByteWriter {
  readonly #buffers: Buffers
  #u8: Uint8Array
  #view: DataView
  #length = 0

  constructor(capacity = 64, buffers: Buffers = OWN) {
    this.#buffers = buffers
    this.#u8 = buffers.take(capacity)
    this.#view = viewOf(this.#u8)
  }

  get length(): number {
    return this.#length
  }

  byte(value: number): void {
    if (this.#length === this.#u8.length) this.#grow(1)
    this.#u8[this.#length++] = value
  }

  u32(value: number): void {
    if (this.#length + 4 > this.#u8.length) this.#grow(4)
    this.#view.setUint32(this.#length, value)
    this.#length += 4
  }

  f64(value: number): void {
    if (this.#length + 8 > this.#u8.length) this.#grow(8)
    this.#view.setFloat64(this.#length, value)
    this.#length += 8
  }

  bytes(whole: Uint8Array): void {
    this.part(whole, 0, whole.length)
  }

  /** Appends a part of a byte string. */
  part(source: Uint8Array, start: number, end: number): void {
    const length = end - start
    if (this.#length + length > this.#u8.length) this.#grow(length)
    if (length > FEW) this.#u8.set(length === source.length ? source : source.subarray(start, end), this.#length)
    else for (let i = 0; i < length; i++) this.#u8[this.#length + i] = source[start + i] as number
    this.#length += length
  }

  /**
   * The buffer itself with room for `more` bytes from `length` on; `advance` says how many were written. For tight
   * loops.
   */
  reserve(more: number): Uint8Array {
    if (this.#length + more > this.#u8.length) this.#grow(more)
    return this.#u8
  }

  advance(written: number): void {
    this.#length += written
  }

  /** The bytes so far, without a copy: valid until the next write. */
  view(): Uint8Array {
    return this.#u8.subarray(0, this.#length)
  }

  /** A copy of the bytes so far. */
  take(): Uint8Array {
    return this.#u8.slice(0, this.#length)
  }

  /** Forgets the bytes from `length` on. */
  reset(length = 0): void {
    this.#length = length
  }

  #grow(more: number): void {
    const bigger = this.#buffers.take(Math.max(this.#u8.length * 2, this.#length + more))
    bigger.set(this.#u8.subarray(0, this.#length))
    this.#buffers.giveBack(this.#u8)
    this.#u8 = bigger
    this.#view = viewOf(bigger)
  }
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length)

/** Reads from a byte string. Throws RangeError past the end. */
export class ByteReader {
  readonly source: Uint8Array
  position: number

  constructor(source: Uint8Array, position = 0) {
    this.source = source
    this.position = position
  }

  get atEnd(): boolean {
    return this.position >= this.source.length
  }

  byte(): number {
    return this.source[this.#step(1)] as number
  }

  u32(): number {
    const { source } = this
    const at = this.#step(4)
    const low = ((source[at + 1] as number) << 16) | ((source[at + 2] as number) << 8) | (source[at + 3] as number)
    return (source[at] as number) * 0x1000000 + low
  }

  f64(): number {
    const { buffer, byteOffset } = this.source
    return new DataView(buffer, byteOffset).getFloat64(this.#step(8))
  }

  /** A view of the next bytes, without a copy. */
  bytes(length: number): Uint8Array {
    const start = this.#step(length)
    return this.source.subarray(start, start + length)
  }

  stepOver(length: number): void {
    this.#step(length)
  }

  /** Steps over the next bytes and returns where they begin. */
  #step(length: number): number {
    const start = this.position
    if (length < 0 || start + length > this.source.length) throw new RangeError('bytes end before the value does')
    this.position = start + length
    return start
  }
}

/** Order of byte strings: byte by byte, unsigned; a prefix comes first. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const difference = (a[i] as number) - (b[i] as number)
    if (difference !== 0) return difference
  }
  return a.length - b.length
}

/** Order of two parts: byte by byte, unsigned; a prefix comes first. */
export function compareRanges(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): number {
  const length = Math.min(aEnd - aStart, bEnd - bStart)
  for (let i = 0; i < length; i++) {
    const difference = (a[aStart + i] as number) - (b[bStart + i] as number)
    if (difference !== 0) return difference
  }
  return aEnd - aStart - (bEnd - bStart)
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function bytesToHex(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i++) text += HEX[bytes[i] as number]
  return text
}

/** The bytes of an even number of hexadecimal digits. */
export function hexToBytes(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g) ?? [], pair => Number.parseInt(pair, 16))
}

/** A string with one UTF-16 unit for each byte: byte strings as keys of a Map. */
export function bytesToLatin1(bytes: Uint8Array): string {
  if (bytes.length > 4096) {
    let text = ''
    for (let i = 0; i < bytes.length; i += 4096) text += bytesToLatin1(bytes.subarray(i, i + 4096))
    return text
  }
  return String.fromCharCode.apply(null, bytes as unknown as number[])
}

/** The bytes with the first n of them behind the others; themselves where that changes nothing. */
export function rotated(bytes: Uint8Array, n: number): Uint8Array {
  if (n === 0 || n === bytes.length) return bytes
  const moved = new Uint8Array(bytes.length)
  moved.set(bytes.subarray(n))
  moved.set(bytes.subarray(0, n), bytes.length - n)
  return moved
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 0) return EMPTY
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
