// NDJSON archives: lines to records, and every way in which the files can be wrong.

import { appendFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newKernel } from '../../core/kernel/kernel-over.ts'
import { openLog } from '../../logs/index.ts'
import { temporaryDirectory, writeFiles } from './support/directories.ts'
import { codeOf, failureOf } from './support/failures.ts'
import { allValues, readAll } from './support/read-log.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

/** An archive of one partition; names are START.json or START.json.gz. */
async function archive(files: Files, topic = 't') {
  const directory = temporaryDirectory()
  const named = Object.entries(files).map(([name, content]) => [`${topic}/partition=0/${topic}+0+${name}`, content])
  writeFiles(directory, Object.fromEntries(named))
  return { directory, log: await openLog(directory) }
}

const path = (directory: string, name: string) => join(directory, 't/partition=0', `t+0+${name}`)
const lines = (first: number, count: number) => Array.from({ length: count }, (_, i) => `{"n":${first + i}}\n`).join('')

const line = fc.oneof(
  fc.constantFrom('', '\r', ' ', '{"a":1}\r', '\ufeff{}', '\0', 'x'.repeat(300)),
  fc.string({ unit: 'binary', maxLength: 30 }).map(s => s.replaceAll('\n', '')),
)

test('any lines come back byte for byte but for a byte order mark, over any files, chunk sizes and ranges', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.array(line, { minLength: 1, maxLength: 12 }), fc.boolean(), fc.boolean()), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.nat({ max: 9 }),
      fc.integer({ min: 1, max: 400 }),
      fc.nat(),
      fc.nat(),
      async (parts, start, chunkBytes, a, b) => {
        const files: Record<string, Uint8Array> = {}
        const expected: string[] = []
        for (const [texts, gz, unterminated] of parts) {
          // An unterminated last line is a record, unless it is empty.
          const open = unterminated && texts.at(-1) !== ''
          const content = Buffer.from(texts.join('\n') + (open ? '' : '\n'))
          files[`${String(start + expected.length).padStart(10, '0')}.json${gz ? '.gz' : ''}`] = gz
            ? gzipSync(content)
            : content
          const unmarked = [(texts[0] as string).replace(/^\ufeff/, ''), ...texts.slice(1)]
          expected.push(...unmarked.map(text => Buffer.from(text).toString('latin1')))
        }
        const { log } = await archive(files)
        const [range] = await log.partitions('t')
        expect(range).toMatchObject({ start: BigInt(start), end: BigInt(start + expected.length) })
        const read = async (from: number, to: number) =>
          (await readAll(log, 't', 0, BigInt(start + from), BigInt(start + to), { chunkBytes })).map(r => r.value)
        expect(await read(0, expected.length)).toEqual(expected)
        const [from, to] = [a % (expected.length + 1), b % (expected.length + 1)].sort((x, y) => x - y) as [
          number,
          number,
        ]
        expect(await read(from, to)).toEqual(expected.slice(from, to))
        expect(await read(to, expected.length)).toEqual(expected.slice(to))
        await log.close()
      },
    ),
    { numRuns: 60 },
  )
})

test('an archive has no keys, no headers, no timestamps and no topic id', async () => {
  const { log } = await archive({ '0000000000.json': lines(0, 2) })
  expect(await log.abilities('t')).toEqual({ timestamps: false, keys: false, headers: false })
  expect(await log.topicId('t')).toBeNull()
  const [first] = await readAll(log, 't', 0, 0n, 1n)
  expect(first).toEqual({ offset: 0n, timestamp: null, key: null, value: '{"n":0}', headers: [], tick: false })
})

test('a line that spans many reads is whole', async () => {
  const long = `"${'ab'.repeat(40_000)}"`
  const { log } = await archive({ '0000000000.json': `1\n${long}\n2\n`, '0000000003.json.gz': gzipSync(`${long}\n`) })
  expect(await allValues(log, 't')).toEqual(['1', long, '2', long])
  expect((await readAll(log, 't', 0, 0n, 4n, { chunkBytes: 100 })).map(r => r.value)).toEqual(['1', long, '2', long])
})

test('a gap or an overlap between files is named by its offsets', async () => {
  const gap = await archive({ '0000000000.json': lines(0, 5), '0000000007.json': lines(7, 2) })
  const missing = await failureOf(() => readAll(gap.log, 't', 0, 0n, 9n))
  expect(missing.code).toBe('log-gap')
  expect(missing.where).toMatchObject({ topic: 't', partition: 0, from: '5', to: '7' })
  expect(await codeOf(() => readAll(gap.log, 't', 0, 6n, 9n))).toBe('log-gap')
  expect(await readAll(gap.log, 't', 0, 7n, 9n)).toHaveLength(2)
  const twice = await archive({ '0000000000.json': lines(0, 5), '0000000004.json.gz': gzipSync(lines(4, 2)) })
  const overlap = await failureOf(() => readAll(twice.log, 't', 0, 0n, 6n))
  expect(overlap.code).toBe('log-overlap')
  expect(overlap.where).toMatchObject({ topic: 't', partition: 0, from: '4' })
  expect(await codeOf(() => readAll(twice.log, 't', 0, 0n, 4n, { chunkBytes: 8 }))).toBe('log-overlap')
})

