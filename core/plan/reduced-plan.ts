// A plan cut down to some of its results and what they need.
//
// Promises: nodes keep their ids and hashes, and so do what a state keeps under them; the order stays that of the plan.

import type { Plan } from './plan.ts'
import { nodesBehind } from './plan-index.ts'

/** The plan of the results with these names alone. */
export function reducedPlan(plan: Plan, names: ReadonlySet<string>): Plan {
  const results = plan.results.filter(({ name }) => names.has(name))
  const needed = new Set(results.flatMap(({ node }) => nodesBehind(plan, node).map(({ id }) => id)))
  return Object.freeze({ ...plan, nodes: plan.nodes.filter(({ id }) => needed.has(id)), results })
}
