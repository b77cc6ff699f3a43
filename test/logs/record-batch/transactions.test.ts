// Aborted transactions: from a list, as a broker gives it, and from the markers in segments copied from one. The model
// is a log written by hand in which each batch knows the fate of its transaction.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openLog } from '../../../logs/index.ts'
import { AbortedFilter, type AbortedTransaction } from '../../../logs/record-batch/aborted-transactions.ts'
import { decodeBatches } from '../../../logs/record-batch/decode.ts'
import { encodeBatch, inTransaction, marker, shapedBatch } from '../support/batches.ts'
import { temporaryDirectory, writeFiles } from '../support/directories.ts'
import { codeOf } from '../support/failures.ts'
import { readAll, recordsOf } from '../support/read-log.ts'
import { bytes, record } from '../support/records.ts'

function committed(data: readonly Uint8Array[], aborted: readonly AbortedTransaction[], from = 0n): (string | null)[] {
  const request = { topic: 't', partition: 0, from, aborted: new AbortedFilter(aborted) }
  return decodeBatches(Buffer.concat(data), request)
    .chunks.flatMap(recordsOf)
    .map(r => r.value)
}

test('two overlapping transactions, the later one aborted first: the list comes in order of completion', () => {
  const log = [
    inTransaction(1n, 0n, ['a', 'b']),
    inTransaction(2n, 2n, ['c']),
    inTransaction(1n, 3n, ['d']),
    marker(2n, 4n, 'abort'),
    inTransaction(1n, 5n, ['e']),
    marker(1n, 6n, 'abort'),
    inTransaction(1n, 7n, ['z']),
    marker(1n, 8n, 'commit'),
  ]
  const list = [
    { producerId: 2n, firstOffset: 2n },
    { producerId: 1n, firstOffset: 0n },
  ]
  expect(committed(log, list)).toEqual(['z'])
  expect(committed(log, [...list].reverse())).toEqual(['z'])
})

test('a key of four zero bytes is a key, not the end of a transaction', () => {
  const zeros = new Uint8Array(4)
  const log = [
    inTransaction(1n, 0n, ['a']),
    inTransaction(1n, 1n, ['b'], zeros),
    inTransaction(1n, 2n, ['c']),
    marker(1n, 3n, 'abort'),
    inTransaction(2n, 4n, ['d'], zeros),
    marker(2n, 5n, 'commit'),
  ]
  expect(committed(log, [{ producerId: 1n, firstOffset: 0n }])).toEqual(['d'])
})

test('a read that begins inside two overlapping aborted transactions delivers nothing of either', () => {
  const log = [
    inTransaction(2n, 3n, ['b']),
    inTransaction(1n, 4n, ['c']),
    marker(2n, 5n, 'abort'),
    marker(1n, 6n, 'abort'),
    encodeBatch(7n, [record('plain')]),
  ]
  const list = [
    { producerId: 2n, firstOffset: 1n },
    { producerId: 1n, firstOffset: 0n },
  ]
  expect(committed(log, list, 3n)).toEqual(['plain'])
})

test('several aborted transactions of one producer, with a committed one between them', () => {
  const log = [
    inTransaction(1n, 0n, ['a']),
    marker(1n, 1n, 'abort'),
    inTransaction(1n, 2n, ['b']),
    marker(1n, 3n, 'commit'),
    inTransaction(1n, 4n, ['c']),
    marker(1n, 5n, 'abort'),
    encodeBatch(6n, [record('d')]),
  ]
  const list = [
    { producerId: 1n, firstOffset: 0n },
    { producerId: 1n, firstOffset: 4n },
  ]
  expect(committed(log, list)).toEqual(['b', 'd'])
})

test('markers and aborted records move the position on, and are in no chunk', () => {
  const data = Buffer.concat([inTransaction(1n, 0n, ['a', 'b']), marker(1n, 2n, 'abort')])
  const aborted = new AbortedFilter([{ producerId: 1n, firstOffset: 0n }])
  const decoded = decodeBatches(data, { topic: 't', partition: 0, from: 0n, aborted })
  expect(decoded).toMatchObject({ nextOffset: 3n, bytesUsed: data.length, chunks: [{ count: 0, nextOffset: 3n }] })
})

test('a control batch without a type is damaged; one of another type, or emptied, ends nothing', async () => {
  const shape = { producerId: 1n, transactional: true, control: true }
  const broken = shapedBatch(0n, [record('', { key: Uint8Array.of(0, 0) })], shape)
  expect(await codeOf(() => committed([broken], []))).toBe('bad-batch')
  const other = shapedBatch(1n, [record('', { key: Uint8Array.of(0, 0, 0, 5) })], shape)
  const emptied = shapedBatch(2n, [], { ...shape, extraOffsets: 1 })
  const log = [inTransaction(1n, 0n, ['a']), other, emptied, inTransaction(1n, 3n, ['b'])]
  expect(committed(log, [{ producerId: 1n, firstOffset: 0n }])).toEqual([])
})

/** Steps of producers: one writes, commits or aborts. */
const steps = fc.array(
  fc.tuple(fc.constantFrom(1n, 2n, 3n), fc.constantFrom('write', 'write', 'plain', 'commit', 'abort')),
  {
    maxLength: 40,
  },
)

test('in copied segments the markers alone show what was aborted, from any offset, and where a transaction is open', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.nat(), fc.integer({ min: 1, max: 8 }), async (script, pick, perSegment) => {
      const batches: { at: bigint; data: Uint8Array }[] = []
      const open = new Map<bigint, { offset: bigint; value: string }[]>()
      const visible: { offset: bigint; value: string }[] = []
      let offset = 0n
      for (const [producer, step] of script) {
        const value = `v${offset}`
        const pending = open.get(producer)
        if (step === 'plain') {
          batches.push({ at: offset, data: encodeBatch(offset, [record(value)]) })
          visible.push({ offset, value })
        } else if (step === 'write') {
          batches.push({ at: offset, data: inTransaction(producer, offset, [value], bytes('k')) })
          open.set(producer, [...(pending ?? []), { offset, value }])
        } else {
          if (pending === undefined) continue
          batches.push({ at: offset, data: marker(producer, offset, step === 'commit' ? 'commit' : 'abort') })
          if (step === 'commit') visible.push(...pending)
          open.delete(producer)
        }
        offset++
      }
      const stable = [...open.values()].reduce(
        (end, [first]) => (first !== undefined && first.offset < end ? first.offset : end),
        offset,
      )
      const directory = temporaryDirectory()
      const files: Record<string, Uint8Array> = {}
      for (let i = 0; i < batches.length; i += perSegment) {
        const some = batches.slice(i, i + perSegment)
        files[`t-0/${String(some[0]?.at).padStart(20, '0')}.log`] = Buffer.concat(some.map(b => b.data))
      }
      if (batches.length === 0) files['t-0/00000000000000000000.log'] = new Uint8Array(0)
      writeFiles(directory, files)
      const log = await openLog(directory)
      expect(await log.partitions('t')).toEqual([{ topic: 't', partition: 0, start: 0n, end: stable }])
      const from = BigInt(pick) % (stable + 1n)
      const read = (await readAll(log, 't', 0, from, stable)).map(r => [r.offset, r.value])
      const expected = visible
        .filter(r => r.offset >= from && r.offset < stable)
        .sort((a, b) => Number(a.offset - b.offset))
      expect(read).toEqual(expected.map(r => [r.offset, r.value]))
      await log.close()
    }),
    { numRuns: 100 },
  )
})
