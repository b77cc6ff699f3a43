// The primitive types of Kafka's protocol in its flexible form (KIP-482): big-endian integers, compact strings and
// arrays, tagged fields.
//
// Promises: exact 64-bit integers; a reader never reads past its end (RangeError) nor allocates memory for a length
// that cannot be there; unknown tagged fields are skipped.
// Not here: which fields there are, and in which order (the calls).

import { putVarint, varintAt, varintBytes, varintEnd } from '../../../core/values/varint.ts'

/** One request of the protocol and its answer. `encode` and `decode` begin with the header's tagged fields. */
export interface ApiCall<Answer> {
  readonly apiKey: number
  readonly apiVersion: number
  readonly apiName: string
  encode(): Buffer
  /** Throws RangeError where the bytes are not an answer of this call. */
  decode(bytes: Buffer): Answer
}

export class WireWriter {
  readonly #parts: Buffer[] = []

  i8(value: number): this {
    return this.#fixed(1, b => b.writeInt8(value))
  }

  i16(value: number): this {
    return this.#fixed(2, b => b.writeInt16BE(value))
  }

  i32(value: number): this {
    return this.#fixed(4, b => b.writeInt32BE(value))
  }

  i64(value: bigint): this {
    return this.#fixed(8, b => b.writeBigInt64BE(value))
  }

  bool(value: boolean): this {
    return this.i8(value ? 1 : 0)
  }

  /** Base-128, least significant group first. */
  uvarint(value: number): this {
    return this.#fixed(varintBytes(value), b => putVarint(b, 0, value))
  }

  /** A UUID as Kafka prints it: 22 characters of base64url, 16 bytes. */
  uuid(text: string): this {
    const bytes = Buffer.from(text, 'base64url')
    if (bytes.length !== 16) throw new RangeError(`"${text}" is not a topic id`)
    this.#parts.push(bytes)
    return this
  }

  string(text: string): this {
    const bytes = Buffer.from(text, 'utf8')
    this.uvarint(bytes.length + 1)
    this.#parts.push(bytes)
    return this
  }

  /** A string that is not there. */
  nullString(): this {
    return this.uvarint(0)
  }

  bytes(bytes: Uint8Array): this {
    this.uvarint(bytes.length + 1)
    this.#parts.push(Buffer.from(bytes))
    return this
  }

  /** A compact array; null has a form of its own. */
  array<T>(items: readonly T[] | null, each: (item: T) => void): this {
    this.uvarint(items === null ? 0 : items.length + 1)
    for (const item of items ?? []) each(item)
    return this
  }

  /** An array of one topic, with an array of its partitions. */
  topicPartitions<T>(topic: string, partitions: readonly T[], each: (partition: T) => void): this {
    return this.array([topic], name => {
      this.string(name).array(partitions, each).tags()
    })
  }

  /** An empty set of tagged fields: the end of each structure, and of the request header. */
  tags(): this {
    return this.uvarint(0)
  }

  done(): Buffer {
    return Buffer.concat(this.#parts)
  }

  #fixed(size: number, write: (b: Buffer) => void): this {
    const bytes = Buffer.alloc(size)
    write(bytes)
    this.#parts.push(bytes)
    return this
  }
}

export class WireReader {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  i8(): number {
    return this.#bytes.readInt8(this.#move(1))
  }

  i16(): number {
    return this.#bytes.readInt16BE(this.#move(2))
  }

  i32(): number {
    return this.#bytes.readInt32BE(this.#move(4))
  }

  i64(): bigint {
    return this.#bytes.readBigInt64BE(this.#move(8))
  }

  bool(): boolean {
    return this.i8() !== 0
  }

  uvarint(): number {
    const length = varintEnd(this.#bytes, this.#at) - this.#at
    if (length > 5) throw new RangeError('a varint of more than five bytes')
    return varintAt(this.#bytes, this.#move(length))
  }

  uuid(): string {
    return this.#take(16).toString('base64url')
  }

  nullableString(): string | null {
    const bytes = this.bytes()
    return bytes === null ? null : bytes.toString('utf8')
  }

  string(): string {
    const text = this.nullableString()
    if (text === null) throw new RangeError('null where a string must be')
    return text
  }

  /** Compact nullable bytes: a view, not a copy. */
  bytes(): Buffer | null {
    const length = this.uvarint()
    return length === 0 ? null : this.#take(length - 1)
  }

  /** A compact array; null gives an empty one. */
  array<T>(each: () => T): T[] {
    const length = this.uvarint() - 1
    // Every element takes at least one byte, so a length beyond the rest is wrong.
    if (length > this.#bytes.length - this.#at) throw new RangeError(`an array of ${length} elements cannot be here`)
    const items: T[] = []
    for (let i = 0; i < length; i++) items.push(each())
    return items
  }

  /** An array of topics, each with an array: what `each` reads, of all topics. */
  topicPartitions<T>(each: () => T): T[] {
    const topics = this.array(() => {
      this.string()
      const partitions = this.array(each)
      this.tags()
      return partitions
    })
    return topics.flat()
  }

  /** The tagged fields at the end of a structure; `each` gets every one of them. */
  tags(each: (tag: number, field: WireReader) => void = () => {}): void {
    for (let left = this.uvarint(); left > 0; left--) {
      const tag = this.uvarint()
      each(tag, new WireReader(this.#take(this.uvarint())))
    }
  }

  #take(length: number): Buffer {
    const at = this.#move(length)
    return this.#bytes.subarray(at, at + length)
  }

  #move(length: number): number {
    const at = this.#at
    if (length > this.#bytes.length - at) throw new RangeError(`the answer ends after ${this.#bytes.length} bytes`)
    this.#at = at + length
    return at
  }
}
