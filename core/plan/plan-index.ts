// Looking things up in a plan: nodes by id, what feeds a node, the root of a table.
//
// Promises: everything is worked out once for a plan, in the order of its nodes and without recursion, so that a plan
// of thousands of nodes costs no more than its length times the sources behind a node.

import type { Plan, PlanNode, PlanNodeOf, SourceNode } from './plan.ts'

interface PlanIndex {
  readonly nodes: ReadonlyMap<string, PlanNode>
  /** By node: the sources that feed it, itself included where it is one; in the order of the plan. */
  readonly sources: ReadonlyMap<string, readonly SourceNode[]>
}

const known = new WeakMap<Plan, PlanIndex>()

function indexOf(plan: Plan): PlanIndex {
  let index = known.get(plan)
  if (index === undefined) {
    index = { nodes: new Map(plan.nodes.map(node => [node.id, node])), sources: sourcesByNode(plan) }
    known.set(plan, index)
  }
  return index
}

/** Nodes come after their inputs, whose sources are known by then. Nodes of equal sources share one list. */
function sourcesByNode(plan: Plan): ReadonlyMap<string, readonly SourceNode[]> {
  const order = new Map(plan.nodes.map((node, i) => [node.id, i]))
  const position = (source: SourceNode): number => order.get(source.id) as number
  const sources = new Map<string, readonly SourceNode[]>()
  for (const node of plan.nodes) {
    if (node.kind === 'source') {
      sources.set(node.id, [node])
      continue
    }
    const [first = [], ...others] = node.inputs.map(input => sources.get(input) ?? [])
    const all = new Set([first, ...others].flat())
    const same = others.every(list => list === first)
    sources.set(node.id, same ? first : [...all].sort((a, b) => position(a) - position(b)))
  }
  return sources
}

/** Undefined where the plan has no such node, as that of an older plan may be. */
export const findNode = (plan: Plan, id: string): PlanNode | undefined => indexOf(plan).nodes.get(id)

export function nodeOf(plan: Plan, id: string): PlanNode {
  const node = findNode(plan, id)
  if (node === undefined) throw new Error(`lyrebird invariant broken: no node ${id} in the plan`)
  return node
}

/** The node that a table begins with, whatever words there are between. */
export function tableRoot(plan: Plan, id: string): PlanNodeOf<'aggregate' | 'joinTables'> {
  let at = nodeOf(plan, id)
  while (at.kind !== 'aggregate' && at.kind !== 'joinTables') at = nodeOf(plan, at.inputs[0] as string)
  return at
}

/** The source nodes that feed a node, itself included where it is one. */
export const sourcesOf = (plan: Plan, id: string): readonly SourceNode[] => indexOf(plan).sources.get(id) ?? []

/** All nodes that a node depends on, itself included, in the order of the plan. */
export function nodesBehind(plan: Plan, id: string): readonly PlanNode[] {
  const needed = new Set([id])
  const behind: PlanNode[] = []
  for (let i = plan.nodes.length - 1; i >= 0; i--) {
    const node = plan.nodes[i] as PlanNode
    if (!needed.has(node.id)) continue
    behind.push(node)
    for (const input of node.inputs) needed.add(input)
  }
  return behind.reverse()
}
