// Which views have no rows of their own: what they show follows from the rows that their aggregation keeps anyway.
//
// Promises: a function of the plan alone, so that whoever reads a state knows what whoever wrote it did.

import type { Plan } from './plan.ts'
import { nodeOf } from './plan-index.ts'

/**
 * Whether a view of this node shares the rows of the node's state: an aggregation without windows, with no word behind
 * it, whose results no code of the author makes.
 */
export function sharesState(plan: Plan, id: string): boolean {
  const node = nodeOf(plan, id)
  return (
    node.kind === 'aggregate' &&
    node.params.window.kind === 'global' &&
    node.params.fields.every(({ kind }) => kind !== 'custom')
  )
}
