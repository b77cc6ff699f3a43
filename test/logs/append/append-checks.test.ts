// What `append` finds out and refuses before it writes the first byte, and what a call that fails leaves behind.

import { readdirSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, it, test } from 'vitest'
import { appendFiles } from '../../../logs/append/append.ts'
import type { AppendOptions } from '../../../logs/append/options.ts'
import { openLog } from '../../../logs/index.ts'
import { temporaryDirectory } from '../support/directories.ts'
import { failureOf } from '../support/failures.ts'
import { allValues } from '../support/read-log.ts'

type Content = string | Uint8Array

/** A file: it can be read again, in pieces of the given size. */
function file(content: Content, name = 'in.txt', size = 7) {
  const data = Buffer.from(content)
  const bytes = {
    async *[Symbol.asyncIterator]() {
      for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size)
    },
  }
  return { name, bytes, repeatable: true }
}

const append = (directory: string, content: Content, options: Partial<AppendOptions> = {}) =>
  appendFiles({ directory, topic: 't', inputs: [file(content)], now: () => 1, ...options })

const values = async (directory: string) => await allValues(await openLog(directory), 't')

async function appended(content: Content, options: Partial<AppendOptions> = {}): Promise<readonly unknown[]> {
  const directory = temporaryDirectory()
  await append(directory, content, options)
  return await values(directory)
}

const utf16 = (text: string, big: boolean): Buffer => {
  const bytes = Buffer.from(text, 'utf16le')
  return big ? bytes.swap16() : bytes
}

describe('the content is found out', () => {
  it('gzip is unpacked, of several members too', async () => {
    const packed = Buffer.concat([gzipSync('{"n":1}\n{"n"'), gzipSync(':2}\n')])
    expect(await appended(packed)).toEqual(['{"n":1}', '{"n":2}'])
    expect(await appended(gzipSync('a,b\n1,x\n'), { format: 'csv' })).toEqual(['1,x'])
    expect((await appended(packed, { format: 'bytes' })).length).toBe(1)
  })

  it('a byte order mark is no part of the first record', async () => {
    expect(await appended('\ufeff{"n":1}\n{"n":2}\n')).toEqual(['{"n":1}', '{"n":2}'])
    expect(await appended('\ufeffa\n', { format: 'lines' })).toEqual(['a'])
    expect(await appended(gzipSync('\ufeff{"n":1}'))).toEqual(['{"n":1}'])
  })

  it('UTF-16, with a mark or without, and what is named', async () => {
    for (const big of [true, false]) {
      for (const mark of ['\ufeff', '']) expect(await appended(utf16(`${mark}{"n":"é"}\n`, big))).toHaveLength(1)
      expect(await appended(utf16('\ufeffx,y\n1,ß\n', big), { format: 'csv', key: 'x' })).toEqual(['1,Ã\u009f'])
    }
    const latin = Buffer.from('{"name":"Andr\xe9"}\n', 'latin1')
    expect(await appended(latin, { encoding: 'windows-1252' })).toEqual(['{"name":"AndrÃ©"}'])
    const refused = await failureOf(() => append(temporaryDirectory(), latin))
    expect([refused.message, refused.hint]).toEqual([
      'in.txt:1: it is no UTF-8',
      expect.stringContaining('--encoding windows-1252'),
    ])
    const nonsense = await failureOf(() => append(temporaryDirectory(), '1', { encoding: 'klingon' }))
    expect(nonsense.message).toBe('there is no encoding "klingon"')
  })

  it('carriage returns alone end lines of JSON and CSV', async () => {
    expect(await appended('{"n":1}\r{"n":2}\r')).toEqual(['{"n":1}', '{"n":2}'])
    expect(await appended('a,b\r1,x\r2,y', { format: 'csv' })).toEqual(['1,x', '2,y'])
    expect(await appended('one\rtwo', { format: 'lines' })).toEqual(['one\rtwo'])
  })
})

