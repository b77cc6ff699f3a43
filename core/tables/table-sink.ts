// The ends of a table: for each table node that a view, a `closed`, a joined table or a changelog stands on, the chain that leads to it
// and who takes its rows.
//
// Promises: a chain runs once for a row, however many views and nodes share it.

import type { Lambdas, Plan } from '../plan/plan.ts'
import { TABLE } from '../state/row-codec.ts'
import { Tally } from '../state/tally.ts'
import { type TableChain, tableChain } from './table-chain.ts'

/** Takes a row of a table that has changed: its key and what a view stores of it, null where it is gone. Copies both. */
export type TakeRow = (rowKey: Uint8Array, stored: Uint8Array | null) => void

export interface EndView {
  readonly table: string
  readonly tally: Tally
  /** Its place among the views on the same table. */
  readonly index: number
  /** The changelogs of the view: called with each row that becomes another one. */
  readonly changed: readonly TakeRow[]
}

export interface EndClosed {
  readonly node: string
  readonly tally: Tally
}

export interface TableEnd {
  readonly chain: TableChain
  readonly views: readonly EndView[]
  readonly closed: readonly EndClosed[]
  /** The joined tables of which this is a side: called with each row that may have become another one, whatever `keep` says. */
  readonly joins: readonly TakeRow[]
}

/** Whether anybody takes the rows of an end that change. */
export const takesChanges = (end: TableEnd): boolean => end.views.length > 0 || end.joins.length > 0

/** What ends need of the executor. */
export interface EndParts {
  view(name: string): Tally
  closed(node: string): Tally
  /** How a node takes rows by its input number `branch`. */
  rows(node: string, branch: number): TakeRow
}

/** How many views stand on the root of a table, with whatever words between; those that only a changelog sees count too. */
export function viewsOn(plan: Plan, root: string, lambdas: Lambdas): number {
  return viewsOf(plan).filter(view => tableChain(plan, view.node, lambdas).root === root).length
}

/** The ends of the table with one root, with views in the order of the plan's results. */
export function tableEnds(plan: Plan, root: string, lambdas: Lambdas, parts: EndParts): readonly TableEnd[] {
  const ends = new Map<string, { chain: TableChain; views: EndView[]; closed: EndClosed[]; joins: TakeRow[] }>()
  const endAt = (tableNode: string) => {
    const chain = tableChain(plan, tableNode, lambdas)
    if (chain.root !== root) return undefined
    const end = ends.get(tableNode) ?? { chain, views: [], closed: [], joins: [] }
    ends.set(tableNode, end)
    return end
  }
  let index = 0
  for (const { node, name, changelogs } of viewsOf(plan)) {
    const end = endAt(node)
    if (end === undefined) continue
    const changed = changelogs.map(id => parts.rows(id, 0))
    // What no result names is no part of what is compared: its tally counts for nobody.
    const tally = name === null ? new Tally() : parts.view(name)
    const table = name === null ? TABLE.state(changelogs[0] as string) : TABLE.view(name)
    end.views.push({ table, tally, index: index++, changed })
  }
  for (const node of plan.nodes) {
    if (node.kind === 'closed') {
      endAt(node.inputs[0] as string)?.closed.push({ node: node.id, tally: parts.closed(node.id) })
    } else if (node.kind === 'joinTables') {
      node.inputs.forEach((input, side) => {
        endAt(input)?.joins.push(parts.rows(node.id, side))
      })
    }
  }
  return [...ends.values()]
}

interface ViewPlace {
  readonly node: string
  /** Null for one that no result names: a changelog needs it to know what becomes another one. */
  readonly name: string | null
  readonly changelogs: string[]
}

function viewsOf(plan: Plan): readonly ViewPlace[] {
  const views: ViewPlace[] = plan.results
    .filter(r => r.kind === 'view')
    .map(({ name, node }) => ({ name, node, changelogs: [] }))
  for (const { kind, id, inputs } of plan.nodes) {
    if (kind !== 'changes') continue
    const node = inputs[0] as string
    const view = views.find(v => v.node === node)
    if (view === undefined) views.push({ node, name: null, changelogs: [id] })
    else view.changelogs.push(id)
  }
  return views
}
