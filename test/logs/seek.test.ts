// One record far inside a file is found with few reads, however small the batches, lines and chunks are: a state that
// goes on looks for the last record that it has read.

import { open } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { DirectoryLog } from '../../logs/directory.ts'
import { encodeBatch } from './support/batches.ts'
import { temporaryDirectory, writeFiles } from './support/directories.ts'
import { recordsOf } from './support/read-log.ts'
import { record } from './support/records.ts'

const COUNT = 20_000
let reads: { readonly mock: { readonly calls: readonly unknown[] }; mockRestore(): void }

beforeEach(async () => {
  const handle = await open(import.meta.filename)
  reads = vi.spyOn(Object.getPrototypeOf(handle), 'read')
  await handle.close()
})
afterEach(() => reads.mockRestore())

const values = Array.from({ length: COUNT }, (_, i) => `{"number":${i}}`)

const files: Readonly<Record<string, Readonly<Record<string, string | Uint8Array>>>> = {
  'batches of one record': {
    't/partition=0/00000000000000000000.log': Buffer.concat(
      values.map((value, i) => encodeBatch(BigInt(i), [record(value)])),
    ),
  },
  lines: { 't/partition=0/t+0+0000000000.json': `${values.join('\n')}\n` },
  'packed lines': { 't/partition=0/t+0+0000000000.json.gz': gzipSync(`${values.join('\n')}\n`) },
}

test.each(Object.keys(files))('%s', async name => {
  const directory = temporaryDirectory()
  writeFiles(directory, files[name] as Readonly<Record<string, string>>)
  const log = await DirectoryLog.open(directory)
  const found: (string | null)[] = []
  for await (const chunk of log.read('t', 0, BigInt(COUNT - 2), BigInt(COUNT - 1), { chunkBytes: 1 })) {
    found.push(...recordsOf(chunk).map(r => r.value))
  }
  expect(found).toEqual([values[COUNT - 2]])
  expect(reads.mock.calls.length).toBeLessThan(50)
  await log.close()
})
