// Snappy as Java clients frame it (xerial: a magic, then blocks with a length each), and bare, as others write it.
//
// Promises: every block is checked before the library gets it, which trusts lengths and could loop for ever.

import type Snappy from 'snappyjs'
import { varintAt, varintEnd } from '../../../core/values/varint.ts'
import { viewOf } from '../batch-header.ts'
import { MalformedBytes } from '../varint-reader.ts'
import { lazyCodec } from './load-codec.ts'
import { TooBig } from './too-big.ts'

const snappy = lazyCodec<typeof Snappy>('snappyjs')

/** 0x82 "SNAPPY" 0x00; then a version and the least compatible version, four bytes each. */
const XERIAL_MAGIC = [0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]
const XERIAL_HEADER_BYTES = 16

export function decompressSnappy(bytes: Uint8Array, bytesMax: number): Uint8Array {
  if (!XERIAL_MAGIC.every((byte, i) => bytes[i] === byte)) return decompressBlock(bytes, bytesMax)
  const blocks: Uint8Array[] = []
  const view = viewOf(bytes)
  let total = 0
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length; ) {
    if (at + 4 > bytes.length) throw new MalformedBytes('a snappy block is cut off')
    const blockBytes = view.getUint32(at)
    at += 4
    if (blockBytes > bytes.length - at) throw new MalformedBytes('a snappy block is cut off')
    const block = decompressBlock(bytes.subarray(at, at + blockBytes), bytesMax - total)
    blocks.push(block)
    total += block.length
    at += blockBytes
  }
  return blocks.length === 1 ? (blocks[0] as Uint8Array) : Buffer.concat(blocks, total)
}

function decompressBlock(block: Uint8Array, bytesMax: number): Uint8Array {
  checkBlock(block, bytesMax)
  return snappy().uncompress(block, bytesMax)
}

/**
 * Walks the elements of a block (format_description.txt of snappy) and checks that they make exactly the length that it
 * declares.
 */
function checkBlock(block: Uint8Array, bytesMax: number): void {
  const head = declaredLength(block)
  if (head.length > bytesMax) throw new TooBig(bytesMax)
  let at = head.at
  let made = 0
  while (at < block.length) {
    const tag = block[at++] as number
    if ((tag & 3) === 0) {
      const short = tag >>> 2
      let length = short + 1
      if (short >= 60) {
        const lengthBytes = short - 59
        length = littleEndian(block, at, lengthBytes) + 1
        at += lengthBytes
      }
      at += length
      made += length
    } else {
      made += (tag & 3) === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1
      at += [0, 1, 2, 4][tag & 3] as number
    }
    if (made > head.length) throw new MalformedBytes('a snappy block is longer than it declares')
  }
  if (at !== block.length || made !== head.length) throw new MalformedBytes('a snappy block is cut off')
}

function declaredLength(block: Uint8Array): { length: number; at: number } {
  const at = varintEnd(block, 0)
  if (at > Math.min(5, block.length)) throw new MalformedBytes('a snappy block has no length')
  return { length: varintAt(block, 0), at }
}

function littleEndian(bytes: Uint8Array, at: number, count: number): number {
  let value = 0
  for (let i = 0; i < count; i++) value += (bytes[at + i] ?? 0) * 256 ** i
  return value
}
