// The keys and values of the rows that sessions have in the tables of the state, and that parts of them have on their
// way between executors.

import { ByteReader } from '../../values/bytes.ts'
import { skipValue } from '../../values/canonical.ts'
import { cellPart, joined, type RowPart } from '../aggregate/row-part.ts'
import type { SessionTable } from './session-table.ts'

export const keyPart = (sessions: SessionTable): RowPart => ({
  write: (w, slot) => sessions.writeKeyOfSlot(w, slot),
  pack: program => sessions.packKeyOfSlot(program),
})

/** Key and first time. */
export const stateKeyPart = (sessions: SessionTable): RowPart => joined(keyPart(sessions), cellPart(sessions.firsts))

/** Last time and the states of the columns, which `state` writes. */
export const stateValuePart = (sessions: SessionTable, state: RowPart): RowPart =>
  joined(cellPart(sessions.lasts), state)

/** The bytes of the key at the beginning of a row's, which all sessions of that key share. */
export function keyOfRow(rowKey: Uint8Array): Uint8Array {
  const reader = new ByteReader(rowKey)
  skipValue(reader)
  return rowKey.subarray(0, reader.position)
}
