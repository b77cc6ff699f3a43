// Hash, digest, identities and Kafka's partitioner, each against numbers from elsewhere.

import { blake2s as standard } from '@noble/hashes/blake2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToHex, compareBytes } from '../../../core/values/bytes.ts'
import { canonicalBytes, normalise } from '../../../core/values/canonical.ts'
import { childIdentity, recordIdentity, windowIdentity } from '../../../core/values/identity.ts'
import { blake2s, MultisetDigest } from '../../../core/values/multiset-digest.ts'
import { murmur2, partitionFor } from '../../../core/values/murmur2.ts'

const utf8 = new TextEncoder()
const littleEndian = (words: Uint32Array): string => bytesToHex(new Uint8Array(words.buffer.slice(0, 16)))

describe('blake2s', () => {
  it('is BLAKE2s-128 at every length around a block', () => {
    for (let length = 0; length <= 200; length++) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255)
      expect(littleEndian(blake2s(bytes))).toBe(bytesToHex(standard(bytes, { dkLen: 16 })))
    }
  })

  it('is BLAKE2s-128 for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
        expect(littleEndian(blake2s(bytes))).toBe(bytesToHex(standard(bytes, { dkLen: 16 })))
      }),
    )
  })
})

describe('MultisetDigest', () => {
  const rows = fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 12 })

  it('depends on the rows and not on their order or grouping', () => {
    fc.assert(
      fc.property(rows, fc.nat(), (list, cut) => {
        const whole = new MultisetDigest()
        for (const row of list) whole.add(row)
        const [left, right] = [new MultisetDigest(), new MultisetDigest()]
        for (const [i, row] of list.entries()) (i % 3 === cut % 3 ? left : right).add(row)
        right.merge(left)
        expect(right.hex()).toBe(whole.hex())
        expect(right.count).toBe(BigInt(list.length))
        for (const row of [...list].reverse()) whole.remove(row)
        expect([whole.hex(), whole.count]).toEqual([new MultisetDigest().hex(), 0n])
      }),
    )
  })

  it('differs for a row twice, once and not at all', () => {
    const row = utf8.encode('row')
    const of = (n: number): string => {
      const digest = new MultisetDigest()
      for (let i = 0; i < n; i++) digest.add(row)
      return digest.hex()
    }
    expect(new Set([of(0), of(1), of(2)]).size).toBe(3)
    expect(of(1)).toBe(
      bytesToHex(standard(row, { dkLen: 16 }).reverse()), // little-endian words, shown most significant first
    )
  })

  it('survives encoding', () => {
    const digest = new MultisetDigest()
    for (let i = 0; i < 10; i++) digest.add(Uint8Array.of(i))
    const back = MultisetDigest.decode(digest.encode())
    expect([back.hex(), back.count]).toEqual([digest.hex(), 10n])
  })
})

describe('identities', () => {
  it('are canonical nested tuples', () => {
    const record = recordIdentity('t', 3, 5n)
    expect(bytesToHex(record)).toBe(bytesToHex(canonicalBytes(['t', 3, 5n])))
    expect(bytesToHex(childIdentity(record, 2))).toBe(bytesToHex(canonicalBytes([['t', 3, 5n], 2])))
    const key = { a: 1 }
    expect(bytesToHex(windowIdentity(canonicalBytes(key), 0, 10))).toBe(bytesToHex(canonicalBytes([key, 0, 10])))
    expect(normalise(['t', 3, 5n])).toEqual(['t', 3, 5n])
  })

  it('order records by position', () => {
    const positions: [string, number, bigint][] = [
      ['a', 0, 2n],
      ['a', 0, 300n],
      ['a', 2, 0n],
      ['a', 10, 0n],
      ['b', 0, 0n],
    ]
    const bytes = positions.map(([t, p, o]) => recordIdentity(t, p, o))
    expect([...bytes].sort(compareBytes)).toEqual(bytes)
  })
})

describe('murmur2', () => {
  // The values of Kafka's own UtilsTest.
  const known: [string, number][] = [
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ]
  for (const [text, hash] of known) it(`hashes ${text}`, () => expect(murmur2(utf8.encode(text))).toBe(hash))

  it('gives a partition in range', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 1000 }), (key, partitions) => {
        const partition = partitionFor(key, partitions)
        expect(partition >= 0 && partition < partitions && Number.isInteger(partition)).toBe(true)
      }),
    )
  })
})

it('writes hexadecimal digits', () => {
  expect(bytesToHex(new Uint8Array([0, 0xff, 0x7a]))).toBe('00ff7a')
})
