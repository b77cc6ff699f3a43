// Appending files and streams: what becomes a record, its partition, and what is refused.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RFC_4180 } from '../../../core/log/row-layout.ts'
import { partitionFor } from '../../../core/values/murmur2.ts'
import { appendFiles } from '../../../logs/append/append.ts'
import type { AppendOptions } from '../../../logs/append/options.ts'
import { LineSplitter } from '../../../logs/append/split-lines.ts'
import { openLog } from '../../../logs/index.ts'
import { temporaryDirectory, writeFiles } from '../support/directories.ts'
import { failureOf } from '../support/failures.ts'
import { allValues, readAll } from '../support/read-log.ts'

async function* pieces(text: string | Uint8Array, size = 1 << 20): AsyncGenerator<Uint8Array> {
  const data = Buffer.from(text)
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size)
}

const input = (text: string | Uint8Array, size?: number) => ({ name: 'in.txt', bytes: pieces(text, size) })

const append = (directory: string, text: string, options: Partial<AppendOptions> = {}) =>
  appendFiles({ directory, topic: 't', inputs: [input(text)], now: () => 5000, ...options })

async function read(directory: string, partition = 0) {
  const log = await openLog(directory)
  const range = (await log.partitions('t')).find(r => r.partition === partition)
  return await readAll(log, 't', partition, 0n, range?.end ?? 0n)
}

test('each line is a record unchanged, however the input is cut: empty ones, CRLF, no last line feed', async () => {
  const text = '{"a":1}\n\nno json\r\n\ufeff{}\n"last"'
  for (const size of [1, 2, 3, 1000]) {
    const directory = temporaryDirectory()
    const summary = await append(directory, '', { inputs: [input(text, size)] })
    expect(summary).toMatchObject({ records: 5, bytes: 26, deletions: 0, ticks: 0, ends: [5n] })
    const records = await read(directory)
    expect(records.map(r => Buffer.from(r.value ?? '', 'latin1').toString())).toEqual(text.split('\n'))
    expect(records.every(r => r.timestamp === 5000 && r.key === null && r.headers.length === 0)).toBe(true)
  }
})

test('an appended file and the same file read as an archive have the same values', async () => {
  const line = fc.string({ unit: 'binary', maxLength: 20 }).map(s => s.replaceAll('\n', '\r'))
  await fc.assert(
    fc.asyncProperty(fc.array(line), fc.boolean(), async (texts, open) => {
      const text = texts.join('\n') + (open ? '' : '\n')
      const [appended, archived] = [temporaryDirectory(), temporaryDirectory()]
      await append(appended, text, { format: 'lines', unchecked: true })
      writeFiles(archived, { 't/partition=0/t+0+0.json': text })
      expect(await allValues(await openLog(appended), 't')).toEqual(await allValues(await openLog(archived), 't'))
    }),
    { numRuns: 8 },
  )
})

test('keys decide the partition as in Kafka; records without one take turns, across runs', async () => {
  const directory = temporaryDirectory()
  const users = ['u1', 'u2', 'u3', 'u4', 'u5', 'u6']
  const text = users.map(user => JSON.stringify({ user })).join('\n')
  await append(directory, text, { partitions: 4, key: 'user' })
  for (const partition of [0, 1, 2, 3]) {
    const expected = users.filter(user => partitionFor(Buffer.from(user), 4) === partition)
    expect((await read(directory, partition)).map(r => r.key)).toEqual(expected)
  }
  const round = temporaryDirectory()
  await append(round, '0\n1\n2\n3\n4\n', { partitions: 3 })
  await append(round, '5\n6\n7\n')
  expect((await read(round, 0)).map(r => r.value)).toEqual(['0', '3', '6'])
  expect((await read(round, 1)).map(r => r.value)).toEqual(['1', '4', '7'])
  expect((await read(round, 2)).map(r => r.value)).toEqual(['2', '5'])
})

test('a key is UTF-8 of a string, canonical JSON otherwise, none where the field is missing or null', async () => {
  const directory = temporaryDirectory()
  await append(directory, '{"k":"é"}\n{"k":{"b":1,"a":[2]}}\n{"k":7}\n{"k":null}\n{}\n{"k":""}\n', { key: 'k' })
  const keys = (await read(directory)).map(r => r.key)
  expect(keys).toEqual([Buffer.from('é').toString('latin1'), '{"a":[2],"b":1}', '7', null, null, ''])
})

test('names of Object.prototype are no fields', async () => {
  const directory = temporaryDirectory()
  await append(directory, '{"a":1}\n{"__proto__":"own"}\n', { key: '__proto__' })
  expect((await read(directory)).map(r => r.key)).toEqual([null, 'own'])
})

test('timestamps are ms or dates; a tick goes to every partition, after the records', async () => {
  const directory = temporaryDirectory()
  const text = '{"at":17}\n{"at":"2026-01-01T00:00:00Z"}\n{"at":"-5"}\n'
  const summary = await append(directory, text, { timestamp: 'at', tick: 99, partitions: 1 })
  expect(summary).toMatchObject({ records: 3, ticks: 1, ends: [4n] })
  const records = await read(directory)
  expect(records.map(r => r.timestamp)).toEqual([17, Date.UTC(2026, 0, 1), -5, 99])
  expect(records[3]).toMatchObject({ value: null, tick: true })
  const ticks = temporaryDirectory()
  expect(await append(ticks, '', { inputs: [], tick: 7, partitions: 3 })).toMatchObject({
    records: 0,
    ends: [1n, 1n, 1n],
  })
})

