// The node of `merge`.
//
// Promises: arguments that types would refuse are refused here too, in a sentence. The methods are in `pipeline.ts`.

import type { GraphNode } from '../../core/plan/graph.ts'
import { type Call, nodeIn, wordFor } from '../node.ts'

/** `keyed`: whether the first stream has a key; the others must be like it. */
export function mergeNode(call: Call, first: GraphNode, keyed: boolean): GraphNode<'merge'> {
  if (call.args.length === 0) call.fail('bad-argument', 'merge() needs at least one other stream.')
  const others = call.args.map(other => {
    const node = nodeIn(other)
    const otherKeyed = node === null ? undefined : (other as { readonly keyed?: unknown }).keyed
    if (node === null || typeof otherKeyed !== 'boolean') {
      call.fail('bad-argument', `merge() takes streams, got ${wordFor(other)}.`)
    }
    if (otherKeyed !== keyed) call.fail('not-keyed', 'merge() takes streams alike: all keyed or all unkeyed.')
    return node
  })
  return call.node('merge', [first, ...others], {})
}
