// Damaged, foreign, newer and missing states, and a full disk.
//
// Promises: damage is refused, or the answer is exactly what was written, never different; a full disk costs no commit.

import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Row } from '../../core/state/rows.ts'
import { openStateReader, openStateWriter, type StateReader } from '../../store/index.ts'
import { Lmdb, ROOT_KEY, stateFile } from '../../store/lmdb.ts'
import { decodeRoot, EMPTY_ROOT, encodeRoot } from '../../store/root.ts'
import { program, start } from '../support/child.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lyrebird-store-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))

const rows: Row[] = Array.from({ length: 400 }, (_, i) => [Uint8Array.of(i >> 8, i & 255), new Uint8Array(30).fill(i)])

/** Reads everything through a reader and prints a digest of it, or the code of the error. */
const readAll = program(`
  import { createHash } from 'node:crypto'
  import { openStateReader } from './store/index.ts'
  try {
    const reader = openStateReader(process.argv[2])
    const hash = createHash('md5')
    for (const name of ['a', 'b']) hash.update(reader.document(name) ?? 'none')
    for (const table of ['t', 'u']) for (const [k, v] of reader.range(table)) hash.update(k).update(v)
    for (let i = 0; i < 400; i++) hash.update(reader.get('t', Uint8Array.of(i >> 8, i & 255)) ?? 'none')
    console.log(hash.digest('hex'))
  } catch (e) {
    console.log(e.code ?? e.stack)
  }
`)

async function makeState(): Promise<string> {
  const writer = await openStateWriter(join(dir, 'state'))
  await writer.commit(txn => {
    txn.putDocument('a', new Uint8Array(5000).fill(3))
    txn.putDocument('b', new Uint8Array(50).fill(4))
    txn.replaceTable('t', rows)
  })
  await writer.commit(txn => txn.applyChanges('t', [[Uint8Array.of(0, 7), null]]))
  await writer.commit(txn => txn.applyChanges('u', rows.slice(0, 90)))
  await writer.close()
  return join(dir, 'state')
}

test('flipped bits and cut files are refused or change nothing', async () => {
  const good = await makeState()
  const whole = await start(readAll, [good]).line()
  expect(whole).toMatch(/^[0-9a-f]{32}$/)
  const size = statSync(stateFile(good)).size
  const outcomes = new Map<string, number>()
  for (let i = 0; i < 12; i++) {
    const bad = join(dir, `bad-${i}`)
    mkdirSync(bad)
    copyFileSync(stateFile(good), stateFile(bad))
    if (i % 3 === 0) truncateSync(stateFile(bad), Math.floor((size * i) / 12))
    else {
      const bytes = readFileSync(stateFile(bad))
      const at = Math.floor((size * (i + 0.37)) / 12)
      bytes[at] = (bytes[at] as number) ^ (1 << (i % 8))
      writeFileSync(stateFile(bad), bytes)
    }
    const child = start(readAll, [bad])
    const answer = (await child.line()) ?? `ended by ${(await child.ended).signal}`
    expect([whole, 'state-corrupt', 'state-too-new', 'state-missing']).toContain(answer)
    if (i % 3 === 0) expect(answer, `cut at ${i}/12 of ${size}`).toBe('state-corrupt')
    outcomes.set(answer, (outcomes.get(answer) ?? 0) + 1)
  }
  expect(outcomes.get('state-corrupt')).toBeGreaterThan(3)
})

