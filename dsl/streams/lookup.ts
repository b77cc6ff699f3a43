// The node of `lookup`.
//
// Promises: arguments that types would refuse are refused here too, in a sentence. The methods are in `pipeline.ts`.

import type { GraphLambda, GraphNode } from '../../core/plan/graph.ts'
import { type Call, wordFor } from '../node.ts'
import { snapshotParts } from '../sources/snapshot.ts'
import { joinType } from './joined.ts'

/** `keyed`: whether the stream has a key, which is looked up where the options have none. */
export function lookupNode(call: Call, input: GraphNode, keyed: boolean): GraphNode<'lookup'> {
  const parts = snapshotParts(call.args[0], call)
  if (parts === null) call.fail('bad-argument', `lookup() takes a snapshot(...), got ${wordFor(call.args[0])}.`)
  const { key, type } = call.options(call.args[1], ['key', 'type'], 'lookup()')
  if (key === undefined && !keyed) {
    call.fail('not-keyed', 'lookup() on an unkeyed stream needs a key: lookup(data, { key: v => v.country }).')
  }
  const lambdas: Record<string, GraphLambda> = { rows: parts.rows }
  if (key !== undefined) lambdas.key = call.lambda(key, 'key', 'the key of lookup()')
  const params = { type: joinType(call, type, ['inner', 'left'], 'lookup()'), snapshot: parts.hash }
  return call.node('lookup', [input], params, lambdas)
}
