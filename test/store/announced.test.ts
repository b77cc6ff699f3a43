// lmdb's lock file in a state in which other processes may leave it: an older commit announced, or its locks destroyed.
//
// Promises: the writer loses no commit and reads its own; who opens the state waits until the locks can be made anew.
// Method: the bytes of the lock file are changed by a process of its own, since closing the file would give up the
// locks of this one.

import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStateReader, openStateWriter, type StateReader } from '../../store/index.ts'
import { stateFile } from '../../store/lmdb.ts'
import { program, start } from '../support/child.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lyrebird-store-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

/** The last transaction, by the meta pages. */
function lastTransaction(): number {
  const bytes = readFileSync(stateFile(dir))
  return Math.max(...[0, 4096].map(page => Number(bytes.readBigUInt64LE(page + 152))))
}

/** Writes a number into the lock file, of 4 or 8 bytes. */
function write(at: number, bytes: 4 | 8, value: number): void {
  const put = bytes === 8 ? `b.writeBigInt64LE(${value}n)` : `b.writeInt32LE(${value})`
  const text = `
    const fs = require('node:fs'), b = Buffer.alloc(${bytes})
    ${put}
    fs.writeSync(fs.openSync(${JSON.stringify(`${stateFile(dir)}-lock`)}, 'r+'), b, 0, ${bytes}, ${at})`
  execFileSync(process.execPath, ['-e', text])
}

/** Announces the commit before the last, as a process does that opened the state while the last one was made. */
const hideLast = (): void => write(8, 8, lastTransaction() - 1)

const key = (n: number): Uint8Array => Uint8Array.of(n)
const keysOf = (state: StateReader): number[] => [...state.range('rows')].map(([k]) => k[0] as number)

test('a writer loses no commit that another process hides', async () => {
  const writer = await openStateWriter(dir)
  const expected: number[] = []
  for (let n = 0; n < 20; n++) {
    await writer.commit(txn => {
      txn.applyChanges('rows', [[key(n), key(n)]])
      txn.putDocument('number', key(n))
    })
    expected.push(n)
    if (n % 3 === 1) hideLast()
    expect(keysOf(writer)).toEqual(expected)
    expect(writer.document('number')).toEqual(key(n))
    // Another turn of the event loop, in which lmdb renews what is read.
    if (n % 2 === 1) await new Promise(setImmediate)
    expect(writer.get('rows', key(n))).toEqual(key(n))
  }
  await writer.close()
  const reader = openStateReader(dir)
  expect(keysOf(reader)).toEqual(expected)
  await reader.close()
})

test('a range that goes on meanwhile shows the commit that it began with', async () => {
  const writer = await openStateWriter(dir)
  const rows = (n: number): [Uint8Array, Uint8Array][] => Array.from({ length: 50 }, (_, i) => [key(i), key(n)])
  await writer.commit(txn => txn.replaceTable('rows', rows(1)))
  const seen: unknown[] = []
  for (const [, value] of writer.range('rows')) {
    seen.push(value[0])
    if (seen.length % 10 === 5) {
      hideLast()
      await writer.commit(txn => txn.replaceTable('rows', rows(2)))
    }
  }
  expect(seen).toEqual(Array(50).fill(1))
  expect([...writer.range('rows')].map(([, v]) => v[0])).toEqual(Array(50).fill(2))
  await writer.close()
})

const reading = program(`
  import { openStateReader } from './store/index.ts'
  const reader = openStateReader(process.argv[2])
  console.log('open')
  await new Promise(resolve => setTimeout(resolve, 700))
  await reader.close()
`)

test.runIf(process.platform === 'linux')('destroyed locks are waited for until they can be made anew', async () => {
  const first = await openStateWriter(dir)
  await first.commit(txn => txn.applyChanges('rows', [[key(1), key(1)]]))
  await first.close()
  const child = start(reading, [dir])
  expect(await child.line()).toBe('open')
  // The kinds of the two mutexes, as pthread_mutex_destroy of glibc leaves them.
  for (const at of [40, 80]) write(at, 4, -1)
  const reader = openStateReader(dir)
  expect(keysOf(reader)).toEqual([1])
  await reader.close()
  expect(await child.ended).toMatchObject({ code: 0 })
})
