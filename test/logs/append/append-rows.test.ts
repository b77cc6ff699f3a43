// Rows of CSV: their dialect and header are found out, kept with the topic, and given to readers range by range.

import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import type { RowLayout } from '../../../core/log/row-layout.ts'
import { appendFiles } from '../../../logs/append/append.ts'
import type { AppendOptions } from '../../../logs/append/options.ts'
import { openLog } from '../../../logs/index.ts'
import { temporaryDirectory } from '../support/directories.ts'
import { failureOf } from '../support/failures.ts'

function input(content: string, name = 'in.csv') {
  const bytes = {
    async *[Symbol.asyncIterator]() {
      yield Buffer.from(content)
    },
  }
  return { name, bytes, repeatable: true }
}

const append = (directory: string, content: string, options: Partial<AppendOptions> = {}) =>
  appendFiles({ directory, topic: 't', inputs: [input(content)], format: 'csv', now: () => 1, ...options })

/** Each value with the names of its columns, joined. */
async function read(directory: string, partition = 0): Promise<readonly string[]> {
  const log = await openLog(directory)
  const range = (await log.partitions('t')).find(r => r.partition === partition)
  const found: string[] = []
  for await (const { bytes, count, valueStart, valueEnd, layout } of log.read('t', partition, 0n, range?.end ?? 0n)) {
    for (let i = 0; i < count; i++) {
      const value = Buffer.from(bytes.subarray(valueStart[i], valueEnd[i])).toString()
      found.push(`${layout === undefined ? '-' : (layout.columns?.join('+') ?? '?')}: ${value}`)
    }
  }
  await log.close()
  return found
}

async function found(content: string, options: Partial<AppendOptions> = {}): Promise<RowLayout | null> {
  return (await append(temporaryDirectory(), content, options)).layout
}

describe('the dialect is found out', () => {
  it.each([
    ['a,b\n1,2\n', ',', '"', '"', 'a b'],
    ['a;b\n1,5;2,5\n3,5;4\n', ';', '"', '"', 'a b'],
    ['a\tb c\tcomma, too\n1\t2\t3\n', '\t', '"', '"', 'a|b c|comma, too'],
    ['a|b\n"x,y"|2\n', '|', '"', '"', 'a b'],
    ['sep=;\r\na;b\r\n1,2;3\r\n', ';', '"', '"', 'a b'],
    ["a,b\n'x, y',1\n'z',2\n", ',', "'", "'", 'a b'],
    ["a,b\nit's,1\n'tis,2\n", ',', '"', '"', 'a b'],
    ['a,b\n"say \\"hi\\"",1\n', ',', '"', '\\', 'a b'],
    ['a,b\n"C:\\dir\\",1\n', ',', '"', '"', 'a b'],
    ['only\nx,y\nz\nw\n', ';', '"', '"', 'only'],
    [' a , "b" ,\n1,2,\n', ',', '"', '"', 'a|"b"|'],
    ['\n\na,b\n1,2\n', ',', '"', '"', 'a b'],
    ['a;"b \\"c, d\\"";e\n1;"x \\"y, z\\"";2\n', ';', '"', '\\', 'a|b "c, d"|e'],
  ])('%j', async (content, delimiter, quote, escapedBy, names) => {
    const columns = names.includes('|') ? names.split('|') : names.split(' ')
    expect(await found(content)).toEqual({ topic: 't', columns, delimiter, quote, escapedBy })
  })

  it('what is told counts', async () => {
    expect(await found('a:b\n1:2\n', { rows: { delimiter: ':' } })).toMatchObject({
      delimiter: ':',
      columns: ['a', 'b'],
    })
    expect(await found('a,"b\nx,y"\n', { rows: { quote: '', escapedBy: '' } })).toMatchObject({ columns: ['a', '"b'] })
    expect(await found('1,2\n', { rows: { columns: ['x', 'y'] } })).toMatchObject({ columns: ['x', 'y'] })
    expect(await found('a,b\n1,2\n', { rows: { columns: ['x', 'y'], header: true } })).toMatchObject({
      columns: ['x', 'y'],
    })
    expect(await found('1,2\n', { rows: { header: false } })).toMatchObject({ columns: null })
    expect(await found('2020,2021\n1,2\n', { rows: { header: true } })).toMatchObject({ columns: ['2020', '2021'] })
    const twice = await failureOf(() => append(temporaryDirectory(), 'a,b\n1,2\n', { rows: { columns: ['a', 'b'] } }))
    expect(twice.message).toBe('in.csv:1 is a header, and --columns names the columns too')
  })
})

test('each range of a topic keeps its own header; what was appended before there were any has none', async () => {
  const directory = temporaryDirectory()
  await append(directory, 'old,row', { format: 'lines' })
  await append(directory, 'last,first\nLovelace,Ada\n')
  await append(directory, 'last,first\nHopper,Grace\n')
  await append(directory, 'first;last;born\nAlan;Turing;1912\n')
  expect(await read(directory)).toEqual([
    '-: old,row',
    'last+first: Lovelace,Ada',
    'last+first: Hopper,Grace',
    'first+last+born: Alan;Turing;1912',
  ])
})