describe('refused before anything is written', () => {
  const hex = (text: string): Buffer => Buffer.from(text, 'hex')
  it.each<[string, Content, Partial<AppendOptions>, string, string]>([
    ['zstd', hex('28b52ffd2401'), {}, 'in.txt cannot be appended: it is zstd', 'zstd -dc in.txt | lyrebird append'],
    ['bzip2', 'BZh91AY', { format: 'csv' }, 'it is bzip2', 'bzip2 -dc'],
    ['a spreadsheet', hex('504b030414000600'), { format: 'csv' }, 'a zip archive (or a spreadsheet)', 'unzip -p'],
    ['Parquet', 'PAR1\0\0', {}, 'it is a Parquet file', '--format bytes'],
    ['zeros', 'a\0\0\0\0\0\0b', { format: 'lines' }, 'there are zero bytes in it', '--format bytes'],
    ['half a gzip', gzipSync('{"n":1}\n'.repeat(99)).subarray(0, 30), {}, 'the gzip file is cut off', 'restore it'],
    ['a damaged gzip', Buffer.concat([gzipSync('').subarray(0, 10), hex('ffff')]), {}, 'is damaged', 'restore it'],
    ['JSON as CSV', '{"a":1,"b":2}\n{"a":3,"b":4}\n', { format: 'csv' }, 'it is JSON and no row', '--format json'],
    ['CSV as JSON', 'a,b\n1,2\n', {}, 'in.txt:1: it is no JSON', 'use --format csv'],
    ['an array over lines', '[\n{"a":1},\n{"a":2}\n]\n', {}, 'in.txt:1: it is no JSON', "jq -c '.[]' in.txt"],
    ['an array in one line', '[{"a":1},{"a":2}]', {}, 'one array of 2 objects', "jq -c '.[]' in.txt"],
    ['JSON over lines', '{\n  "a": 1\n}\n', {}, 'in.txt:1: it is no JSON', 'jq -c . in.txt'],
    ['a misspelt key', '{"user":1}\n{"user":2}\n', { key: 'usr' }, 'has "usr"', 'did you mean --key user?'],
    ['a misspelt time', '{"at":1}\n', { timestamp: 'time' }, 'has "time"', 'they have at'],
    ['a misspelt column', 'user,n\na,1\n', { format: 'csv', key: 'usr' }, 'which --key names', 'did you mean user?'],
    [
      'no header',
      'ada,36\nbob,40\n',
      { format: 'csv' },
      'in.txt:1 is no header: "36" in it is a number',
      '--no-header',
    ],
    ['a row alone', '2026-01-01,x\n', { format: 'csv' }, '"2026-01-01" in it is a date', '--columns NAME1,NAME2'],
    ['two columns of a name', 'a,b,a\nx,y,z\n', { format: 'csv' }, 'two columns called "a"', '--columns'],
    [
      'ragged rows',
      'a,b\nx\ny\n',
      { format: 'csv' },
      'expected 2 columns, got 1 columns; 2 of the first 2',
      '--delimiter',
    ],
  ])('%s', async (_, content, options, message, hint) => {
    const directory = temporaryDirectory()
    const failure = await failureOf(() => append(directory, content, options))
    expect(failure.code).toBe('not-appendable')
    expect(failure.message).toContain(message)
    expect(failure.hint).toContain(hint)
    expect(readdirSync(directory)).toEqual([])
  })

  it('takes it where it is told to', async () => {
    expect(await appended('x\ny\n', { unchecked: true })).toEqual(['x', 'y'])
    expect(await appended('{"a":1}\n', { unchecked: true, key: 'b' })).toEqual(['{"a":1}'])
    expect(await appended('{"a":1}\nno json\n{"a":2}\n')).toHaveLength(3)
  })
})

describe('a call that fails', () => {
  it('leaves nothing of files, whichever record is bad', async () => {
    const directory = temporaryDirectory()
    await append(directory, '{"at":1}\n')
    const many = `${'{"at":1}\n'.repeat(200_000)}{"at":"never"}\n`
    const inputs = [file('{"at":2}\n'), file(many, 'many', 65_536)]
    const failure = await failureOf(() => append(directory, '', { inputs, timestamp: 'at' }))
    expect(failure.message).toContain('many:200001')
    expect(failure.hint).toContain('nothing of this call is in the log')
    expect(await values(directory)).toEqual(['{"at":1}'])
    await append(directory, '{"at":3}\n')
    expect(await values(directory)).toEqual(['{"at":1}', '{"at":3}'])
  })

  it('says how much of a stream is in', async () => {
    const directory = temporaryDirectory()
    async function* stream() {
      yield Buffer.from('{"at":1}\n{"at":2}\n')
      await new Promise(resolve => setTimeout(resolve, 400))
      yield Buffer.from('{"at":3}\n{"at":"never"}\n')
    }
    const inputs = [{ name: 'stdin', bytes: stream() }]
    const failure = await failureOf(() => append(directory, '', { inputs, timestamp: 'at' }))
    expect(failure.hint).toContain('the first 2 records of this call are in the log: append only the rest of stdin')
    expect(failure.where).toMatchObject({ appended: 2, line: 4 })
    expect(await values(directory)).toEqual(['{"at":1}', '{"at":2}'])
  })
})

test('a dry run reads and checks everything and writes nothing', async () => {
  const directory = temporaryDirectory()
  const options = { dryRun: true, partitions: 2, key: 'k' }
  expect(await append(directory, '{"k":"a"}\n{"k":"b"}\n', options)).toMatchObject({ records: 2, bytes: 18 })
  expect(readdirSync(directory)).toEqual([])
  expect((await failureOf(() => append(directory, '{"k":"a"}\n[]\n', options))).message).toContain('in.txt:2')
  await append(directory, '1\n')
  expect((await failureOf(() => append(directory, '{"k":1}', options))).code).toBe('partition-count')
  expect(await values(directory)).toEqual(['1'])
})

test('records that a job could not read are refused by place', async () => {
  const directory = temporaryDirectory()
  const reading = {
    job: 'job.ts',
    needed: [],
    optional: [],
    fault: (value: Uint8Array) => (value.length > 7 ? '$.n: expected number, got string' : null),
  }
  const failure = await failureOf(() => append(directory, '{"n":1}\n{"n":"2"}\n', { reading }))
  expect(failure.message).toBe('in.txt:2: job.ts cannot read it: $.n: expected number, got string')
  expect((await append(directory, '{"n":1}\n', { reading })).records).toBe(1)
})

test('millions of empty lines take no memory a line', { timeout: 120_000 }, async () => {
  const directory = temporaryDirectory()
  const blank = Buffer.alloc(1 << 16, '\n')
  const bytes = {
    async *[Symbol.asyncIterator]() {
      for (let i = 0; i < 32; i++) yield blank
    },
  }
  let most = 0
  const progress = (): void => {
    most = Math.max(most, process.memoryUsage().heapUsed)
  }
  const before = process.memoryUsage().heapUsed
  const inputs = [{ name: 'blank', bytes, repeatable: true }]
  expect((await append(directory, '', { inputs, format: 'lines', progress })).records).toBe(2 << 20)
  expect(most - before).toBeLessThan(250e6)
})
