// The graph that evaluating a job builds: frozen nodes that hold the author's real closures.
//
// Promises: building it has no side effect and needs no compiler. Ids, hashes and static facts are added by
// `compiler/5-plan`.

import type { Slot } from './lambda-place.ts'
import type { Lambdas, NodeKind, NodeParams, Plan } from './plan.ts'

/** Property by which the compiler marks a call of the language with the call's id. Its text is part of job hashes. */
export const CALL_MARK: unique symbol = Symbol.for('lyrebird.site') as never

/**
 * The last argument that the compiler appends to each call of the language: `{ [Symbol.for('lyrebird.site')]: 3 }`, and
 * for a lambda that reads variables of an enclosing function `captured: { fn: () => ({ country }) }`. Each is a
 * function, called after the whole job has been evaluated, so that it may name what is declared further down.
 */
export interface CallMark {
  readonly [CALL_MARK]: number
  readonly captured?: Readonly<Record<string, () => Readonly<Record<string, unknown>>>>
}

export interface GraphLambda {
  readonly fn: (...args: never[]) => unknown
  /** Id of the call that the lambda was given to (for `sum(f)` inside `aggregate`, the id of the call of `sum`). */
  readonly callId: number | null
  /** `fn`, `time`, `key`, `of`, `by`: which argument of that call it is. */
  readonly slot: Slot
  /** Variables of enclosing functions that it reads, with their values; null where the compiler marked none. */
  readonly captured: (() => Readonly<Record<string, unknown>>) | null
  /** What is hashed in place of the code where the lambda is not the author's but of a format of this package. */
  readonly own?: string
  /** Of the `plus` of an author's aggregation: why its laws are not tested, in the author's words. In no hash. */
  readonly unsafeMonoid?: string
}

export interface GraphNode<K extends NodeKind = NodeKind> {
  readonly kind: K
  readonly inputs: readonly GraphNode[]
  readonly params: NodeParams[K]
  /** By slot (lambda-place.ts); for aggregations by field and slot: `FIELD.of`. */
  readonly lambdas: Readonly<Record<string, GraphLambda>>
  readonly callId: number | null
}

/** What `job(name, results)` returns, beneath its types. Recognised by this property, also across bundles. */
export const JOB: unique symbol = Symbol.for('lyrebird.job') as never

export interface JobGraph {
  readonly name: string
  /** Sorted by name. */
  readonly results: readonly { readonly name: string; readonly kind: 'view' | 'output'; readonly node: GraphNode }[]
}

/** The graph inside what `job(...)` returned, or null for any other value. */
export function graphOf(value: unknown): JobGraph | null {
  if (typeof value !== 'object' || value === null || !(JOB in value)) return null
  return value[JOB] as JobGraph
}

/**
 * Every node once, its inputs before it, the results taken by name: the order of `plan.nodes`. Nodes are compared as
 * objects, so a shared branch is one node and two calls of a helper are two.
 */
export function topologicalOrder(graph: JobGraph): readonly GraphNode[] {
  const order = new Set<GraphNode>()
  for (const { node } of graph.results) visit(node, order)
  return Object.freeze([...order])
}

/** Depth first, without recursion: a job may be thousands of steps long. */
function visit(root: GraphNode, order: Set<GraphNode>): void {
  const path: { node: GraphNode; next: number }[] = [{ node: root, next: 0 }]
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const input = order.has(top.node) ? undefined : top.node.inputs[top.next++]
    if (input !== undefined) path.push({ node: input, next: 0 })
    else {
      order.add(top.node)
      path.pop()
    }
  }
}

/** The closures of a job under the ids of its plan. Throws where the plan is not this graph's. */
export function lambdasOf(plan: Plan, graph: JobGraph): Lambdas {
  const nodes = topologicalOrder(graph)
  const same = nodes.length === plan.nodes.length && nodes.every((n, i) => n.kind === plan.nodes[i]?.kind)
  if (!same || graph.name !== plan.job) throw new Error('lyrebird invariant broken: the plan is not that of this job')
  const entries = nodes.map((node, i) => {
    const functions = Object.entries(node.lambdas).map(([slot, { fn }]) => [slot, fn] as const)
    return [plan.nodes[i]?.id as string, nullObject(functions)] as const
  })
  return nullObject(entries)
}

/** Field names and node ids are the author's: `__proto__` must be a name like any other. */
function nullObject<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const out: Record<string, T> = Object.create(null)
  for (const [name, value] of entries) out[name] = value
  return Object.freeze(out)
}
