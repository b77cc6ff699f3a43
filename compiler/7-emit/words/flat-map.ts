// Emitted code of `flatMap`: a loop over what the lambda gave, with the code behind it inside.

import type { PlanNode } from '../../../core/plan/plan.ts'
import { text } from '../code.ts'
import { type ElementNames, type Flow, withValue } from '../flow.ts'
import { callLambda } from '../lambda.ts'

export function flatMapStep(flow: Flow, node: PlanNode, element: ElementNames): string {
  const block = flow.fresh(node.kind)
  const given = flow.fresh('given')
  const list = flow.fresh('list')
  const index = flow.fresh('n')
  const value = flow.fresh('v')
  const lineage = `new LineagePath(${element.lineage}, ${index})`
  return `${block}: {
      let ${given}
      ${callLambda(flow, { node, slot: 'fn', argument: element.value, into: given, block, element })}
      const ${list} = api.list(${text(node.id)}, ${element.lineage}, ${given})
      if (${list} === FAIL) break ${block}
      for (let ${index} = 0; ${index} < ${list}.length; ${index}++) {
        const ${value} = ${list}[${index}]
        ${flow.behind(node.id, { ...withValue(element, value), lineage })}
      }
    }`
}