test('a header that lacks a column of the topic, or none where one was, is refused before anything is written', async () => {
  const directory = temporaryDirectory()
  await append(directory, 'first,last\nAda,Lovelace\n', { partitions: 2 })
  const lacks = await failureOf(() => append(directory, 'first,lst\nAlan,Turing\n'))
  expect([lacks.code, lacks.message]).toEqual([
    'not-appendable',
    'in.csv has no column "last", which the rows of topic t have',
  ])
  expect(lacks.hint).toContain('did you mean lst? its columns are first, lst')
  const rows = await failureOf(() => append(directory, 'Alan,Turing\nKurt,Gödel\n'))
  expect(rows.message).toBe('in.csv has no column "first", which the rows of topic t have')
  const json = await failureOf(() => append(directory, '{}\n', { format: 'json' }))
  expect(json.message).toBe('topic "t" holds rows of CSV, and these are json')
  const files = [input('last,first\nTuring,Alan\n', 'one.csv'), input('name\nx\n', 'two.csv')]
  expect((await failureOf(() => append(directory, '', { inputs: files }))).message).toContain('two.csv has no column')
  expect([...(await read(directory)), ...(await read(directory, 1))]).toEqual(['first+last: Ada,Lovelace'])
})

test('empty lines before the first row hide nothing', async () => {
  async function* slow() {
    yield Buffer.from('\n')
    await new Promise(resolve => setTimeout(resolve, 300))
    yield Buffer.from('a,b\n1,2\n')
  }
  const directory = temporaryDirectory()
  await append(directory, '', { inputs: [{ name: 'stdin', bytes: slow() }] })
  expect(await read(directory)).toEqual(['a+b: 1,2'])
  const blank = await append(temporaryDirectory(), 'sep=;\r\n\r\n\r\n')
  expect([blank.records, blank.emptyLines]).toEqual([0, 2])
  const json = await failureOf(() => append(temporaryDirectory(), '\n{"a":1,"b":2}\n', { rows: { header: false } }))
  expect(json.message).toBe('in.csv:2: it is JSON and no row')
  const far = await failureOf(() => append(temporaryDirectory(), `${'\n'.repeat(300_000)}a,b\n1,2\n`))
  expect(far.message).toBe('in.csv:300001: the first row is not in the first 256 kB')
})

test('a call that failed leaves no header behind', async () => {
  const directory = temporaryDirectory()
  await append(directory, 'a,at\nx,1\n', { timestamp: 'at' })
  const bad = 'at,a\n2,y\nnever,z\n'
  expect((await failureOf(() => append(directory, bad, { timestamp: 'at' }))).message).toContain('in.csv:3')
  async function* stream() {
    yield Buffer.from(bad)
  }
  const inputs = [{ name: 'stdin', bytes: stream() }]
  await failureOf(() => append(directory, '', { inputs, timestamp: 'at' }))
  await append(directory, 'a,at\nw,3\n', { timestamp: 'at' })
  expect(await read(directory)).toEqual(['a+at: x,1', 'a+at: w,3'])
})

test('a damaged header file is an error, whatever bit of it changed', async () => {
  const directory = temporaryDirectory()
  await append(directory, 'a,b\nx,y\n')
  const path = join(directory, 't', '.rows')
  const whole = readFileSync(path)
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const bytes = Buffer.from(whole)
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
    writeFileSync(path, bytes)
    const failure = await failureOf(() => read(directory))
    expect([failure.code, bit]).toEqual(['bad-batch', bit])
  }
  for (let bytes = 0; bytes < whole.length; bytes++) {
    writeFileSync(path, whole.subarray(0, bytes))
    expect((await failureOf(() => read(directory))).code).toBe('bad-batch')
  }
})

test('a header file that was lost is an error, for readers and writers', async () => {
  const directory = temporaryDirectory()
  await append(directory, 'a,b\nx,y\n')
  const path = join(directory, 't', '.rows')
  const whole = readFileSync(path)
  rmSync(path)
  for (const use of [() => read(directory), () => append(directory, 'b,a\nx,y\n')]) {
    const failure = await failureOf(use)
    expect([failure.code, failure.message]).toEqual([
      'bad-batch',
      `${path} is missing: it says how the rows of topic t are laid out`,
    ])
  }
  writeFileSync(path, whole)
  expect(await read(directory)).toEqual(['a+b: x,y'])
  const note = join(directory, 't', '.topic')
  const noted = readFileSync(note)
  for (let bit = 0; bit < noted.length * 8; bit++) {
    const bytes = Buffer.from(noted)
    bytes[bit >> 3] = (bytes[bit >> 3] as number) ^ (1 << (bit & 7))
    writeFileSync(note, bytes)
    // White space at the end may be another one.
    const answer = await read(directory).catch(e => e.code)
    expect([['a+b: x,y'], 'bad-batch']).toContainEqual(answer)
    if (bit < (noted.length - 1) * 8) expect([answer, bit]).toEqual(['bad-batch', bit])
  }
})
