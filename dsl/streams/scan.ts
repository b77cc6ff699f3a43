// The node of `scan`.
//
// Promises: arguments that types would refuse are refused here too, in a sentence. The methods are in `pipeline.ts`.

import type { GraphNode } from '../../core/plan/graph.ts'
import { bytesToHex } from '../../core/values/bytes.ts'
import { canonicalBytes, Unencodable } from '../../core/values/canonical.ts'
import type { Call } from '../node.ts'

export function scanNode(call: Call, input: GraphNode): GraphNode<'scan'> {
  const [zero, step] = call.args
  return call.node('scan', [input], { zero: zeroOf(call, zero) }, { fn: call.lambda(step, 'fn', 'scan()') })
}

function zeroOf(call: Call, zero: unknown): string {
  try {
    return bytesToHex(canonicalBytes(zero))
  } catch (error) {
    if (!(error instanceof Unencodable)) throw error
    return call.fail('bad-argument', `the zero of scan() is plain data: ${error.reason}.`)
  }
}
