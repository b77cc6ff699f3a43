// The codecs of record batches: gzip, snappy, lz4, zstd.
//
// Promises: output is bounded before it is made, so that a decompression bomb is `TooBig` and does not end the process.
// Not here: turning what is thrown here (`TooBig`, `MalformedBytes`) into failures that name the offsets (`decode.ts`).

import { gunzipSync, gzipSync } from 'node:zlib'
import { messageOf } from '../../../core/errors.ts'
import { MalformedBytes } from '../varint-reader.ts'
import { decompressLz4 } from './lz4.ts'
import { decompressSnappy } from './snappy.ts'
import { TooBig } from './too-big.ts'
import { decompressZstd } from './zstd.ts'

/** Codec numbers of the attributes field. */
export const CODEC = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 } as const

type Decompress = (bytes: Uint8Array, bytesMax: number) => Uint8Array

const DECOMPRESSORS: ReadonlyMap<number, Decompress> = new Map([
  [CODEC.gzip, gunzip],
  [CODEC.snappy, decompressSnappy],
  [CODEC.lz4, decompressLz4],
  [CODEC.zstd, decompressZstd],
])

export const isKnownCodec = (codec: number): boolean => codec === CODEC.none || DECOMPRESSORS.has(codec)

/**
 * The records of a compressed batch. Throws `TooBig` past `bytesMax` and `MalformedBytes` for what the codec cannot
 * read.
 */
export function decompress(codec: number, bytes: Uint8Array, bytesMax: number): Uint8Array {
  const codecOf = DECOMPRESSORS.get(codec)
  if (codecOf === undefined) throw new MalformedBytes(`codec ${codec} is not known`)
  try {
    return codecOf(bytes, bytesMax)
  } catch (e) {
    if (e instanceof TooBig || e instanceof MalformedBytes) throw e
    throw new MalformedBytes(`its compressed bytes cannot be read (${messageOf(e)})`)
  }
}

export const gzip = (bytes: Uint8Array): Uint8Array => gzipSync(bytes)

function gunzip(bytes: Uint8Array, bytesMax: number): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: bytesMax })
  } catch (e) {
    if ((e as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw new TooBig(bytesMax)
    throw e
  }
}
