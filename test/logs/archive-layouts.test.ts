// Archives as sinks and their neighbours leave them: gaps that are declared, other suffixes, files of other tools, and
// layouts that are named in an error.

import { gzipSync } from 'node:zlib'
import { expect, it, test } from 'vitest'
import { openLog } from '../../logs/index.ts'
import { temporaryDirectory, writeFiles } from './support/directories.ts'
import { failureOf } from './support/failures.ts'
import { allValues, readAll } from './support/read-log.ts'

const GAPS = {
  't/partition=0/t+0+5.json': 'a\nb\n',
  't/partition=0/t+0+9.json': 'c\n',
  't/partition=0/t+0+10.json': 'd',
}

async function archive(files: Readonly<Record<string, string | Uint8Array>>) {
  const directory = temporaryDirectory()
  writeFiles(directory, files)
  return await openLog(directory)
}

const offsets = (records: readonly { offset: bigint; value: string | null }[]) =>
  records.map(({ offset, value }) => `${offset} ${value}`)

test('a gap between files is an error that says how to declare it; a declared one is read over, from any offset', async () => {
  const refused = await failureOf(async () => allValues(await archive(GAPS), 't'))
  expect([refused.code, refused.message]).toEqual(['log-gap', expect.stringContaining('t/0 at offsets 7 to 8')])
  expect(refused.hint).toMatch(/declare it: echo '\{"gaps": 2\}' > .*\/t\/_lyrebird\.json$/)
  const small = await failureOf(async () =>
    allValues(await archive({ ...GAPS, 't/_lyrebird.json': '{"gaps":1}' }), 't'),
  )
  expect(small.code).toBe('log-gap')
  for (const gaps of ['{"gaps":2}', '{"gaps":"any"}\n']) {
    const log = await archive({ ...GAPS, 't/_lyrebird.json': gaps })
    const all = ['5 a', '6 b', '9 c', '10 d']
    for (let from = 5n; from <= 11n; from++) {
      for (let to = from; to <= 11n; to++) {
        const wanted = all.filter(
          line => BigInt(line.split(' ')[0] as string) >= from && BigInt(line.split(' ')[0] as string) < to,
        )
        expect(offsets(await readAll(log, 't', 0, from, to, { chunkBytes: 2 }))).toEqual(wanted)
      }
    }
  }
})

it.each(['', '{}', '[]', '{"gaps":-1}', '{"gaps":1.5}', '{"gaps":"some"}', '{"gaps":1,"more":2}'])(
  '%s declares nothing',
  async text => {
    const failure = await failureOf(async () => allValues(await archive({ ...GAPS, 't/_lyrebird.json': text }), 't'))
    expect([failure.code, failure.hint]).toEqual(['usage', expect.stringContaining('{"gaps": 1}')])
  },
)

test('lines are read from files of any suffix; files of other tools are left alone', async () => {
  const log = await archive({
    't/partition=0/t+0+0.ndjson': '0\n',
    't/partition=0/t+0+1.jsonl.gz': gzipSync('1\n'),
    't/partition=0/t+0+2.log': '2\n',
    't/partition=0/t+0+3.json': '3\n',
    't/partition=0/_SUCCESS': '',
    't/partition=0/.t+0+3.json.crc': 'x',
    't/partition=0/_temporary/0/part': 'x',
    '_u/partition=0/_u+0+0.ndjson.gz': gzipSync('u\n'),
  })
  expect(await allValues(log, 't')).toEqual(['0', '1', '2', '3'])
  expect(await allValues(log, '_u')).toEqual(['u'])
  const strange = await failureOf(async () => allValues(await archive({ 't/partition=0/t+0+0.avro': '' }), 't'))
  expect(strange.hint).toContain('.ndjson, .jsonl, .log or .gz')
})

it.each([
  ['topics/t/partition=0/t+0+0.json', '', 'it lies one folder deeper', /--log .*\/topics$/],
  ['t/partition=0/t+0+0.json', 't', 'is the folder of a topic', /--log [^ ]*$/],
  [
    't/dt=2026-01-01/hour=03/part-0.json.gz',
    '',
    'is a Hive layout',
    /find .*\/t -type f \| sort \| xargs lyrebird append t/,
  ],
])('%s is named with what to type', async (file, folder, message, hint) => {
  const directory = temporaryDirectory()
  writeFiles(directory, { [file]: '1\n' })
  const failure = await failureOf(async () => (await openLog(`${directory}/${folder}`)).partitions('t'))
  expect(failure).toMatchObject({ code: 'unknown-topic', message: expect.stringContaining(message) })
  expect(failure.hint).toMatch(hint)
  const log = await openLog(`${directory}/${folder}`)
  const listed = await log.otherLayout?.()
  expect(listed).toMatchObject({ code: 'unknown-topic', hint: failure.hint })
  expect(listed?.message).toMatch(/ has no topics: .*(one folder deeper|the folder of a topic|a Hive layout)/)
})

test('an empty log, or one of files that are read in place, is in no other layout', async () => {
  expect(await (await archive({ 'notes/read me': '' })).otherLayout?.()).toBeNull()
})

test('a byte order mark is no part of the first line of a file', async () => {
  const log = await archive({
    't/partition=0/t+0+0.json': '\ufeffa\n\ufeffb\n',
    't/partition=0/t+0+2.json.gz': gzipSync('\ufeff\nc'),
  })
  expect(offsets(await readAll(log, 't', 0, 0n, 4n, { chunkBytes: 1 }))).toEqual(
    ['0 a', '1 \ufeffb', '2 ', '3 c'].map(line => Buffer.from(line).toString('latin1')),
  )
  expect(offsets(await readAll(log, 't', 0, 1n, 3n))).toEqual(
    ['1 \ufeffb', '2 '].map(line => Buffer.from(line).toString('latin1')),
  )
})
