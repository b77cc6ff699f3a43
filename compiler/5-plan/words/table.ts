// Words on tables in the plan: mapTable, filterTable, keep, existing, joinTables, changes, closed. Rows hold no source's value, so they ask nothing of one.

import { PRESENCE, type Word } from './word.ts'

const rows = { needs: () => PRESENCE }

export const mapTable: Word<'mapTable'> = rows
export const filterTable: Word<'filterTable'> = rows
export const keep: Word<'keep'> = rows
export const existing: Word<'existing'> = rows
export const joinTables: Word<'joinTables'> = rows
export const changes: Word<'changes'> = rows
export const closed: Word<'closed'> = rows
