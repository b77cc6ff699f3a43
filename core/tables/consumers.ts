// The consumers of a table: for each chain of words on it, the views, `closed` nodes, joined tables and changelogs at
// the end of that chain.
//
// Promises: a chain runs once for a row, however many views and nodes share it.

import type { Lambdas, Plan } from '../plan/plan.ts'
import { TABLE } from '../state/row-codec.ts'
import { MultisetDigest } from '../values/multiset-digest.ts'
import { type TableChain, tableChain } from './table-chain.ts'

/**
 * Takes a row of a table that has changed: its key and what a view stores of it, null where it is gone. Copies both.
 */
type TakeRow = (rowKey: Uint8Array, stored: Uint8Array | null) => void

export interface ViewConsumer {
  readonly table: string
  readonly digest: MultisetDigest
  /** Its place among the views on the same table. */
  readonly index: number
  /** The changelogs of the view: called with each row that changes. */
  readonly changed: readonly TakeRow[]
}

interface ClosedConsumer {
  readonly node: string
  readonly digest: MultisetDigest
}

export interface TableConsumer {
  readonly chain: TableChain
  readonly views: readonly ViewConsumer[]
  readonly closed: readonly ClosedConsumer[]
  /**
   * The joined tables of which this is a side: called with each row that may have changed, also with those that `keep`
   * drops.
   */
  readonly joins: readonly TakeRow[]
}

/** Whether the consumer takes the rows that change. */
export const takesChanges = (consumer: TableConsumer): boolean => consumer.views.length > 0 || consumer.joins.length > 0

/** What consumers need of the executor. */
interface ConsumerAccess {
  view(name: string): MultisetDigest
  closed(node: string): MultisetDigest
  /** The function that gives rows to a node's input number `branch`. */
  rows(node: string, branch: number): TakeRow
}

/** How many views a table's root has, with any words between; views that only a changelog reads count too. */
export function viewsOn(plan: Plan, root: string, lambdas: Lambdas): number {
  return viewPlaces(plan).filter(view => tableChain(plan, view.node, lambdas).root === root).length
}

/** The consumers of the table with one root, with views in the order of the plan's results. */
export function tableConsumers(
  plan: Plan,
  root: string,
  lambdas: Lambdas,
  parts: ConsumerAccess,
): readonly TableConsumer[] {
  const consumers = new Map<
    string,
    { chain: TableChain; views: ViewConsumer[]; closed: ClosedConsumer[]; joins: TakeRow[] }
  >()
  const consumerAt = (tableNode: string) => {
    const chain = tableChain(plan, tableNode, lambdas)
    if (chain.root !== root) return undefined
    const consumer = consumers.get(tableNode) ?? { chain, views: [], closed: [], joins: [] }
    consumers.set(tableNode, consumer)
    return consumer
  }
  let index = 0
  for (const { node, name, changelogs } of viewPlaces(plan)) {
    const consumer = consumerAt(node)
    if (consumer === undefined) continue
    const changed = changelogs.map(id => parts.rows(id, 0))
    // A view that no result names is not compared: nothing reads its digest.
    const digest = name === null ? new MultisetDigest() : parts.view(name)
    const table = name === null ? TABLE.state(changelogs[0] as string) : TABLE.view(name)
    consumer.views.push({ table, digest, index: index++, changed })
  }
  for (const node of plan.nodes) {
    if (node.kind === 'closed') {
      consumerAt(node.inputs[0] as string)?.closed.push({ node: node.id, digest: parts.closed(node.id) })
    } else if (node.kind === 'joinTables') {
      node.inputs.forEach((input, side) => {
        consumerAt(input)?.joins.push(parts.rows(node.id, side))
      })
    }
  }
  return [...consumers.values()]
}

interface ViewPlace {
  readonly node: string
  /** Null for one that no result names: a changelog needs its rows to see which change. */
  readonly name: string | null
  readonly changelogs: string[]
}

function viewPlaces(plan: Plan): readonly ViewPlace[] {
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
