// Emitted code of `distinct` and `dedupe`: what elements are compared by goes into the node with them.

import type { PlanNode } from '../../../core/plan/plan.ts'
import type { ElementNames, Flow } from '../flow.ts'
import { callLambda, refusePromise } from '../lambda.ts'
import { holdStep } from './hold.ts'

export function distinctStep(flow: Flow, node: PlanNode, element: ElementNames, branch: number): string {
  if (flow.lambda(node, 'by') === undefined) return holdStep(flow, node, element, branch, element.value)
  const block = flow.fresh(node.kind)
  const by = flow.fresh('by')
  return `${block}: {
      let ${by}
      ${callLambda(flow, { node, slot: 'by', argument: element.value, into: by, block, element })}
      ${refusePromise(node, by, element, block)}
      ${holdStep(flow, node, element, branch, by)}
    }`
}
