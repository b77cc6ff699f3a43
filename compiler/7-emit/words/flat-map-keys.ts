// Emitted code of `flatMapKeys`: a loop over the keys that the lambda gave, with the code behind it inside.

import type { PlanNode } from '../../../core/plan/plan.ts'
import { text } from '../code.ts'
import { type ElementNames, type Flow, withKey } from '../flow.ts'
import { callLambda } from '../lambda.ts'

export function flatMapKeysStep(flow: Flow, node: PlanNode, element: ElementNames): string {
  const block = flow.fresh(node.kind)
  const given = flow.fresh('given')
  const keys = flow.fresh('keys')
  const index = flow.fresh('n')
  const key = flow.fresh('k')
  const lineage = `new LineagePath(${element.lineage}, ${index})`
  return `${block}: {
      let ${given}
      ${callLambda(flow, { node, slot: 'fn', argument: element.key, into: given, block, element })}
      const ${keys} = api.keys(${text(node.id)}, ${element.lineage}, ${given})
      if (${keys} === FAIL) break ${block}
      for (let ${index} = 0; ${index} < ${keys}.length; ${index}++) {
        const ${key} = ${keys}[${index}]
        ${flow.behind(node.id, { ...withKey(element, key), lineage })}
      }
    }`
}