test('what is before the first file is lost, what is past the end does not exist', async () => {
  const { log } = await archive({ '0000000010.json': lines(10, 5) })
  expect(await log.partitions('t')).toMatchObject([{ start: 10n, end: 15n }])
  expect(await codeOf(() => readAll(log, 't', 0, 9n, 12n))).toBe('range-lost')
  expect(await codeOf(() => readAll(log, 't', 0, 10n, 16n))).toBe('range-lost')
})

test('a gzip file that is cut off anywhere, or damaged, is a failure', async () => {
  const content = gzipSync(lines(0, 50))
  for (let cut = 0; cut < content.length; cut++) {
    const { log } = await archive({ '0000000000.json.gz': content.subarray(0, cut), '0000000050.json': lines(50, 1) })
    expect(await codeOf(() => readAll(log, 't', 0, 0n, 51n)), `cut at ${cut}`).toBe('truncated')
  }
  const flipped = Buffer.from(content)
  flipped[content.length - 6] = (flipped[content.length - 6] as number) ^ 1
  const { log } = await archive({ '0000000000.json.gz': flipped })
  expect(await codeOf(() => log.partitions('t'))).toBe('bad-crc')
})

test('a file that shrinks, grows, is replaced or vanishes after it was seen stops the reader', async () => {
  const changes: Record<string, (file: string) => void> = {
    shrinks: file => truncateSync(file, 20),
    grows: file => appendFileSync(file, lines(99, 1)),
    'is touched': file => utimesSync(file, 1, 1),
  }
  for (const [name, change] of Object.entries(changes)) {
    const { log, directory } = await archive({ '0000000000.json': lines(0, 9) })
    await log.partitions('t')
    change(path(directory, '0000000000.json'))
    expect(await codeOf(() => readAll(log, 't', 0, 0n, 9n)), name).toBe('input-changed')
  }
  const { log, directory } = await archive({ '0000000000.json': lines(0, 9), '0000000009.json': lines(9, 1) })
  await log.partitions('t')
  rmSync(path(directory, '0000000000.json'))
  expect(await codeOf(() => readAll(log, 't', 0, 0n, 9n))).toBe('range-lost')
})

test('a file that shrinks in the middle of a read stops the reader', async () => {
  const { log, directory } = await archive({ '0000000000.json': lines(0, 5000) })
  const read = async () => {
    for await (const chunk of log.read('t', 0, 0n, 5000n, { chunkBytes: 1000 })) {
      if (chunk.baseOffset === 0n) truncateSync(path(directory, '0000000000.json'), 3000)
    }
  }
  expect(await codeOf(read)).toBe('input-changed')
})

test('a file that is overwritten in the middle of a read, or changed while a newer one exists, stops the reader', async () => {
  const middle = await archive({ '0000000000.json': lines(0, 5000) })
  const read = async () => {
    for await (const chunk of middle.log.read('t', 0, 0n, 5000n, { chunkBytes: 1000 })) {
      if (chunk.baseOffset === 0n)
        writeFileSync(path(middle.directory, '0000000000.json'), lines(0, 5000).replaceAll('n', 'm'))
    }
  }
  expect(await codeOf(read)).toBe('input-changed')
  for (const gz of [false, true]) {
    const name = gz ? '0000000000.json.gz' : '0000000000.json'
    const content = gz ? gzipSync(lines(0, 9)) : lines(0, 9)
    const { log, directory } = await archive({ [name]: content, '0000000009.json': lines(9, 1) })
    await log.partitions('t')
    utimesSync(path(directory, name), 1, 1)
    expect(await codeOf(() => readAll(log, 't', 0, 0n, 10n))).toBe('input-changed')
  }
})

test('an open log sees a new file, which wakes a waiting reader', async () => {
  const { log, directory } = await archive({ '0000000000.json': lines(0, 3) })
  expect(await log.partitions('t')).toMatchObject([{ end: 3n }])
  const woken = log.changed(20_000)
  writeFiles(directory, { 't/partition=0/t+0+0000000003.json': lines(3, 2) })
  await woken
  expect(await log.partitions('t')).toMatchObject([{ end: 5n }])
  expect(await readAll(log, 't', 0, 2n, 5n)).toHaveLength(3)
  await log.close()
})

test('what is read into the memory of a kernel is given back: pieces of long lines and lines before the first one too', async () => {
  const content = `${lines(0, 30_000)}"${'x'.repeat(3_000_000)}"\n${lines(30_001, 1)}`
  const { log } = await archive({ '0000000000.json': content })
  const kernel = newKernel(undefined)
  const readOnce = async (): Promise<number> => {
    let records = 0
    for await (const chunk of log.read('t', 0, 29_000n, 30_002n, { chunkBytes: 1000, kernel })) {
      expect(chunk.memory).toBe(kernel.memory)
      records += chunk.count
      chunk.release?.()
    }
    return records
  }
  expect(await readOnce()).toBe(1002)
  const size = kernel.memory.bytes.length
  for (let i = 0; i < 5; i++) expect(await readOnce()).toBe(1002)
  expect(kernel.memory.bytes.length).toBe(size)
})
