// The consumers of a table: for each chain of words on it, the views, `closed` nodes, joined tables and changelogs at
// the end of that chain.
//
// Promises: a chain runs once for a row, however many views and nodes share it.

import type { Lambdas, Plan, PlanNodeOf } from '../plan/plan.ts'
import { tableRoot } from '../plan/plan-index.ts'
import { sharesState } from '../plan/shares-state.ts'
import { TABLE } from '../state/row-codec.ts'
import { MultisetDigest } from '../values/multiset-digest.ts'
import { type TableChain, tableChain } from './table-chain.ts'
import { movedBytes } from './view-order.ts'

/**
 * Takes a row of a table that has changed: its key and what a view stores of it, null where it is gone. Copies both.
 */
type TakeRow = (rowKey: Uint8Array, stored: Uint8Array | null) => void

export interface ViewConsumer {
  /** Where its rows are; those of the state where it shares them (`sharesState`). */
  readonly table: string
  readonly shared: boolean
  /** Bytes of a row key that are moved where its rows are stored (view-order.ts). */
  readonly moved: number
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
  /** Whether the state has the rows of all views by window. */
  readonly byWindow: boolean
  /** The function that gives rows to a node's input number `branch`. */
  rows(node: string, branch: number): TakeRow
}

/** How many views a table's root has, with any words between; views that only a changelog reads count too. */
export function viewsOn(plan: Plan, root: string): number {
  return endsOf(plan, root).views.length
}

/** Tables in which older versions kept the rows of views that share those of the state. */
export const ownTablesOfShared = (plan: Plan): readonly string[] =>
  viewPlaces(plan)
    .filter(({ node }) => sharesState(plan, node))
    .map(ownTable)

/** Tables of views that have rows of their own, each with the node whose rows they are. */
export const ownViewTables = (plan: Plan): readonly { readonly table: string; readonly node: string }[] =>
  viewPlaces(plan)
    .filter(({ node }) => !sharesState(plan, node))
    .map(place => ({ table: ownTable(place), node: place.node }))

const ownTable = ({ name, changelogs }: ViewPlace): string =>
  name === null ? TABLE.state(changelogs[0] as string) : TABLE.view(name)

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
    let consumer = consumers.get(tableNode)
    if (consumer === undefined) {
      consumer = { chain: tableChain(plan, tableNode, lambdas), views: [], closed: [], joins: [] }
      consumers.set(tableNode, consumer)
    }
    return consumer
  }
  const { views, readers } = endsOf(plan, root)
  views.forEach((view, index) => {
    const { node, name, changelogs } = view
    const changed = changelogs.map(id => parts.rows(id, 0))
    // A view that no result names is not compared: nothing reads its digest.
    const digest = name === null ? new MultisetDigest() : parts.view(name)
    const shared = sharesState(plan, node)
    const table = shared ? TABLE.state(node) : ownTable(view)
    const moved = movedBytes(plan, node, parts.byWindow)
    consumerAt(node).views.push({ table, shared, moved, digest, index, changed })
  })
  for (const { table, node, branch } of readers) {
    if (node.kind === 'closed') consumerAt(table).closed.push({ node: node.id, digest: parts.closed(node.id) })
    else consumerAt(table).joins.push(parts.rows(node.id, branch))
  }
  return [...consumers.values()]
}

interface ViewPlace {
  readonly node: string
  /** Null for one that no result names: a changelog needs its rows to see which change. */
  readonly name: string | null
  readonly changelogs: string[]
}

/** What reads a table that begins with one root, at the end of whatever chain. */
interface TableEnds {
  readonly views: ViewPlace[]
  /** `table`: the node whose rows are read, as input number `branch` of `node`. */
  readonly readers: { readonly table: string; readonly node: TableReader; readonly branch: number }[]
}

type TableReader = PlanNodeOf<'closed' | 'joinTables'>

/** Worked out once for a plan: a plan of thousands of tables has thousands of views. */
const known = new WeakMap<Plan, ReadonlyMap<string, TableEnds>>()

const NO_ENDS: TableEnds = { views: [], readers: [] }

function endsOf(plan: Plan, root: string): TableEnds {
  let ends = known.get(plan)
  if (ends === undefined) {
    ends = endsByRoot(plan)
    known.set(plan, ends)
  }
  return ends.get(root) ?? NO_ENDS
}

function endsByRoot(plan: Plan): ReadonlyMap<string, TableEnds> {
  const byRoot = new Map<string, TableEnds>()
  const endsAt = (table: string): TableEnds => {
    const root = tableRoot(plan, table).id
    const ends = byRoot.get(root) ?? { views: [], readers: [] }
    byRoot.set(root, ends)
    return ends
  }
  for (const view of viewPlaces(plan)) endsAt(view.node).views.push(view)
  for (const node of plan.nodes) {
    if (node.kind !== 'closed' && node.kind !== 'joinTables') continue
    node.inputs.forEach((table, branch) => {
      endsAt(table).readers.push({ table, node, branch })
    })
  }
  return byRoot
}

function viewPlaces(plan: Plan): readonly ViewPlace[] {
  const views: ViewPlace[] = plan.results
    .filter(r => r.kind === 'view')
    .map(({ name, node }) => ({ name, node, changelogs: [] }))
  const firstOf = new Map<string, ViewPlace>()
  for (const view of views) if (!firstOf.has(view.node)) firstOf.set(view.node, view)
  for (const { kind, id, inputs } of plan.nodes) {
    if (kind !== 'changes') continue
    const node = inputs[0] as string
    const view = firstOf.get(node)
    if (view !== undefined) view.changelogs.push(id)
    else {
      const unnamed: ViewPlace = { node, name: null, changelogs: [id] }
      views.push(unnamed)
      firstOf.set(node, unnamed)
    }
  }
  return views
}
