// Zstandard frames (RFC 8878), unpacked block by block.
//
// Promises: neither the window nor the output passes the limit.
// Frames with dictionaries are refused; Kafka writes none.

import type * as Fzstd from 'fzstd'
import { viewOf } from '../batch-header.ts'
import { MalformedBytes } from '../varint-reader.ts'
import { lazyCodec } from './load-codec.ts'
import { TooBig } from './too-big.ts'

const fzstd = lazyCodec<typeof Fzstd>('fzstd')

const MAGIC = 0xfd2fb528
/** Content size field in bytes, by the two highest bits of the frame descriptor (RFC 8878, 3.1.1.1.1). */
const SIZE_BYTES = [0, 2, 4, 8]
const BLOCK_RLE = 1

interface Frame {
  readonly end: number
  readonly windowBytes: number
}

export function decompressZstd(bytes: Uint8Array, bytesMax: number): Uint8Array {
  const parts: Uint8Array[] = []
  let total = 0
  for (let at = 0; at < bytes.length; ) {
    const frame = frameAt(bytes, at)
    if (frame.windowBytes > bytesMax) throw new TooBig(bytesMax)
    const unpack = new (fzstd().Decompress)(part => {
      total += part.length
      if (total > bytesMax) throw new TooBig(bytesMax)
      parts.push(part)
    })
    unpack.push(bytes.subarray(at, frame.end), true)
    at = frame.end
  }
  return Buffer.concat(parts, total)
}

/** Finds the end and the window of the frame at `at` without unpacking it. */
function frameAt(bytes: Uint8Array, at: number): Frame {
  const view = viewOf(bytes)
  if (at + 6 > bytes.length || view.getUint32(at, true) !== MAGIC) {
    throw new MalformedBytes('it does not hold a zstd frame')
  }
  const descriptor = bytes[at + 4] as number
  if ((descriptor & 3) !== 0) throw new MalformedBytes('its zstd frame needs a dictionary')
  const single = (descriptor & 0x20) !== 0
  const sizeCode = descriptor >>> 6
  const sizeBytes = sizeCode === 0 && single ? 1 : (SIZE_BYTES[sizeCode] as number)
  const sizeAt = at + (single ? 5 : 6)
  if (sizeAt + sizeBytes > bytes.length) throw new MalformedBytes('a zstd frame is cut off')
  const windowBytes = single ? contentBytes(view, sizeAt, sizeBytes) : windowOf(bytes[at + 5] as number)
  return { end: endOfBlocks(bytes, sizeAt + sizeBytes, (descriptor & 4) !== 0), windowBytes }
}

function endOfBlocks(bytes: Uint8Array, start: number, checksum: boolean): number {
  let at = start
  for (let last = false; !last; ) {
    if (at + 3 > bytes.length) throw new MalformedBytes('a zstd frame is cut off')
    const head = (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16)
    last = (head & 1) === 1
    at += 3 + (((head >>> 1) & 3) === BLOCK_RLE ? 1 : head >>> 3)
  }
  const end = at + (checksum ? 4 : 0)
  if (end > bytes.length) throw new MalformedBytes('a zstd frame is cut off')
  return end
}

function contentBytes(view: DataView, at: number, sizeBytes: number): number {
  if (sizeBytes === 1) return view.getUint8(at)
  if (sizeBytes === 2) return view.getUint16(at, true) + 256
  return sizeBytes === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true))
}

/** RFC 8878, 3.1.1.1.2. */
function windowOf(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3))
  return base + (base / 8) * (descriptor & 7)
}
