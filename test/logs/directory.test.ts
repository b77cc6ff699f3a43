// Log directories: layouts, hostile names, links, unknown files, topics created again.

import { mkdirSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import { openLog } from '../../logs/index.ts'
import { encodeBatch } from './support/batches.ts'
import { temporaryDirectory, writeFiles } from './support/directories.ts'
import { codeOf, failureOf } from './support/failures.ts'
import { allValues, readAll } from './support/read-log.ts'
import { numbered } from './support/records.ts'

const segment = encodeBatch(0n, numbered(2))

async function append(directory: string, topic: string, values: number, partitions = 1) {
  const output = await OutputTopic.openForAppend(directory, topic, partitions)
  await output.append(0, numbered(values))
  await output.close()
}

test('archives, the embedded log and copies from a broker lie side by side', async () => {
  const directory = temporaryDirectory()
  await append(directory, 'own', 3, 2)
  writeFiles(directory, {
    'lines/partition=1/lines+1+0000000000.json': '1\n2\n',
    'lines/partition=10/lines+10+0000000000.json': '',
    'copy-0/00000000000000000000.log': segment,
    'copy-0/00000000000000000000.index': 'x',
    'copy-0/partition.metadata': 'x',
    'copy-11/00000000000000000000.log': segment,
    'dash-1/partition=0/dash-1+0+0.json': '9\n',
    'meta.properties': 'x',
    '.hidden/partition=0/x': '',
    '.hidden-too/readme.txt': 'x',
    '.hidden-2/readme.txt': 'x',
    'no-topic/readme.txt': 'x',
    'not a topic/partition=0/x': '',
  })
  const log = await openLog(directory)
  // Kafka allows names that begin with a dot; hidden folders without partitions are ignored.
  expect(await log.topics()).toEqual(['.hidden', 'copy', 'dash-1', 'lines', 'own'])
  const shape = async (topic: string) => (await log.partitions(topic)).map(r => [r.partition, r.start, r.end])
  expect(await shape('own')).toEqual([
    [0, 0n, 3n],
    [1, 0n, 0n],
  ])
  expect(await shape('lines')).toEqual([
    [1, 0n, 2n],
    [10, 0n, 0n],
  ])
  expect(await shape('copy')).toEqual([
    [0, 0n, 2n],
    [11, 0n, 2n],
  ])
  expect(await shape('dash-1')).toEqual([[0, 0n, 1n]])
  expect(await allValues(log, 'copy', 11)).toEqual(['v0', 'v1'])
  expect(await log.abilities('own')).toEqual({ timestamps: true, keys: true, headers: true, ticks: true })
  expect(await log.abilities('lines')).toEqual({ timestamps: false, keys: false, headers: false })
  expect(await log.topicId('copy')).toBeNull()
  await log.close()
})

test('hostile names are refused before any file is opened, unknown ones with the nearest', async () => {
  const directory = temporaryDirectory()
  await append(directory, 'page-views', 1)
  const log = await openLog(directory)
  for (const name of ['../x', '..', '.', '', 'a/b', 'a\0b', 'x'.repeat(300), 'é', 'C:\\x', '%2e%2e']) {
    expect(await codeOf(() => log.partitions(name)), name).toBe('bad-name')
    expect(await codeOf(() => readAll(log, name, 0, 0n, 1n)), name).toBe('bad-name')
    expect(await codeOf(() => OutputTopic.openForAppend(directory, name, 1)), name).toBe('bad-name')
  }
  const near = await failureOf(() => log.partitions('page-view'))
  expect(near).toMatchObject({ code: 'unknown-topic', hint: 'did you mean "page-views"?' })
  expect((await failureOf(() => log.partitions('zzz'))).hint).toBe('it has page-views')
  expect(await codeOf(() => readAll(log, 'page-views', 1, 0n, 1n))).toBe('unknown-topic')
  expect(await codeOf(() => openLog(join(directory, 'nowhere')))).toBe('usage')
  expect(await codeOf(() => openLog('a\0b'))).toBe('usage')
  expect(await codeOf(() => openLog('s3://bucket/x'))).toBe('usage')
})

test('symbolic links inside a log directory are refused, to topics, partitions and files', async () => {
  const real = temporaryDirectory()
  await append(real, 't', 1)
  const linkedTopic = temporaryDirectory()
  symlinkSync(join(real, 't'), join(linkedTopic, 't'))
  const linkedPartition = temporaryDirectory()
  mkdirSync(join(linkedPartition, 't'))
  symlinkSync(join(real, 't/partition=0'), join(linkedPartition, 't/partition=0'))
  const linkedFile = temporaryDirectory()
  mkdirSync(join(linkedFile, 't/partition=0'), { recursive: true })
  symlinkSync('/etc/hostname', join(linkedFile, 't/partition=0/t+0+0.json'))
  for (const directory of [linkedTopic, linkedPartition, linkedFile]) {
    const log = await openLog(directory)
    expect(await codeOf(() => log.partitions('t'))).toBe('bad-name')
  }
  expect(await codeOf(() => OutputTopic.openForAppend(linkedTopic, 't', 1))).toBe('bad-name')
  const linkedLog = join(temporaryDirectory(), 'log')
  symlinkSync(real, linkedLog)
  expect(await allValues(await openLog(linkedLog), 't')).toEqual(['v0'])
})

test('a file that is no part of a log is named', async () => {
  for (const name of ['notes.txt', 't+1+0.json', 'u+0+0.json', '00.log.swap', 't+0+0.json.zst']) {
    const directory = temporaryDirectory()
    writeFiles(directory, { 't/partition=0/t+0+0000000000.json': '1\n', [`t/partition=0/${name}`]: 'x' })
    const log = await openLog(directory)
    const failure = await failureOf(() => log.partitions('t'))
    expect(failure.code).toBe('bad-name')
    expect(failure.message).toContain(name)
  }
})

test('files with the same offsets twice, or of two kinds, are refused', async () => {
  const cases: Record<string, Record<string, string | Uint8Array>> = {
    'two layouts': { 't-0/0.log': segment, 't/partition=0/0.log': segment },
    'plain and gz': { 't/partition=0/t+0+0.json': '1\n', 't/partition=0/t+0+0.json.gz': '' },
    'leading zeros': { 't/partition=0/0.log': segment, 't/partition=0/000.log': segment },
    'two kinds': { 't/partition=0/0.log': segment, 't/partition=0/t+0+2.json': '1\n' },
  }
  for (const [name, files] of Object.entries(cases)) {
    const directory = temporaryDirectory()
    writeFiles(directory, files)
    const log = await openLog(directory)
    expect(await codeOf(() => log.partitions('t')), name).toBe('log-overlap')
  }
  const mixed = temporaryDirectory()
  writeFiles(mixed, { 't/partition=0/0.log': segment, 't/partition=1/t+1+2.json': '1\n' })
  expect(await codeOf(async () => (await openLog(mixed)).abilities('t'))).toBe('log-overlap')
})

test('a topic that is deleted and created again has another id, and nothing remembered of its files is used', async () => {
  const directory = temporaryDirectory()
  await append(directory, 't', 50)
  const log = await openLog(directory)
  const id = await log.topicId('t')
  expect(await allValues(log, 't')).toHaveLength(50)
  rmSync(join(directory, 't'), { recursive: true })
  await append(directory, 't', 2)
  expect(await log.topicId('t')).not.toBe(id)
  expect(await allValues(log, 't')).toEqual(['v0', 'v1'])
})

test('a partition folder that is missing, or added by hand, stops the reader', async () => {
  const directory = temporaryDirectory()
  await append(directory, 't', 1, 3)
  mkdirSync(join(directory, 't/partition=3'))
  const log = await openLog(directory)
  expect(await codeOf(() => log.partitions('t'))).toBe('partition-added')
  rmSync(join(directory, 't/partition=3'), { recursive: true })
  rmSync(join(directory, 't/partition=1'), { recursive: true })
  expect(await failureOf(() => log.partitions('t'))).toMatchObject({ code: 'range-lost' })
})
