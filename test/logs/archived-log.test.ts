// Stored files and the log that goes on behind them: one sequence, wherever the seam is.

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ArchivedLog } from '../../logs/archived/archived-log.ts'
import type { LogRecord } from '../../logs/log-record.ts'
import { MemoryLog } from '../../logs/memory.ts'
import { readAll } from './support/read-log.ts'
import { anyRecord, numbered, record } from './support/records.ts'

const LINES = { timestamps: false, keys: false, headers: false }

function logOf(records: readonly LogRecord[], abilities?: typeof LINES, partitions = 1): MemoryLog {
  const log = new MemoryLog()
  log.createTopic('t', partitions, abilities)
  log.append('t', 0, records)
  return log
}

/** Files with the first `stored` of the records, and a live log that has lost the first `lost` of them. */
function parts(records: readonly LogRecord[], stored: number, lost: number): ArchivedLog {
  const live = logOf(records)
  live.trim('t', 0, BigInt(lost))
  return new ArchivedLog(logOf(records.slice(0, stored)), live)
}

it('every range reads as from a log that has lost nothing', async () => {
  const property = fc.asyncProperty(
    fc.array(anyRecord, { maxLength: 30 }),
    fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30), fc.nat(30)),
    fc.constantFrom(1, 20, 1 << 20),
    async (records, [a, b, c, d], chunkBytes) => {
      const within = (n: number): number => n % (records.length + 1)
      const [from, to] = [within(c), within(d)].toSorted((x, y) => x - y) as [number, number]
      const [lost, stored] = [within(a), within(b)].toSorted((x, y) => x - y) as [number, number]
      const log = parts(records, stored, lost)
      const [range] = await log.partitions('t')
      expect(range).toMatchObject({ start: 0n, end: BigInt(records.length) })
      const whole = await readAll(logOf(records), 't', 0, BigInt(from), BigInt(to))
      expect(await readAll(log, 't', 0, BigInt(from), BigInt(to), { chunkBytes })).toEqual(whole)
    },
  )
  await fc.assert(property, { numRuns: 300 })
})

it('a range in neither is an error before any file is read', async () => {
  const archive = logOf(numbered(6))
  archive.read = () => {
    throw new Error('read')
  }
  const live = logOf(numbered(10))
  live.trim('t', 0, 8n)
  await expect(readAll(new ArchivedLog(archive, live), 't', 0, 0n, 10n)).rejects.toMatchObject({
    code: 'range-lost',
    message: 'offsets 6 to 7 of t/0 are in no stored file, and not in the topic any more',
  })
})

it('a state that is beyond the files does not need what they lack', async () => {
  const log = parts(numbered(10), 6, 8)
  expect((await readAll(log, 't', 0, 8n, 10n)).map(({ value }) => value)).toEqual(['v8', 'v9'])
})

it('what is appended later is read from the live log', async () => {
  const records = numbered(4)
  const live = logOf(records)
  const log = new ArchivedLog(logOf(records), live)
  await log.partitions('t')
  live.append('t', 0, numbered(2, 'new'))
  expect((await log.partitions('t'))[0]?.end).toBe(6n)
  expect((await readAll(log, 't', 0, 3n, 6n)).map(({ value }) => value)).toEqual(['v3', 'new0', 'new1'])
})

describe('files of another log', () => {
  it('with another last record', async () => {
    const log = new ArchivedLog(logOf(numbered(4)), logOf([...numbered(3), record('other'), record('next')]))
    await expect(readAll(log, 't', 0, 0n, 5n)).rejects.toMatchObject({ code: 'log-rewritten', exitCode: 5 })
  })

  it('with more records than the topic ever had', async () => {
    const log = new ArchivedLog(logOf(numbered(4)), logOf(numbered(3)))
    await expect(log.partitions('t')).rejects.toMatchObject({ code: 'truncated' })
  })

  it('with a partition that the topic has not', async () => {
    const archive = logOf(numbered(4), undefined, 2)
    archive.append('t', 1, numbered(1))
    await expect(new ArchivedLog(archive, logOf(numbered(4))).partitions('t')).rejects.toMatchObject({
      code: 'partition-count',
    })
  })
})

it('lines hold values alone: a job has what both hold, and the seam is compared by value', async () => {
  const records = numbered(4).map(r => ({ ...r, key: new Uint8Array([1]) }))
  const log = new ArchivedLog(logOf(records.slice(0, 3), LINES), logOf(records))
  expect(await log.abilities('t')).toMatchObject(LINES)
  expect((await readAll(log, 't', 0, 0n, 4n)).map(({ value }) => value)).toEqual(['v0', 'v1', 'v2', 'v3'])
})

it('a topic without stored files is the live one', async () => {
  const archive = new MemoryLog()
  const log = new ArchivedLog(archive, logOf(numbered(2)))
  expect(await log.abilities('t')).toMatchObject({ keys: true })
  expect(await readAll(log, 't', 0, 0n, 2n)).toHaveLength(2)
})
