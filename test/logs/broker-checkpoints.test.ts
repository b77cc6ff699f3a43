// Directories copied from a broker: what its checkpoints say of deleted records, of records that were not yet
// replicated, and of compaction.

import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { appendFiles } from '../../logs/append/append.ts'
import { openLog } from '../../logs/index.ts'
import { temporaryDirectory } from './support/directories.ts'
import { failureOf } from './support/failures.ts'
import { readAll } from './support/read-log.ts'

const SEGMENT = '00000000000000000000.log'

/** A broker's directory with 20 records of `t` in one partition, and the checkpoints given. */
async function broker(checkpoints: Readonly<Record<string, string>>): Promise<string> {
  const [made, copied] = [temporaryDirectory(), temporaryDirectory()]
  async function* lines() {
    for (let i = 0; i < 20; i++) yield Buffer.from(`${i}\n`)
  }
  await appendFiles({ directory: made, topic: 't', inputs: [{ name: 'x', bytes: lines() }], now: () => 1 })
  mkdirSync(join(copied, 't-0'))
  copyFileSync(join(made, 't', 'partition=0', SEGMENT), join(copied, 't-0', SEGMENT))
  for (const [name, text] of Object.entries(checkpoints)) writeFileSync(join(copied, name), text)
  return copied
}

async function range(directory: string): Promise<readonly [bigint, bigint, readonly (string | null)[]]> {
  const log = await openLog(directory)
  const [partition] = await log.partitions('t')
  if (partition === undefined) throw new Error('no partition')
  const { start, end } = partition
  return [start, end, (await readAll(log, 't', 0, start, end)).map(record => record.value)]
}

const LOG_START = 'log-start-offset-checkpoint'
const HIGH_WATERMARK = 'replication-offset-checkpoint'

test('deleted records stay deleted, and nothing is read from the high watermark on', async () => {
  const all = Array.from({ length: 20 }, (_, i) => String(i))
  expect(await range(await broker({}))).toEqual([0n, 20n, all])
  const others = '0\n2\nother 0 3\nt 1 3\n'
  expect(await range(await broker({ [LOG_START]: others, [HIGH_WATERMARK]: others }))).toEqual([0n, 20n, all])
  const both = await broker({ [LOG_START]: '0\n1\nt 0 7\n', [HIGH_WATERMARK]: '0\n2\nt 0 15\nu 0 1\n' })
  expect(await range(both)).toEqual([7n, 15n, all.slice(7, 15)])
  const log = await openLog(both)
  expect((await failureOf(() => readAll(log, 't', 0, 6n, 15n))).code).toBe('range-lost')
  await expect(readAll(log, 't', 0, 7n, 16n)).rejects.toThrow()
  expect(await range(await broker({ [LOG_START]: '0\n1\nt 0 40\n' }))).toEqual([40n, 40n, []])
  expect(await range(await broker({ [HIGH_WATERMARK]: '0\n1\nt 0 99\n' }))).toEqual([0n, 20n, all])
})

test('a topic that the log cleaner has been at is compacted', async () => {
  const compacted = async (text: string) =>
    (await openLog(await broker({ 'cleaner-offset-checkpoint': text }))).compacted?.('t')
  expect(await compacted('0\n1\nt 0 12\n')).toBe(true)
  expect(await compacted('0\n1\nother 0 12\n')).toBe(false)
})

test('a damaged checkpoint is an error, since deleted records would come back', async () => {
  for (const text of ['', '0\n', '1\n1\nt 0 7\n', '0\n2\nt 0 7\n', '0\n1\nt 0\n', '0\n1\nt 0 7', '0\n1\nt 0 -7\n']) {
    const directory = await broker({ [LOG_START]: text })
    expect([text, (await failureOf(() => range(directory))).code]).toEqual([text, 'bad-batch'])
  }
})