test('deletions are records without value, after the others and before a tick', async () => {
  const directory = temporaryDirectory()
  const options = { key: 'id', deletions: ['ann', 'bob'], deletedAt: 42, tick: 99 }
  expect(await append(directory, '{"id":"ann"}\n', options)).toMatchObject({ records: 1, deletions: 2, ticks: 1 })
  const records = await read(directory)
  expect(records.map(r => [r.key, r.value === null, r.tick])).toEqual([
    ['ann', false, false],
    ['ann', true, false],
    ['bob', true, false],
    [null, true, true],
  ])
  expect(records.map(r => r.timestamp).slice(1)).toEqual([42, 42, 99])
  expect((await failureOf(() => append(directory, '', { deletions: ['a'], deletedAt: 0.5 }))).code).toBe('usage')
})

test('csv: the header names the fields; quoted line feeds stay inside a record; empty lines are no rows', async () => {
  const text = 'user,"no""te",at\r\nu1,"a\nb, ""c""\n",1\r\nu2,plain "quotes" stay,2\n\nu3,,3'
  for (const size of [1, 5, 1000]) {
    const directory = temporaryDirectory()
    await append(directory, '', { inputs: [input(text, size)], format: 'csv', partitions: 1 })
    const values = (await read(directory)).map(r => r.value)
    expect(values).toEqual(['u1,"a\nb, ""c""\n",1\r', 'u2,plain "quotes" stay,2', 'u3,,3'])
  }
  const keyed = temporaryDirectory()
  await append(keyed, 'user,"no""te",at\nu1,"x\ny",1\nu2,z,2\n', { format: 'csv', key: 'no"te', timestamp: 'at' })
  expect((await read(keyed)).map(r => [r.key, r.timestamp])).toEqual([
    ['x\ny', 1],
    ['z', 2],
  ])
})

test('lines are counted as a person would, also after quoted line feeds', () => {
  const splitter = new LineSplitter({ dialect: RFC_4180, name: 'x' })
  const lines = [...splitter.push(Buffer.from('a\n"b\nc\n"\nd\n"e')), ...splitter.push(Buffer.from('\n"\nf'))]
  expect([...lines, ...splitter.end()].map(l => l.line)).toEqual([1, 2, 5, 6, 8])
})

test.each([
  ['no JSON where a key is wanted', '{"k":1}\n{"k":\n', { key: 'k' }, 'in.txt:2: "k" cannot be read: it is no JSON'],
  ['no object', '[1]\n', { key: 'k' }, 'in.txt:1: "k" cannot be read: it is no JSON object'],
  ['no UTF-8', Buffer.from([0x7b, 0xff, 0x7d, 10]), { key: 'k' }, 'in.txt:1: it is no UTF-8'],
  ['a missing time', '{"at":1}\n{}\n', { timestamp: 'at' }, 'in.txt:2: "at" cannot be read: a time is needed'],
  ['half a ms', '{"at":1.5}\n', { timestamp: 'at' }, '1.5 is none'],
  ['no date', '{"at":"yesterday"}\n', { timestamp: 'at' }, '"yesterday" is none'],
  ['an unknown column', 'a,b\n1,2\n', { format: 'csv', key: 'c' }, 'in.txt has no column "c"'],
  ['an open quote', 'a\n1\n"x\n', { format: 'csv' }, 'in.txt:3: a quoted field is never closed'],
] as const)('%s: an error that names the line, and nothing is written', async (_, text, options, message) => {
  const directory = temporaryDirectory()
  const failure = await failureOf(() => append(directory, '', { inputs: [input(text)], ...options }))
  expect(failure.code).toBe('not-appendable')
  expect(failure.message).toContain(message)
  expect(failure.hint).toContain('nothing of this call is in the log')
  const topics = await (await openLog(directory)).topics()
  expect(topics.includes('t') ? await read(directory) : []).toEqual([])
})

test('archives, copies, outputs and impossible options are refused', async () => {
  const directory = temporaryDirectory()
  writeFiles(directory, { 't/partition=0/t+0+0.json': '1\n' })
  expect((await failureOf(() => append(directory, '1'))).code).toBe('not-appendable')
  const empty = temporaryDirectory()
  expect((await failureOf(() => append(empty, '1', { format: 'lines', key: 'k' }))).code).toBe('usage')
  expect((await failureOf(() => append(empty, '1', { tick: 0.5 }))).code).toBe('usage')
  expect((await failureOf(() => append(empty, '1', { topic: '../x' }))).code).toBe('bad-name')
  await append(empty, '1', { partitions: 2 })
  expect((await failureOf(() => append(empty, '1', { partitions: 3 }))).code).toBe('partition-count')
})

test('an input that pauses is written while it pauses', async () => {
  const directory = temporaryDirectory()
  let release = (): void => undefined
  const held = new Promise<void>(resolve => {
    release = resolve
  })
  async function* slow() {
    yield Buffer.from('first\nhalf')
    await held
    yield Buffer.from(' a line\n')
  }
  let seen = 0
  const done = append(directory, '', {
    format: 'lines',
    inputs: [{ name: 'stdin', bytes: slow() }],
    progress: soFar => {
      seen = soFar.records
      release()
    },
  })
  await held
  expect(seen).toBe(1)
  await done
  expect(await allValues(await openLog(directory), 't')).toEqual(['first', 'half a line'])
})
