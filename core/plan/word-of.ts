// The call that made a node, as its author wrote it: for messages and listings.

import type { PlanNode } from './plan.ts'
import { WORDS } from './words.ts'

/** Such as `map`, `source('page-views')`, `to('alerts')`. Any call of an aggregation is `aggregate`. */
export function wordOf(node: PlanNode): string {
  switch (node.kind) {
    case 'source':
      return `${node.params.upserts ? 'table' : 'source'}('${node.params.topic}')`
    case 'output':
      return `to('${node.params.topic}')`
    case 'changes':
      return `changes().to('${node.params.topic}')`
    case 'distinct':
      return node.params.withinMs === null ? 'distinct' : 'dedupe'
    default:
      return Object.keys(WORDS[node.kind].calls)[0] as string
  }
}
