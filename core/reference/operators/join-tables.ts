// `joinTables`: the rows of two tables by key and window.
//
// Promises: which rows there are is decided before what they hold; an error row on a side makes an error row, the left
// one's first.

import type { NodeParams } from '../../plan/plan.ts'
import { bytesToHex } from '../../values/bytes.ts'
import { canonicalBytes } from '../../values/canonical.ts'
import type { Row } from '../tables.ts'

export function joinedRows(type: NodeParams['joinTables']['type'], left: readonly Row[], right: readonly Row[]): Row[] {
  const lefts = new Map(left.map(row => [placeOf(row), row]))
  const rights = new Map(right.map(row => [placeOf(row), row]))
  const places = new Set([...lefts.keys(), ...rights.keys()])
  return [...places].flatMap(place => {
    const [l, r] = [lefts.get(place), rights.get(place)]
    if (l === undefined && type !== 'full') return []
    if (r === undefined && type === 'inner') return []
    return [{ ...((l ?? r) as Row), outcome: outcomeOf(l, r) }]
  })
}

function outcomeOf(left: Row | undefined, right: Row | undefined): Row['outcome'] {
  for (const row of [left, right]) if (row !== undefined && 'error' in row.outcome) return row.outcome
  return { value: { left: valueIn(left), right: valueIn(right) } }
}

const valueIn = (row: Row | undefined): unknown =>
  row !== undefined && 'value' in row.outcome ? row.outcome.value : null

const placeOf = ({ key, window }: Row): string => `${window?.start} ${window?.end} ${bytesToHex(canonicalBytes(key))}`