test('each block, each document and the root are covered by a checksum', async () => {
  const state = await makeState()
  const lmdb = new Lmdb(state, { readOnly: false })
  const keys = [...lmdb.db.getKeys()].map(k => Uint8Array.from(k as Uint8Array))
  expect(keys.length).toBeGreaterThan(8)
  const root = decodeRoot(lmdb.get(ROOT_KEY) as Uint8Array, state)
  const change = (key: Uint8Array, value: Uint8Array | null): void =>
    lmdb.transaction(() => {
      // The record of this very transaction, so that nothing but the change is wrong.
      lmdb.put(ROOT_KEY, encodeRoot({ ...root, transaction: lmdb.db.getWriteTxnId() }))
      if (value === null) lmdb.remove(key)
      else if (key[0] !== ROOT_KEY[0] || value !== ROOT) lmdb.put(key, value)
    })
  for (const key of keys) {
    const before = lmdb.get(key) as Uint8Array
    for (const damage of [null, before.map((b, i) => (i === before.length >> 1 ? b ^ 1 : b))]) {
      change(key, damage)
      expect(await codeOfReading(state)).toBe('state-corrupt')
      change(key, key[0] === ROOT_KEY[0] ? ROOT : before)
      expect(await codeOfReading(state)).toBe('none')
    }
  }
  await lmdb.close()
})

/** Stands for the root record of the transaction itself. */
const ROOT = new Uint8Array(0)

async function codeOfReading(state: string): Promise<string> {
  let reader: StateReader | undefined
  try {
    reader = openStateReader(state)
    for (const name of ['a', 'b']) reader.document(name)
    for (const table of ['t', 'u']) for (const _ of reader.range(table));
    return 'none'
  } catch (e) {
    return (e as { code: string }).code
  } finally {
    await reader?.close()
  }
}

test('a file of something else, a state without root, a missing one', async () => {
  expect(() => openStateReader(join(dir, 'none'))).toThrow(expect.objectContaining({ code: 'state-missing' }))
  writeFileSync(stateFile(dir), Buffer.alloc(20_000, 'x'))
  for (const open of [openStateReader, openStateWriter]) {
    await expect((async () => open(dir))()).rejects.toThrow(expect.objectContaining({ code: 'state-corrupt' }))
  }
  await expect(openStateWriter(stateFile(dir))).rejects.toThrow(expect.objectContaining({ code: 'usage' }))
})

test('a newer format is refused by reader and writer', async () => {
  const state = await makeState()
  const lmdb = new Lmdb(state, { readOnly: false })
  const bytes = encodeRoot(decodeRoot(lmdb.get(ROOT_KEY) as Uint8Array, state), 2)
  lmdb.transaction(() => lmdb.put(ROOT_KEY, bytes))
  await lmdb.close()
  for (const open of [openStateReader, openStateWriter]) {
    const tooNew = expect.objectContaining({ code: 'state-too-new', where: { state, format: 2 } })
    await expect((async () => open(state))()).rejects.toThrow(tooNew)
  }
  expect(decodeRoot(encodeRoot(EMPTY_ROOT), dir)).toEqual(EMPTY_ROOT)
})

test('a full disk: the last commit stays and a later run continues', async () => {
  const fill = program(`
    import { openStateWriter } from './store/index.ts'
    process.on('SIGXFSZ', () => {})
    const writer = await openStateWriter(process.argv[2])
    let n = 0
    try {
      for (; n < 1000; n++) {
        await writer.commit(txn => {
          txn.putDocument('n', Uint8Array.of(n & 255))
          txn.putDocument('d' + n, new Uint8Array(100_000).fill(n))
        })
      }
    } catch (e) {
      console.log(e.code ?? e.stack, n, writer.document('n')[0])
    }
  `)
  const child = start(fill, [dir], 'ulimit -f 2048')
  const [code, failed, shown] = (await child.line())?.split(' ') ?? []
  expect(code).toBe('disk-full')
  expect(Number(failed)).toBeGreaterThan(3)
  expect(Number(shown)).toBe(Number(failed) - 1)
  child.kill('SIGKILL')
  await child.ended
  const writer = await openStateWriter(dir)
  expect(writer.document('n')).toEqual(Uint8Array.of(Number(failed) - 1))
  await writer.commit(txn => txn.putDocument('after', new Uint8Array(3_000_000)))
  expect(writer.document('after')?.length).toBe(3_000_000)
  await writer.close()
})
