// Which tables of an upgraded state stay, and which come from what was computed beside it.
//
// Promises: a function of both plans. Tables that are in neither list are dropped.

import { TABLE } from '../../core/state/row-codec.ts'
import { ownViewTables } from '../../core/tables/consumers.ts'
import type { Upgrade } from './compare-plans.ts'

export interface UpgradedTables {
  /** By name: the name that the table has now. */
  readonly kept: ReadonlyMap<string, string>
  /** Names of tables that are brought over as they are. */
  readonly brought: readonly string[]
  /** Whether late records and dead letters come to those that there are. */
  readonly adds: boolean
}

const VIEW = TABLE.view('')

export function upgradedTables(upgrade: Upgrade): UpgradedTables {
  const { before, now, keeps, viewNames, whole } = upgrade
  const kept = new Map<string, string>()
  const brought: string[] = []
  for (const { id, kind } of now.nodes) {
    if (kind === 'changes') continue // what it keeps are rows of a view
    for (const table of [TABLE.state(id), TABLE.index(id), TABLE.held(id)]) {
      if (keeps(id)) kept.set(table, table)
      else brought.push(table)
    }
  }
  const old = ownViewTables(before)
  const used = new Set<string>()
  const named = [...viewNames].map(([name, was]) => [TABLE.view(name), TABLE.view(was)] as const)
  const oldOf = new Map(named)
  for (const { table, node } of ownViewTables(now)) {
    const from = table.startsWith(VIEW) ? oldOf.get(table) : unnamedOf(node)
    if (from === undefined || !old.some(o => o.table === from)) brought.push(table)
    else {
      kept.set(table, from)
      used.add(from)
    }
  }
  if (whole === null) for (const table of [TABLE.late, TABLE.dead]) kept.set(table, table)
  else brought.push(TABLE.late, TABLE.dead)
  return { kept, brought, adds: whole === null }

  /** Rows that only a changelog needs, of a node that no result names. */
  function unnamedOf(node: string): string | undefined {
    return keeps(node) ? old.find(o => o.node === node && !used.has(o.table))?.table : undefined
  }
}
