// The nodes of `toTable`, and of `table(...)`: the newest version of each key.

import type { GraphNode } from '../../core/plan/graph.ts'
import type { Call } from '../node.ts'

/** The newest version of each key, as the node of a table. */
export function newestNode(call: Call, versions: GraphNode): GraphNode<'existing'> {
  const fields = [{ name: 'last', kind: 'last' as const }]
  const newest = call.node('aggregate', [versions], { window: { kind: 'global' }, fields, bare: true })
  return call.node('existing', [newest], {})
}
