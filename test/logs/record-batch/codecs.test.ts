// The four codecs, compressed by the libraries and by other programs, and decompression bombs in each.

import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import lz4 from 'lz4-napi'
import snappy from 'snappyjs'
import { expect, test } from 'vitest'
import { HEADER_BYTES } from '../../../logs/record-batch/batch-header.ts'
import { CODEC, decompress } from '../../../logs/record-batch/codecs/compression.ts'
import { TooBig } from '../../../logs/record-batch/codecs/too-big.ts'
import { decodeBatches } from '../../../logs/record-batch/decode.ts'
import { MalformedBytes } from '../../../logs/record-batch/varint-reader.ts'
import { encodeBatch, shapedBatch } from '../support/batches.ts'
import { codeOf } from '../support/failures.ts'
import { recordsOf } from '../support/read-log.ts'
import { asRead, numbered } from '../support/records.ts'

/** Frames snappy blocks as the Java client does. */
function xerial(data: Uint8Array, blockBytes: number): Uint8Array {
  const parts: Uint8Array[] = [Buffer.from('82534e41505059000000000100000001', 'hex')]
  for (let at = 0; at < data.length; at += blockBytes) {
    const block = snappy.compress(Uint8Array.from(data.subarray(at, at + blockBytes)))
    const length = Buffer.alloc(4)
    length.writeUInt32BE(block.length)
    parts.push(length, block)
  }
  return Buffer.concat(parts)
}

/** A zstd frame of RLE blocks, 128 kB each (RFC 8878, 3.1.1). */
function zstdBomb(blocks: number): Uint8Array {
  const parts = [Buffer.from('28b52ffd', 'hex'), Buffer.from([0x00, 0x38])]
  for (let i = 0; i < blocks; i++) {
    const head = (i === blocks - 1 ? 1 : 0) | (1 << 1) | (131072 << 3)
    parts.push(Buffer.from([head & 255, (head >> 8) & 255, head >> 16, 0]))
  }
  return Buffer.concat(parts)
}

/** A zstd frame of raw blocks. */
function zstdRaw(data: Uint8Array): Uint8Array {
  const head = 1 | (data.length << 3)
  return Buffer.concat([
    Buffer.from('28b52ffd0038', 'hex'),
    Buffer.from([head & 255, (head >> 8) & 255, head >> 16]),
    data,
  ])
}

const compressors: readonly [string, number, (data: Uint8Array) => Uint8Array][] = [
  ['gzip', CODEC.gzip, data => gzipSync(data)],
  ['snappy, bare', CODEC.snappy, data => snappy.compress(Uint8Array.from(data))],
  ['snappy, xerial, one block', CODEC.snappy, data => xerial(data, 1 << 20)],
  ['snappy, xerial, many blocks', CODEC.snappy, data => xerial(data, 100)],
  ['lz4', CODEC.lz4, data => lz4.compressFrameSync(Buffer.from(data))],
  [
    'lz4 with checksums',
    CODEC.lz4,
    data => lz4.compressFrameSync(Buffer.from(data), { blockChecksums: true, contentChecksum: true }),
  ],
  ['zstd, raw blocks', CODEC.zstd, zstdRaw],
]

test.each(compressors)('records in %s come back as they were', (_, codec, compress) => {
  const records = numbered(200)
  const first = shapedBatch(0n, records, { codec, compress })
  const second = shapedBatch(200n, numbered(3), { codec, compress })
  const { chunks, nextOffset } = decodeBatches(Buffer.concat([first, second, encodeBatch(203n, numbered(2))]), {
    topic: 't',
    partition: 0,
    from: 0n,
  })
  const expected = [...records, ...numbered(3), ...numbered(2)].map((r, i) => asRead(r, BigInt(i)))
  expect(chunks.flatMap(recordsOf)).toEqual(expected)
  expect(nextOffset).toBe(205n)
})

test('zstd frames of the zstd program are read: with and without content size, with a checksum', () => {
  const records = encodeBatch(0n, numbered(40)).subarray(HEADER_BYTES)
  for (const base64 of ZSTD_FIXTURES) {
    const frame = Buffer.from(base64, 'base64')
    expect(Buffer.from(decompress(CODEC.zstd, frame, 1e8)).equals(records)).toBe(true)
    expect(Buffer.from(decompress(CODEC.zstd, Buffer.concat([frame, frame]), 1e8))).toHaveLength(records.length * 2)
  }
})

