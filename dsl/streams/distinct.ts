// The nodes of `distinct` and `dedupe`: one kind of node, with or without a time after which elements are forgotten.
//
// Promises: arguments that types would refuse are refused here too, in a sentence. The methods are in `pipeline.ts`.

import type { GraphNode } from '../../core/plan/graph.ts'
import { durationMs } from '../duration.ts'
import type { Call } from '../node.ts'

export function distinctNode(call: Call, input: GraphNode): GraphNode<'distinct'> {
  const by = call.args[0]
  const lambdas = by === undefined ? {} : { by: call.lambda(by, 'by', 'distinct()') }
  return call.node('distinct', [input], { withinMs: null }, lambdas)
}

export function dedupeNode(call: Call, input: GraphNode): GraphNode<'distinct'> {
  const by = call.lambda(call.args[0], 'by', 'dedupe()')
  const withinMs = durationMs(call.args[1], 'the time of dedupe()', call.callId)
  return call.node('distinct', [input], { withinMs }, { by })
}
