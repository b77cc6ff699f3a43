// The protocol's types and calls, without a broker: exact integers, hostile lengths, addresses.
//
// Promises: malformed bytes end in an error, never in a wrong number or a needless allocation. The suites with a broker
// prove the layouts.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { endOfBatches } from '../../../logs/kafka/batch-ends.ts'
import { describeTopicCall } from '../../../logs/kafka/calls/describe-configs.ts'
import { fetchCall } from '../../../logs/kafka/calls/fetch.ts'
import { listOffsetsCall } from '../../../logs/kafka/calls/list-offsets.ts'
import { metadataCall } from '../../../logs/kafka/calls/metadata.ts'
import { WireReader, WireWriter } from '../../../logs/kafka/calls/wire.ts'
import { kafkaSettings } from '../../../logs/kafka/settings.ts'

const i32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })
const i64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })

describe('the wire types', () => {
  test('are read back as they were written', () => {
    const values = fc.record({
      i32,
      i64,
      size: fc.nat(),
      flag: fc.boolean(),
      text: fc.string({ unit: 'binary' }),
      list: fc.array(i32),
    })
    fc.assert(
      fc.property(values, fc.uint8Array({ minLength: 16, maxLength: 16 }), (v, id) => {
        const uuid = Buffer.from(id).toString('base64url')
        const w = new WireWriter().i32(v.i32).i64(v.i64).uvarint(v.size).bool(v.flag).string(v.text).uuid(uuid)
        const r = new WireReader(
          w
            .array(v.list, n => w.i32(n))
            .tags()
            .done(),
        )
        const read = { i32: r.i32(), i64: r.i64(), size: r.uvarint(), flag: r.bool(), text: r.string() }
        expect(r.uuid()).toBe(uuid)
        expect({ ...read, list: r.array(() => r.i32()) }).toEqual({ ...v, text: Buffer.from(v.text).toString() })
        r.tags()
        expect(() => r.i8()).toThrow(RangeError)
      }),
    )
  })

  test('an array, string or tag past the end is a RangeError', () => {
    const lie = Buffer.from([0xff, 0xff, 0xff, 0xff, 0x0f])
    expect(() => new WireReader(lie).array(() => 0)).toThrow(RangeError)
    expect(() => new WireReader(lie).string()).toThrow(RangeError)
    expect(() => new WireReader(lie).tags()).toThrow(RangeError)
    expect(() => new WireReader(Buffer.alloc(6, 0xff)).uvarint()).toThrow(RangeError)
    expect(() => new WireReader(Buffer.from([0])).string()).toThrow(RangeError)
    expect(() => new WireWriter().uuid('short')).toThrow(RangeError)
  })
})

test('any bytes are an answer or a RangeError, for each call', () => {
  const calls = [
    metadataCall(null),
    listOffsetsCall('t', [{ partition: 0, leaderEpoch: -1 }], -1n),
    fetchCall({ topics: [], maxWaitMs: 0, maxBytes: 1 }),
    describeTopicCall('t', []),
  ]
  fc.assert(
    fc.property(fc.constantFrom(...calls), fc.uint8Array({ maxLength: 80 }), (call, bytes) => {
      try {
        call.decode(Buffer.from(bytes))
      } catch (e) {
        expect(e).toBeInstanceOf(RangeError)
      }
    }),
  )
})

test('any bytes have an end of batches or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      const end = endOfBatches(bytes, 5n)
      expect(end === null || typeof end.offset === 'bigint').toBe(true)
    }),
  )
})

describe('an address', () => {
  test.each([
    'kafka://',
    'kafka://host',
    'kafka://host:0',
    'kafka://host:65536',
    'kafka://a:1,,b:2',
    'kafka://a b:1',
    'http://a:1',
  ])('%s is a usage error', spec => {
    expect(() => kafkaSettings(spec, {})).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  test('never holds a password, and the message does not repeat it', () => {
    const failure = expect.objectContaining({ code: 'usage', message: expect.not.stringContaining('secret') })
    expect(() => kafkaSettings('kafka://user:secret@host:1', {})).toThrow(failure)
  })
})
