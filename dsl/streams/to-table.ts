// The nodes of `toTable`, and of `table(...)`: the newest version of each key.

import type { GraphNode } from '../../core/plan/graph.ts'
import type { Call } from '../node.ts'

/** The newest version of each key, as the node of a table: by offset in a topic, by time in a stream. */
export function newestNode(call: Call, versions: GraphNode): GraphNode<'existing'> {
  const order = orderOf(versions) === 'offset' ? { order: 'offset' as const } : {}
  const fields = [{ name: 'last', kind: 'last' as const, ...order }]
  const newest = call.node('aggregate', [versions], { window: { kind: 'global' }, fields, bare: true })
  return call.node('existing', [newest], {})
}

/** What makes one version newer than another (semantics.md 3.8). */
export const orderOf = (versions: GraphNode): 'time' | 'offset' => (versions.kind === 'source' ? 'offset' : 'time')
