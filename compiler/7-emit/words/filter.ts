// Emitted code of `filter` and `filterKeys`: the lambda gets the value or the key.

import type { PlanNodeOf } from '../../../core/plan/plan.ts'
import type { ElementNames, Flow } from '../flow.ts'
import { callLambda, refusePromise } from '../lambda.ts'

export function filterStep(flow: Flow, node: PlanNodeOf<'filter' | 'filterKeys'>, element: ElementNames): string {
  const argument = node.kind === 'filter' ? element.value : element.key
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
