// The queue of packed rows: in order, readable any number of times, from memory and from a file.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bytesToHex } from '../../../core/values/bytes.ts'
import { RowQueue } from '../../../store/spill/row-queue.ts'
import { testFolder } from '../../run/support/folder.ts'

describe('RowQueue', () => {
  const row = fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.option(fc.uint8Array({ maxLength: 60 })))
  const shown = (rows: Iterable<readonly [Uint8Array, Uint8Array | null]>): string[] =>
    [...rows].map(([k, v]) => `${bytesToHex(k)}=${v === null ? 'deleted' : bytesToHex(v)}`)

  it('gives the rows in order, any number of times, also through another queue', () => {
    const folder = testFolder()
    fc.assert(
      fc.property(fc.array(row), rows => {
        const queue = new RowQueue(folder, 1 << 20)
        for (const [key, value] of rows) queue.add(key, value)
        const other = new RowQueue(folder, 1 << 20)
        for (const piece of queue.pieces()) other.addPiece(piece.slice())
        expect(shown(queue.changes())).toEqual(shown(rows))
        expect(shown(queue.changes())).toEqual(shown(rows))
        expect(shown(other.changes())).toEqual(shown(rows))
      }),
    )
  })

  it('is in an unlinked file where memory is short', () => {
    const folder = testFolder()
    const queue = new RowQueue(join(folder, 'new'), 1 << 20)
    const value = new Uint8Array(300_000).fill(7)
    for (let i = 0; i < 40; i++) queue.add(Uint8Array.of(i), i % 3 === 0 ? null : value)
    expect(readdirSync(join(folder, 'new'))).toEqual([])
    const rows = [...queue.changes()].map(([k, v]) => [k[0], v?.length ?? null])
    expect(rows).toEqual(Array.from({ length: 40 }, (_, i) => [i, i % 3 === 0 ? null : 300_000]))
    queue.dispose()
    expect([...queue.changes()]).toEqual([])
  })
})
