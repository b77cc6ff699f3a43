// The log in memory keeps the contract of stored logs.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MemoryLog } from '../../logs/memory.ts'
import { codeOf } from './support/failures.ts'
import { allValues, readAll } from './support/read-log.ts'
import { anyRecord, asRead, numbered, record } from './support/records.ts'

test('any records come back as they were, with gaps, in any range and chunk size', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(anyRecord, fc.nat({ max: 3 })), { maxLength: 20 }),
      fc.nat(),
      fc.nat(),
      fc.integer({ min: 1, max: 500 }),
      async (items, a, b, chunkBytes) => {
        const log = new MemoryLog()
        log.createTopic('t', 1)
        let offset = 0n
        const expected = items.map(([item, gap]) => {
          offset += BigInt(gap)
          log.append('t', 0, [item], offset)
          return asRead(item, offset++)
        })
        const [from, to] = [BigInt(a) % (offset + 1n), BigInt(b) % (offset + 1n)]
        const inside = expected.filter(r => r.offset >= from && r.offset < to)
        expect(await readAll(log, 't', 0, from, to, { chunkBytes })).toEqual(inside)
      },
    ),
  )
})

test('ranges, ids and abilities', async () => {
  const log = new MemoryLog()
  log.createTopic('t', 2)
  log.append('t', 1, numbered(3))
  log.skipTo('t', 1, 5n)
  log.trim('t', 1, 1n)
  expect(await log.partitions('t')).toEqual([
    { topic: 't', partition: 0, start: 0n, end: 0n },
    { topic: 't', partition: 1, start: 1n, end: 5n },
  ])
  expect(await allValues(log, 't', 1)).toEqual(['v1', 'v2'])
  expect(await readAll(log, 't', 1, 3n, 5n)).toEqual([])
  expect(await codeOf(() => readAll(log, 't', 1, 0n, 2n))).toBe('range-lost')
  expect(await codeOf(() => readAll(log, 't', 1, 1n, 6n))).toBe('range-lost')
  expect(await codeOf(() => readAll(log, 't', 2, 0n, 0n))).toBe('unknown-topic')
  expect(await codeOf(() => log.partitions('u'))).toBe('unknown-topic')
  expect(await codeOf(() => log.createTopic('../u', 1))).toBe('bad-name')
  const id = await log.topicId('t')
  log.createTopic('t', 1, { timestamps: false, keys: false, headers: false })
  expect(await log.topicId('t')).not.toBe(id)
  log.append('t', 0, [record('a', { timestamp: 7 })])
  expect(await readAll(log, 't', 0, 0n, 1n)).toMatchObject([{ timestamp: null, key: null, value: 'a' }])
  expect(await log.topics()).toEqual(['t'])
})

test('waiting ends with an append, at once where one came since the last call', async () => {
  const log = new MemoryLog()
  log.createTopic('t', 1)
  await log.partitions('t')
  const woken = log.changed(60_000)
  log.append('t', 0, numbered(1))
  await woken
  await log.partitions('t')
  log.append('t', 0, numbered(1))
  await log.changed(60_000)
  await log.changed(5)
  await log.close()
})
