// LZ4 frames (lz4_Frame_format.md): one frame holds a batch's records.
//
// Promises: the frame is walked first, which finds its exact output size; the library then unpacks it. The frame must
// end where the batch ends; content and block checksums are skipped, since the batch's own CRC covers them.

import type * as Lz4 from 'lz4-napi'
import { viewOf } from '../batch-header.ts'
import { MalformedBytes } from '../varint-reader.ts'
import { lazyCodec } from './load-codec.ts'
import { TooBig } from './too-big.ts'

const lz4 = lazyCodec<typeof Lz4>('lz4-napi')

const MAGIC = 0x184d2204
const CONTENT_SIZE_BIT = 0x08
const CONTENT_CHECKSUM_BIT = 0x04
const BLOCK_CHECKSUM_BIT = 0x10
const DICTIONARY_BIT = 0x01
const STORED_BIT = 0x80000000

/** One frame of independent blocks, as Kafka wants it (KIP-57). */
export const compressLz4 = (bytes: Uint8Array): Uint8Array =>
  lz4().compressFrameSync(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))

export function decompressLz4(bytes: Uint8Array, bytesMax: number): Uint8Array {
  const expected = frameOutputBytes(bytes, bytesMax)
  if (expected === 0) return new Uint8Array(0)
  const output = lz4().decompressFrameSync(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (output.length !== expected) throw new MalformedBytes('an lz4 frame is shorter than its blocks say')
  return output
}

function frameOutputBytes(bytes: Uint8Array, bytesMax: number): number {
  const view = viewOf(bytes)
  if (bytes.length < 11 || view.getUint32(0, true) !== MAGIC) throw new MalformedBytes('it does not hold an lz4 frame')
  const flags = bytes[4] as number
  if ((flags & DICTIONARY_BIT) !== 0) throw new MalformedBytes('its lz4 frame needs a dictionary')
  let at = 7 + ((flags & CONTENT_SIZE_BIT) === 0 ? 0 : 8)
  let total = 0
  for (;;) {
    if (at + 4 > bytes.length) throw new MalformedBytes('an lz4 frame is cut off')
    const word = view.getUint32(at, true)
    at += 4
    if (word === 0) break
    const blockBytes = word & ~STORED_BIT
    if (blockBytes > bytes.length - at) throw new MalformedBytes('an lz4 block is cut off')
    total += (word & STORED_BIT) !== 0 ? blockBytes : blockOutputBytes(bytes, at, at + blockBytes)
    if (total > bytesMax) throw new TooBig(bytesMax)
    at += blockBytes + ((flags & BLOCK_CHECKSUM_BIT) === 0 ? 0 : 4)
  }
  at += (flags & CONTENT_CHECKSUM_BIT) === 0 ? 0 : 4
  if (at !== bytes.length) throw new MalformedBytes('bytes stand behind an lz4 frame')
  return total
}

/** Walks the sequences of a block (lz4_Block_format.md): literals, then a match, the last one without a match. */
function blockOutputBytes(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  let made = 0
  const extended = (nibble: number): number => {
    let length = nibble
    if (nibble === 15) {
      let byte: number
      do {
        if (at >= end) throw new MalformedBytes('an lz4 block is cut off')
        byte = bytes[at++] as number
        length += byte
      } while (byte === 255)
    }
    return length
  }
  while (at < end) {
    const token = bytes[at++] as number
    const literals = extended(token >>> 4)
    at += literals
    made += literals
    if (at >= end) break
    at += 2
    made += extended(token & 15) + 4
  }
  if (at !== end) throw new MalformedBytes('an lz4 block is cut off')
  return made
}
