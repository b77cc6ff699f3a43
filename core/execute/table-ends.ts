// The ends of a table: for each table node that a view or a `closed` stands on, the chain that leads to it and who
// takes its rows.
//
// Promises: a chain runs once for a row, however many views and `closed` nodes share it.

import type { Lambdas, Plan } from '../plan.ts'
import { TABLE } from './row-codec.ts'
import { type TableChain, tableChain } from './table-chain.ts'
import type { Tally } from './tally.ts'

export interface EndView {
  readonly table: string
  readonly tally: Tally
  /** Its place among the views on the same table. */
  readonly index: number
}

export interface EndClosed {
  readonly node: string
  readonly tally: Tally
}

export interface TableEnd {
  readonly chain: TableChain
  readonly views: readonly EndView[]
  readonly closed: readonly EndClosed[]
}

export interface EndTallies {
  view(name: string): Tally
  closed(node: string): Tally
}

/** How many views stand on an aggregate node, with whatever words between. */
export function viewsOn(plan: Plan, aggregate: string, lambdas: Lambdas): number {
  return plan.results.filter(r => r.kind === 'view' && tableChain(plan, r.node, lambdas).aggregate === aggregate).length
}

/** The ends of one aggregate node's table, with views in the order of the plan's results. */
export function tableEnds(plan: Plan, aggregate: string, lambdas: Lambdas, tallies: EndTallies): readonly TableEnd[] {
  const ends = new Map<string, { chain: TableChain; views: EndView[]; closed: EndClosed[] }>()
  const endAt = (tableNode: string) => {
    const chain = tableChain(plan, tableNode, lambdas)
    if (chain.aggregate !== aggregate) return undefined
    const end = ends.get(tableNode) ?? { chain, views: [], closed: [] }
    ends.set(tableNode, end)
    return end
  }
  let index = 0
  for (const { kind, name, node } of plan.results) {
    const views = kind === 'view' ? endAt(node)?.views : undefined
    views?.push({ table: TABLE.view(name), tally: tallies.view(name), index: index++ })
  }
  for (const node of plan.nodes) {
    if (node.kind !== 'closed') continue
    endAt(node.inputs[0] as string)?.closed.push({ node: node.id, tally: tallies.closed(node.id) })
  }
  return [...ends.values()]
}
