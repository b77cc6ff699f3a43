// Emitted code of `map` and `mapValues`.

import type { PlanNode } from '../../../core/plan/plan.ts'
import type { ElementNames, Flow } from '../flow.ts'
import { callLambda, refusePromise } from '../lambda.ts'

export function mapStep(flow: Flow, node: PlanNode, element: ElementNames): string {
  const block = flow.fresh(node.kind)
  const value = flow.fresh('v')
  return `${block}: {
      let ${value}
      ${callLambda(flow, { node, slot: 'fn', argument: element.value, into: value, block, element })}
      ${refusePromise(node, value, element, block)}
      ${flow.behind(node.id, { ...element, value })}
    }`
}
