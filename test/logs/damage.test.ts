// Damaged segments: every cut and every flipped bit is found, or changes nothing that a reader sees.

import { readdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { isLyrebirdError } from '../../core/errors.ts'
import { DirectoryLog } from '../../logs/directory.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import { encodeBatch } from './support/batches.ts'
import { temporaryDirectory, writeFiles } from './support/directories.ts'
import { codeOf, failureOf } from './support/failures.ts'
import { allValues, readAll } from './support/read-log.ts'
import { numbered, record } from './support/records.ts'

const expected = Array.from({ length: 12 }, (_, i) => `v${i}`)

/** A topic of three segments with four records each. */
async function threeSegments() {
  const directory = temporaryDirectory()
  const topic = await OutputTopic.openForAppend(directory, 't', 1, { segmentBytes: 1 })
  for (let i = 0; i < 3; i++) await topic.append(0, numbered(4, 'v', i * 4))
  await topic.close()
  const partition = join(directory, 't/partition=0')
  const segments = readdirSync(partition).filter(name => name.endsWith('.log'))
  expect(segments.sort()).toEqual([0, 4, 8].map(n => `${String(n).padStart(20, '0')}.log`))
  return { directory, segments: segments.map(name => join(partition, name)) }
}

async function readFresh(directory: string, from = 0n, to = 12n) {
  const log = await DirectoryLog.open(directory)
  return (await readAll(log, 't', 0, from, to)).map(r => r.value)
}

test('a flipped bit anywhere in a segment is found, or is one that no reader uses', async () => {
  const { directory, segments } = await threeSegments()
  const codes = new Set<string>()
  for (const path of segments.slice(1)) {
    const whole = readFileSync(path)
    for (let at = 0; at < whole.length; at++) {
      for (const bit of [0, 3, 7]) {
        const damaged = Buffer.from(whole)
        damaged[at] = (damaged[at] as number) ^ (1 << bit)
        writeFileSync(path, damaged)
        try {
          expect(await readFresh(directory)).toEqual(expected)
          // The leader epoch is the one field outside the checksum that no reader uses.
          expect(at >= 12 && at < 16, `byte ${at}`).toBe(true)
        } catch (e) {
          if (!isLyrebirdError(e)) throw e
          expect(e.exitCode).toBe(5)
          expect(e.where).toMatchObject({ topic: 't', partition: 0 })
          codes.add(e.code)
        }
      }
    }
    writeFileSync(path, whole)
  }
  expect([...codes].sort()).toEqual(['bad-batch', 'bad-crc', 'log-gap', 'log-overlap', 'too-big', 'truncated'])
})

test('a published segment that is cut off anywhere is a failure that names its offsets', async () => {
  for (const index of [0, 2]) {
    const { directory, segments } = await threeSegments()
    const path = segments[index] as string
    for (let size = readFileSync(path).length - 1; size >= 0; size--) {
      truncateSync(path, size)
      const failure = await failureOf(() => readFresh(directory))
      expect(['truncated', 'log-gap'], `${size} bytes`).toContain(failure.code)
      expect(failure.message).toMatch(/^t\/0 at offsets? \d/)
    }
    if (index === 2) expect(await codeOf(() => OutputTopic.openForAppend(directory, 't', 1))).toBe('truncated')
  }
})

test('a torn tail that was never published is invisible at every byte, and gone after the next append', async () => {
  const torn = Buffer.from(encodeBatch(12n, numbered(3, 'torn')))
  for (let size = 0; size <= torn.length; size += 7) {
    const { directory, segments } = await threeSegments()
    const newest = segments[2] as string
    writeFileSync(newest, Buffer.concat([readFileSync(newest), torn.subarray(0, size)]))
    expect(await readFresh(directory)).toEqual(expected)
    const topic = await OutputTopic.openForAppend(directory, 't', 1)
    await topic.append(0, [record('next')])
    await topic.close()
    expect(await allValues(await DirectoryLog.open(directory), 't')).toEqual([...expected, 'next'])
  }
})

test('zeros past the published end, as a crash of the machine leaves them, are ignored', async () => {
  const { directory, segments } = await threeSegments()
  const newest = segments[2] as string
  writeFileSync(newest, Buffer.concat([readFileSync(newest), Buffer.alloc(5000)]))
  expect(await readFresh(directory)).toEqual(expected)
})

test('a missing segment is a gap with its offsets; a missing first one moves the start', async () => {
  const middle = await threeSegments()
  rmSync(middle.segments[1] as string)
  const gap = await failureOf(() => readFresh(middle.directory))
  expect(gap).toMatchObject({ code: 'log-gap', where: { from: '4', to: '8' } })
  const last = await threeSegments()
  rmSync(last.segments[2] as string)
  expect(await failureOf(() => readFresh(last.directory))).toMatchObject({
    code: 'log-gap',
    where: { from: '8', to: '12' },
  })
  const first = await threeSegments()
  rmSync(first.segments[0] as string)
  const log = await DirectoryLog.open(first.directory)
  expect(await log.partitions('t')).toMatchObject([{ start: 4n, end: 12n }])
  expect(await codeOf(() => readAll(log, 't', 0, 3n, 12n))).toBe('range-lost')
})

test('a segment under a wrong start, or twice, is an overlap or a gap', async () => {
  const early = await threeSegments()
  renameSync(early.segments[1] as string, (early.segments[1] as string).replace(/4\.log$/, '3.log'))
  expect(['log-gap', 'log-overlap']).toContain(await codeOf(() => readFresh(early.directory)))
  const twice = await threeSegments()
  writeFileSync((twice.segments[1] as string).replace(/4\.log$/, '6.log'), readFileSync(twice.segments[1] as string))
  expect(await codeOf(() => readFresh(twice.directory))).toBe('log-overlap')
  const exact = await threeSegments()
  writeFileSync(exact.segments[0] as string, Buffer.concat([0, 1].map(i => readFileSync(exact.segments[i] as string))))
  expect(await codeOf(() => readFresh(exact.directory))).toBe('log-overlap')
  expect(await codeOf(() => readFresh(exact.directory, 0n, 4n))).toBe('log-overlap')
})

test('copied segments: a cut-off tail ends the log, a cut-off earlier segment is a failure, gaps are normal', async () => {
  const batches = [
    encodeBatch(2n, numbered(2, 'a')),
    encodeBatch(7n, numbered(3, 'b')),
    encodeBatch(20n, numbered(1, 'c')),
  ]
  const name = (n: number) => `t-4/${String(n).padStart(20, '0')}.log`
  const make = (first: Uint8Array, second: Uint8Array) => {
    const directory = temporaryDirectory()
    writeFiles(directory, {
      [name(0)]: first,
      [name(7)]: second,
      't-4/leader-epoch-checkpoint': '0\n',
      't-4/00.timeindex': '',
    })
    return DirectoryLog.open(directory)
  }
  const [a, b, c] = batches as [Uint8Array, Uint8Array, Uint8Array]
  const tail = Buffer.concat([b, c])
  for (let size = b.length; size < tail.length; size++) {
    const log = await make(a, tail.subarray(0, size))
    expect(await log.partitions('t')).toEqual([{ topic: 't', partition: 4, start: 0n, end: 10n }])
    expect(await allValues(log, 't', 4)).toEqual(['a0', 'a1', 'b0', 'b1', 'b2'])
  }
  expect(await allValues(await make(a, tail), 't', 4)).toEqual(['a0', 'a1', 'b0', 'b1', 'b2', 'c0'])
  expect(await readAll(await make(a, tail), 't', 4, 4n, 7n)).toEqual([])
  expect(await readAll(await make(a, tail), 't', 4, 10n, 20n)).toEqual([])
  for (let size = 1; size < a.length; size++) {
    const log = await make(a.subarray(0, size), tail)
    expect(await codeOf(() => log.partitions('t')), `${size} bytes`).toBe('truncated')
  }
  const flipped = Buffer.from(a)
  flipped[70] = (flipped[70] as number) ^ 1
  const log = await make(flipped, tail)
  expect(await codeOf(() => readAll(log, 't', 4, 0n, 21n))).toBe('bad-crc')
})
