// Rows that are staged before a commit: nobody sees them, and what no commit takes is deleted.

import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Row } from '../../core/state/rows.ts'
import { openStateReader, openStateWriter, type StateWriter } from '../../store/index.ts'

const ROWS = 20_000
const OPTIONS = { stagedBytes: 50_000 }

let dir = ''
let writer: StateWriter
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'lyrebird-staged-'))
  writer = await openStateWriter(dir, OPTIONS)
})
afterEach(async () => {
  await writer.close()
  rmSync(dir, { recursive: true })
})

function* rows(count = ROWS): Generator<Row> {
  for (let i = 0; i < count; i++) {
    const key = new Uint8Array(4)
    new DataView(key.buffer).setUint32(0, i)
    yield [key, new Uint8Array(20).fill(i)]
  }
}

const fileBytes = (): number => statSync(join(dir, 'state.mdb')).size

test('are seen by nobody before the commit, and by all after it', async () => {
  const staged = writer.stage(rows(), false)
  const before = openStateReader(dir)
  expect([before.tables(), writer.tables()]).toEqual([[], []])
  await before.close()
  await writer.commit(txn => staged !== null && txn.replaceStaged('view/v', staged))
  const after = openStateReader(dir)
  expect(after.tables()).toEqual(['view/v'])
  expect([...after.range('view/v')]).toHaveLength(ROWS)
  await after.close()
})

test('no rows are staged as none', () => {
  expect(writer.stage([], false)).toBeNull()
})

test('of a failed attempt are deleted by the next commit, that of another process too', async () => {
  function* failing(): Generator<Row> {
    yield* rows(ROWS / 2)
    throw new Error('no more')
  }
  const sizes: number[] = []
  for (let i = 0; i < 6; i++) {
    expect(() => writer.stage(failing(), false)).toThrow('no more')
    writer.stage(rows(), true)
    if (i % 2 === 0) {
      await writer.close()
      writer = await openStateWriter(dir, OPTIONS)
    }
    await writer.commit(txn => txn.putDocument('commit', Uint8Array.of(i)))
    sizes.push(fileBytes())
  }
  expect(sizes.at(-1)).toBeLessThan(2 * (sizes[0] as number))
  expect(writer.tables()).toEqual([])
})
