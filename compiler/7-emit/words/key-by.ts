// Emitted code of `keyBy`.

import type { PlanNode } from '../../../core/plan/plan.ts'
import type { ElementNames, Flow } from '../flow.ts'
import { callLambda, checkKey } from '../lambda.ts'

export function keyByStep(flow: Flow, node: PlanNode, element: ElementNames): string {
  const block = flow.fresh(node.kind)
  const key = flow.fresh('k')
  return `${block}: {
      let ${key}
      ${callLambda(flow, { node, slot: 'fn', argument: element.value, into: key, block, element })}
      ${checkKey(node, key, element, block)}
      ${flow.behind(node.id, { ...element, key, keyed: 'true' })}
    }`
}