test.each([
  ['gzip', CODEC.gzip, gzipSync(Buffer.alloc(5_000_000))],
  ['snappy', CODEC.snappy, snappy.compress(new Uint8Array(5_000_000))],
  ['snappy, xerial', CODEC.snappy, xerial(new Uint8Array(5_000_000), 1_000_000)],
  ['lz4', CODEC.lz4, lz4.compressFrameSync(Buffer.alloc(5_000_000))],
  ['zstd', CODEC.zstd, zstdBomb(40)],
] as const)('a bomb of %s ends at the limit', (_, codec, bomb) => {
  expect(() => decompress(codec, bomb, 4_900_000)).toThrow(TooBig)
  expect(decompress(codec, bomb, 6_000_000).length).toBeGreaterThanOrEqual(5_000_000)
})

test('a zstd window beyond the limit is refused before it is allocated', () => {
  expect(() => decompress(CODEC.zstd, Buffer.from('28b52ffd00f8010000', 'hex'), 1e6)).toThrow(TooBig)
})

test('a bomb inside a batch is a failure that names the offsets; so is an unknown codec', async () => {
  const place = { topic: 't', partition: 1, from: 0n }
  // A snappy block that claims to hold 209 MB.
  const bomb = shapedBatch(5n, numbered(3), {
    codec: CODEC.snappy,
    compress: () => Uint8Array.of(0x80, 0x80, 0x80, 0x64, 0),
  })
  expect(() => decodeBatches(bomb, place)).toThrow('t/1 at offsets 5 to 7')
  expect(await codeOf(() => decodeBatches(bomb, place))).toBe('too-big')
  expect(await codeOf(() => decodeBatches(shapedBatch(5n, numbered(3), { codec: 5 }), place))).toBe('unknown-codec')
})

test('damaged compressed bytes give MalformedBytes or bytes, and nothing else', () => {
  const payload = Buffer.from('some bytes to compress, some bytes to compress, some more '.repeat(20))
  fc.assert(
    fc.property(
      fc.constantFrom(...compressors),
      fc.nat(),
      fc.nat({ max: 255 }),
      fc.option(fc.nat()),
      ([, codec, compress], at, byte, cut) => {
        const packed = Buffer.from(compress(payload))
        packed[at % packed.length] = byte
        const damaged = cut === null ? packed : packed.subarray(0, cut % packed.length)
        try {
          decompress(codec, damaged, 100_000)
        } catch (e) {
          if (!(e instanceof MalformedBytes || e instanceof TooBig)) throw e
        }
      },
    ),
    { numRuns: 500 },
  )
})

const ZSTD_FIXTURES = [
  [
    'KLUv/WCGAH0GAGKNJxxAdRoDwzAMU5W0pJstWbK7xNrSkrYkK9ldXJMpU9qu+3w8nk6Hw9lsNJpMpu06DOZyabvOYqlUqoqipomx',
    'KIpEIBC26x4PtuscjkZjvWIw1ieLxTqlUKxLEon1CYFYb4fDOjMY1qVCYT2Sdh2BsE5ZPNXzavEyzyeLNxicU4snEJxLFi8QOJ8W',
    'DwA4b4u31jlbPMRzafEg6DxavD8DLCRQk9cBQKNQeCgSCoXCofAKCq+gUSg8FAmFQuFQeCgSCpdbZ1AUpSxKqdAiMw==',
  ].join(''),
  [
    'KLUv/QRotQYAhhEwHTBz0gHAwMDAJPLbrm9ra9skYGK3/e2TAVLt2O8UJwAnACYAL5FAmE29xMFg9vQSBYLZ0ksMBGZHL/F5ZruX',
    'mDkbeokAwOz2En8WDMadWizuk0JxlxKJe4RA3N3hcIcMhnuD3oOFwv16ie1s6yUyNrsK3bKse0VRd0qS7pNzd6m1eySR3F0kcocg',
    'kHtzj8f9cjjuVqNxrwJf0Xuw07lbHM692mzulEZznzKZu4TB3KPL5e4sljtUqdxbRKHcr8nkHKgQ1lv/N+DXMD5oE7LJaGlKASBQ',
    'qr4=',
  ].join(''),
  [
    'KLUv/QBIBQgAZhg/HiBTkw4ADAAM2LZvbzzf1rYREgGAAADA7Ng7NuCRKTQAOAA1AKnGgoLvRw/vRjc9RGg000MCgtFLDwcGRis9',
    'FBAYnfQwIGD06qHZaNXDc0anHgIAjEZ6+KPGh4fvR6rRweG7STU2NHwzqUYGhu8l1biw8K2kGhUUvpNUY0LC90o1IiB8q1TjwcF3',
    'SjUaGHwjARQU3w9V48TEd6NqbJpvRtW4LN+LqjFJvhVVo1LfiaoRQb6XqlFC4lupGiMivpOqEQLiG1ENP1aNHR3fzaqRg+ObWTVu',
    'bHwvq0YNjW9l1ZiR8Z2sGjEwvteq8eLiW60aLSy+06qxouIbWTUGAA==',
  ].join(''),
]
