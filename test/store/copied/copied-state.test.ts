// Copies of a commit: the same rows and documents as the commit, whatever is committed afterwards.

import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RowChange } from '../../../core/state/rows.ts'
import { openStateReader, openStateWriter, type StateReader, type StateWriter } from '../../../store/index.ts'
import { seededRandom } from '../../../testing/equivalence/random.ts'

let [dir, scratch] = ['', '']
let writer: StateWriter
beforeEach(async () => {
  ;[dir, scratch] = ['state', 'scratch'].map(name => mkdtempSync(join(tmpdir(), `lyrebird-copied-${name}-`))) as [
    string,
    string,
  ]
  writer = await openStateWriter(dir, { blockBytes: 300, tierBytes: 2000 })
})
afterEach(async () => {
  await writer.close()
  for (const folder of [dir, scratch]) rmSync(folder, { recursive: true })
})

const HOUR_MS = 3_600_000
const copied = (tables: readonly string[], withinMs = HOUR_MS) => {
  const reader = openStateReader(dir)
  const copy = reader.copy({ tables, directory: scratch, withinMs })
  return { reader, copy }
}

const hex = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('hex')
const rowsOf = (state: StateReader, table: string): string[] =>
  [...state.range(table)].map(([key, value]) => `${hex(key)} ${hex(value)}`)

const key = (n: number): Uint8Array => Uint8Array.of(n >> 8, n & 0xff)

/** Some runs above each other, with rows that newer ones replace and delete; some larger than a block. */
async function commit(seed: number, table: string): Promise<void> {
  const random = seededRandom(seed)
  const changes: RowChange[] = []
  for (let n = 0; n < 900; n++) {
    if (random.chance(0.6)) continue
    const size = random.chance(0.01) ? 5000 : random.below(40)
    changes.push([key(n), random.chance(0.2) ? null : new Uint8Array(size).fill(seed)])
  }
  await writer.commit(transaction => {
    if (seed === 1)
      transaction.replaceTable(
        table,
        changes.filter((c): c is [Uint8Array, Uint8Array] => c[1] !== null),
      )
    else transaction.applyChanges(table, changes)
    transaction.putDocument('number', Uint8Array.of(seed))
  })
}

test('are what the commit was, after many others and after its reader was closed', async () => {
  for (let seed = 1; seed < 6; seed++) for (const table of ['one', 'two']) await commit(seed, table)
  // A few rows above the others, some of them deleted.
  const few = [...writer.range('one')].filter((_, i) => i % 40 === 7).map(([k]) => k.slice())
  await writer.commit(transaction =>
    transaction.applyChanges(
      'one',
      few.map((k, i): RowChange => [k, i % 2 === 0 ? null : Uint8Array.of(99)]),
    ),
  )
  const { reader, copy } = copied(['two', 'one', 'none'])
  const expected = ['one', 'two'].map(table => rowsOf(reader, table))
  const found = Array.from({ length: 900 }, (_, n) => hex(reader.get('one', key(n))))
  await reader.close()
  for (let seed = 6; seed < 40; seed++) await commit(seed, 'one')
  expect(copy.left).toEqual([])
  expect(['one', 'two'].map(table => rowsOf(copy, table))).toEqual(expected)
  expect(Array.from({ length: 900 }, (_, n) => hex(copy.get('one', key(n))))).toEqual(found)
  expect(copy.tables()).toEqual(['one', 'two'])
  expect([...copy.range('none')]).toEqual([])
  const part = [...copy.range('one', key(300), key(310))].map(([k]) => hex(k))
  expect(part).toEqual(
    (expected[0] as string[]).map(row => row.split(' ')[0] as string).filter(k => k >= '012c' && k < '0136'),
  )
  expect([copy.document('number'), copy.document('other')]).toEqual([Uint8Array.of(5), undefined])
  await copy.close()
})

test('leave nothing behind, and hold nothing once their reader is closed', async () => {
  await commit(1, 'one')
  const bytes = (): number => statSync(join(dir, 'state.mdb')).size
  const commits = async (): Promise<void> => {
    for (let i = 0; i < 40; i++) await commit(2, 'one')
  }
  await commits()
  const { reader, copy } = copied(['one'])
  await reader.close()
  const before = bytes()
  await commits()
  // Where free pages lie differs by some of them.
  const own = bytes() - before
  expect(readdirSync(scratch)).toEqual([])
  expect(rowsOf(copy, 'one').length).toBeGreaterThan(100)
  const held = openStateReader(dir)
  const begun = bytes()
  await commits()
  const whileHeld = bytes() - begun
  await held.close()
  expect(own).toBeLessThan(whileHeld / 20)
  await copy.close()
})

test('leave out tables for which there is no time', async () => {
  await commit(1, 'one')
  const { reader, copy } = copied(['one', 'none'], -1)
  expect(copy.left).toEqual(['one'])
  expect(copy.document('number')).toEqual(Uint8Array.of(1))
  expect([...copy.range('one')]).toEqual([])
  await reader.close()
  await copy.close()
})
