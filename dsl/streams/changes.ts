// The node of `changes().to`.
//
// Promises: arguments that types would refuse are refused here too, in a sentence. The methods are in `pipeline.ts`.

import type { GraphNode } from '../../core/plan/graph.ts'
import { topicName } from '../names.ts'
import type { Call } from '../node.ts'
import { partitionCount, writing } from './to.ts'

export function changesNode(call: Call, table: GraphNode): GraphNode<'changes'> {
  const topic = topicName(call.args[0], call)
  const { partitions, value } = call.options(call.args[1], ['partitions', 'value'], 'changes().to()')
  const { spec, encode } = writing(call, value)
  const params = { topic, partitions: partitionCount(call, partitions), format: spec }
  return call.node('changes', [table], params, encode === null ? {} : { encode })
}
