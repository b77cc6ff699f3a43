// Commits that say whether they are whole: each has a number, which is in its document and in all of its rows.

import { expect } from 'vitest'
import type { StateReader } from '../../../store/index.ts'

/** Commits 0, 1, 2, ...: each writes its number to 60 rows and a document, and prints it once it is durable. */
export const COMMITTER = `
  import { openStateWriter } from './store/index.ts'
  const writer = await openStateWriter(process.argv[2], { blockBytes: 200, tierBytes: 1000 })
  console.log('open')
  const value = n => new TextEncoder().encode(String(n).padStart(40, '0'))
  const last = writer.document('number')
  const from = last === undefined ? -1 : Number(new TextDecoder().decode(last))
  for (let n = from + 1; n < 1e9; n++) {
    const rows = Array.from({ length: 60 }, (_, i) => [Uint8Array.of(i), (n + i) % 7 === 0 ? null : value(n)])
    const all = rows.filter(row => row[1] !== null)
    await writer.commit(txn => {
      if (n % 50 === 0) txn.replaceTable('rows', all)
      else txn.applyChanges('rows', rows)
      txn.putDocument('number', value(n))
    })
    console.log(n)
    await new Promise(setImmediate)
  }
`

/** The number of the commit that a reader sees; throws where its parts belong to different commits. */
export function commitShown(state: StateReader): number {
  const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes)
  const n = Number(text(state.document('number')))
  const expected = Array.from({ length: 60 }, (_, i) => i).filter(i => (n + i) % 7 !== 0)
  const rows = [...state.range('rows')]
  expect(rows.map(([k]) => k[0])).toEqual(expected)
  expect(new Set(rows.map(([, v]) => Number(text(v))))).toEqual(new Set([n]))
  for (const i of [0, 1, 2, 3, 4, 5, 6]) {
    const found = state.get('rows', Uint8Array.of(i))
    expect(found === undefined ? -1 : Number(text(found))).toBe((n + i) % 7 === 0 ? -1 : n)
  }
  return n
}
