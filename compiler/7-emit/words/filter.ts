// Emitted code of `filter` and `filterKeys`: `argument` is an expression of what the lambda gets, the value or the key.

import type { PlanNode } from '../../../core/plan/plan.ts'
import type { ElementNames, Flow } from '../flow.ts'
import { callLambda, refusePromise } from '../lambda.ts'

export function filterStep(flow: Flow, node: PlanNode, element: ElementNames, argument: string): string {
  const block = flow.fresh(node.kind)
  const kept = flow.fresh('kept')
  return `${block}: {
      let ${kept}
      ${callLambda(flow, { node, slot: 'fn', argument, into: kept, block, element })}
      if (${kept} !== true) {
        if (!${kept}) break ${block}
        ${refusePromise(node, kept, element, block)}
      }
      ${flow.behind(node.id, element)}
    }`
}
