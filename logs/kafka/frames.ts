// The length in front of each answer, looked at before its bytes are kept: kafkajs buffers whatever a length claims.
//
// Promises: a length that no answer has, or more than the limit, is found once its four bytes are there. What other
// servers (TLS, HTTP) say instead of an answer is named.
// Not here: what is in the answers (`calls/wire.ts`).

/** Bytes of the length itself, and of the correlation id that each answer begins with. */
const HEAD_BYTES = 4
const LEAST_BYTES = 4

/** Why a length is none. */
interface BadFrame {
  /** `tls`: the other end talks TLS to a client that does not. */
  readonly kind: 'tls' | 'protocol'
  readonly message: string
}

export class FrameCheck {
  readonly #most: number
  #head = 0
  #headBytes = 0
  /** Bytes of the current answer that are still to come. */
  #left = 0

  /** `most`: the largest answer in bytes. */
  constructor(most: number) {
    this.#most = most
  }

  /** Looks at the next bytes of a connection; null where they may be kept. */
  push(bytes: Uint8Array): BadFrame | null {
    for (let at = 0; at < bytes.length; ) {
      if (this.#left > 0) {
        const step = Math.min(this.#left, bytes.length - at)
        this.#left -= step
        at += step
        continue
      }
      this.#head = (this.#head << 8) | (bytes[at++] as number)
      if (++this.#headBytes < HEAD_BYTES) continue
      const length = this.#head
      this.#head = 0
      this.#headBytes = 0
      if (length < LEAST_BYTES || length > this.#most) return badFrame(length, this.#most)
      this.#left = length
    }
    return null
  }
}

/** A TLS record begins with its kind (20 to 23) and version 3. */
const isTls = (length: number): boolean => length >>> 24 >= 20 && length >>> 24 <= 23 && ((length >>> 16) & 0xff) === 3
const isText = (length: number): boolean => [24, 16, 8, 0].every(bits => isPrintable((length >>> bits) & 0xff))
const isPrintable = (byte: number): boolean => byte >= 0x20 && byte < 0x7f

function badFrame(length: number, most: number): BadFrame {
  if (isTls(length)) return { kind: 'tls', message: 'it talks TLS' }
  if (isText(length)) {
    const head = Buffer.alloc(HEAD_BYTES)
    head.writeInt32BE(length)
    return { kind: 'protocol', message: `this is no Kafka broker: it answers "${head.toString('latin1')}..."` }
  }
  const what = length < LEAST_BYTES ? 'no answer is that long' : `the largest that is read has ${most}`
  return { kind: 'protocol', message: `it announces an answer of ${length} bytes; ${what}` }
}
