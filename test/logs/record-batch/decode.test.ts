// The decoder of record batches against our own encoder, and on what only brokers write.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Chunk } from '../../../core/log/chunk.ts'
import { type DecodeRequest, decodeBatches } from '../../../logs/record-batch/decode.ts'
import { encodeBatch, shapedBatch } from '../support/batches.ts'
import { recordsOf } from '../support/read-log.ts'
import { anyRecord, asRead, bytes, numbered, record } from '../support/records.ts'

const place = { topic: 't', partition: 3 }
const decode = (data: Uint8Array, parts: Partial<DecodeRequest> = {}) =>
  decodeBatches(data, { ...place, from: 0n, ...parts })
const values = (chunks: readonly Chunk[]) => chunks.flatMap(recordsOf).map(r => r.value)

/** Batches of random records at offsets with gaps between them, and what a reader must see. */
const someBatches = fc
  .array(fc.tuple(fc.array(anyRecord, { minLength: 1, maxLength: 5 }), fc.nat({ max: 3 }), fc.boolean()), {
    maxLength: 6,
  })
  .map(parts => {
    let offset = 0n
    const expected: ReturnType<typeof asRead>[] = []
    const batches = parts.map(([records, gap, gzip]) => {
      offset += BigInt(gap)
      const batch = encodeBatch(offset, records, { gzip })
      for (const r of records) expected.push(asRead(r, offset++))
      return batch
    })
    return { batches, expected, end: offset }
  })

test('any records come back as they were, in any cut of the bytes and any range of offsets', () => {
  fc.assert(
    fc.property(someBatches, fc.nat(), fc.nat(), fc.nat(), ({ batches, expected, end }, cut, a, b) => {
      const data = Buffer.concat(batches)
      const whole = decode(data)
      expect(whole.chunks.flatMap(recordsOf)).toEqual(expected)
      expect(whole).toMatchObject({ nextOffset: end, bytesUsed: data.length })
      const at = cut % (data.length + 1)
      const first = decode(data.subarray(0, at))
      const rest = decode(data.subarray(first.bytesUsed), { from: first.nextOffset })
      expect([...first.chunks, ...rest.chunks].flatMap(recordsOf)).toEqual(expected)
      const [from, to] = [BigInt(a % 30), BigInt(b % 30)]
      const range = decode(data, { from, to, chunkBytes: 1 + (a % 300) })
      const inside = expected.filter(r => r.offset >= from && r.offset < to)
      expect(range.chunks.flatMap(recordsOf)).toEqual(inside)
      if (inside.length > 0 || from >= to) expect(range.nextOffset <= to || from >= to).toBe(true)
      expect(range.chunks.at(-1)?.nextOffset ?? range.nextOffset).toBe(range.nextOffset)
    }),
  )
})

test('uncompressed records are not copied, and consecutive batches share a chunk', () => {
  const data = Buffer.concat([
    encodeBatch(0n, numbered(3)),
    encodeBatch(3n, numbered(2, 'w')),
    encodeBatch(9n, numbered(1, 'x')),
  ])
  const { chunks } = decode(data)
  expect(chunks).toHaveLength(1)
  const [chunk] = chunks as [Chunk]
  expect(chunk.bytes).toBe(data)
  expect([...(chunk.offsetDelta ?? [])]).toEqual([0, 1, 2, 3, 4, 9])
  expect(chunk.baseOffset).toBe(0n)
  expect(decode(encodeBatch(7n, numbered(3))).chunks[0]).toMatchObject({
    baseOffset: 7n,
    offsetDelta: null,
    ticks: null,
  })
})

test('offsets stay exact far beyond 2^53, and chunks end where deltas would not fit', () => {
  const far = 2n ** 62n
  const data = Buffer.concat([encodeBatch(5n, numbered(1, 'a')), encodeBatch(far, numbered(2, 'b'))])
  const { chunks, nextOffset } = decode(data)
  expect(chunks.map(c => c.baseOffset)).toEqual([5n, far])
  expect(nextOffset).toBe(far + 2n)
  expect(recordsOf(chunks[1] as Chunk)[1]?.offset).toBe(far + 1n)
})

test('an empty batch and removed records at the end of one move the position on', () => {
  const empty = shapedBatch(4n, [], { extraOffsets: 3 })
  expect(decode(empty)).toMatchObject({ nextOffset: 7n, bytesUsed: empty.length })
  expect(decode(empty).chunks).toMatchObject([{ count: 0, nextOffset: 7n }])
  const compacted = shapedBatch(10n, numbered(2), { extraOffsets: 5 })
  const { chunks, nextOffset } = decode(Buffer.concat([empty, compacted]))
  expect(nextOffset).toBe(17n)
  expect(chunks.map(c => [c.count, c.nextOffset])).toEqual([[2, 17n]])
})

test('with LogAppendTime every record has the time of its batch', () => {
  const { chunks } = decode(shapedBatch(0n, numbered(3), { logAppendTime: 777 }))
  expect([...(chunks[0]?.timestamps ?? [])]).toEqual([777, 777, 777])
})

test('ticks are recognised by header and null value, and by nothing else', () => {
  const tick = [{ key: 'lyrebird-tick', value: null }]
  const records = [
    record(null, { headers: tick, timestamp: 5 }),
    record(null),
    record('', { headers: tick }),
    record(null, {
      headers: [
        { key: 'a', value: bytes('b') },
        { key: 'lyrebird-tick', value: bytes('x') },
      ],
    }),
    record(null, { headers: [{ key: 'lyrebird-tock', value: null }] }),
  ]
  const { chunks } = decode(encodeBatch(0n, records))
  expect([...(chunks[0]?.ticks ?? [])]).toEqual([1, 0, 0, 1, 0])
})

test('hostile and repeated header keys are a list like any other', () => {
  const headers = ['__proto__', 'constructor', '__proto__', 'toString', '', 'a'.repeat(3000)].map((key, i) => ({
    key,
    value: i % 2 === 0 ? null : bytes(String(i)),
  }))
  const { chunks } = decode(encodeBatch(0n, [record('x', { headers })]))
  expect(chunks[0]?.headers(0).map(h => ({ ...h, value: h.value === null ? null : Uint8Array.from(h.value) }))).toEqual(
    headers.map(h => ({ ...h, value: h.value === null ? null : Uint8Array.from(h.value) })),
  )
})

test('in a log without gaps a missing or repeated offset is found', async () => {
  const data = Buffer.concat([encodeBatch(0n, numbered(3)), encodeBatch(4n, numbered(1))])
  expect(values(decode(data).chunks)).toHaveLength(4)
  expect(() => decode(data, { startsAt: 0n })).toThrow('t/3 at offset 3: these offsets are missing')
  expect(() => decode(data, { startsAt: 1n, from: 1n })).toThrow('these offsets are there twice')
  const holes = shapedBatch(0n, numbered(2), { extraOffsets: 1 })
  expect(() => decode(holes, { startsAt: 0n })).toThrow('only 2 of these offsets are there')
})
