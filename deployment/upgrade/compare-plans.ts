// What an upgrade takes over from a state, and what it computes beside it.
//
// Promises: pure. What a state keeps for a node follows from the hash of the node and the log alone, whatever reads the
// node, so that everything of a node that both plans have stays; a view's rows are those of its node, also under
// another name. The one thing that follows from what reads a node too are dead letters of closed rows, which are made
// where a row reaches a `closed` node: where other such nodes are reached now, the results behind them are computed.
// Not here: moving rows and documents (compose-progress.ts, swap.ts).

import type { JobPart } from '../../core/emitted/emitted-module.ts'
import type { Plan, PlanNode, PlanResult } from '../../core/plan/plan.ts'
import { findNode, nodesBehind } from '../../core/plan/plan-index.ts'

export interface Upgrade {
  readonly before: Plan
  readonly now: Plan
  /** Results that stay as they are. */
  readonly kept: readonly PlanResult[]
  /** Results that are computed beside. */
  readonly computed: readonly PlanResult[]
  /** Results that no longer exist. */
  readonly gone: readonly PlanResult[]
  /** Why even what is unchanged is computed anew; null where it is not. */
  readonly whole: string | null
  /** Whether what the state has of a node stays; false for every node where all is computed anew. */
  keeps(node: string): boolean
  /** Whether the late records and dead letters of a node stay. */
  keepsLetters(node: string): boolean
  /** By the name of a view that stays: its name in the old plan. */
  readonly viewNames: ReadonlyMap<string, string>
}

/** `whole`: a reason for which nothing is taken over. */
export function comparePlans(before: Plan, now: Plan, whole: string | null = null): Upgrade {
  const stays = (id: string): boolean => isSame(findNode(before, id), findNode(now, id))
  const rereads = new Set(now.nodes.filter(({ id }) => stays(id) && !sameClosings(before, now, id)).map(n => n.id))
  const again = new Set([...rereads].flatMap(id => [...closingsOf(now, id)]))
  const viewNames = oldViewNames(before, now, stays)
  const isKept = ({ kind, node, name }: PlanResult): boolean => {
    const behind = nodesBehind(now, node)
    if (!behind.every(({ id }) => stays(id)) || behind.some(({ id }) => again.has(id))) return false
    return kind === 'output' || viewNames.has(name)
  }
  const kept = whole === null ? now.results.filter(isKept) : []
  const names = new Set(now.results.map(nameOf))
  return {
    before,
    now,
    kept,
    computed: now.results.filter(result => !kept.includes(result)),
    gone: before.results.filter(result => !names.has(nameOf(result))),
    whole,
    keeps: id => whole === null && stays(id),
    keepsLetters: id => whole === null && stays(id) && !rereads.has(id),
    viewNames: whole === null ? viewNames : new Map(),
  }
}

/** The old view of each view's node: that of the same name, else one that no other view takes. */
function oldViewNames(before: Plan, now: Plan, stays: (id: string) => boolean): ReadonlyMap<string, string> {
  const views = (plan: Plan): readonly PlanResult[] => plan.results.filter(r => r.kind === 'view')
  const found = new Map<string, string>()
  const taken = new Set<string>()
  const take = (view: PlanResult, old: PlanResult | undefined): void => {
    if (old === undefined) return
    found.set(view.name, old.name)
    taken.add(old.name)
  }
  const staying = views(now).filter(({ node }) => stays(node))
  for (const view of staying)
    take(
      view,
      views(before).find(r => r.node === view.node && r.name === view.name),
    )
  for (const view of staying) {
    if (found.has(view.name)) continue
    take(
      view,
      views(before).find(r => r.node === view.node && !taken.has(r.name)),
    )
  }
  return found
}

const nameOf = ({ kind, name }: PlanResult): string => `${kind} ${name}`

const isSame = (a: PlanNode | undefined, b: PlanNode | undefined): boolean =>
  a !== undefined && b !== undefined && a.hash === b.hash

/** Words on tables, through which a row reaches a `closed` node. */
const ON_ROWS: ReadonlySet<PlanNode['kind']> = new Set(['mapTable', 'filterTable', 'keep', 'existing', 'joinTables'])
/** Nodes whose lambdas may fail for a row. */
const FAILING: ReadonlySet<PlanNode['kind']> = new Set(['aggregate', 'mapTable', 'filterTable'])

/** The `closed` nodes that rows of a node reach. */
function closingsOf(plan: Plan, id: string): ReadonlySet<string> {
  const reached = new Set([id])
  const closings = new Set<string>()
  for (const node of plan.nodes) {
    if (!node.inputs.some(input => reached.has(input))) continue
    if (node.kind === 'closed') closings.add(node.id)
    else if (ON_ROWS.has(node.kind)) reached.add(node.id)
  }
  return closings
}

function sameClosings(before: Plan, now: Plan, id: string): boolean {
  if (!FAILING.has((findNode(now, id) as PlanNode).kind)) return true
  const [old, own] = [closingsOf(before, id), closingsOf(now, id)]
  return old.size === own.size && [...own].every(c => old.has(c) && isSame(findNode(before, c), findNode(now, c)))
}

/** What batch computes of the job beside the state. */
export function partOf({ now, computed, keepsLetters }: Upgrade): JobPart {
  return {
    results: computed.map(({ name }) => name),
    silent: now.nodes.map(({ id }) => id).filter(keepsLetters),
  }
}
