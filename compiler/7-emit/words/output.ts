// Emitted code of `to`.

import type { PlanNodeOf } from '../../../core/plan/plan.ts'
import { text } from '../code.ts'
import type { ElementNames, Flow } from '../flow.ts'
import { callLambda, refusePromise } from '../lambda.ts'

export function outputStep(flow: Flow, node: PlanNodeOf<'output'>, element: ElementNames): string {
  const { value, time, lineage } = element
  const access = flow.fresh('output')
  flow.setup(`const ${access} = target.outputs[${text(node.id)}]`)
  if (flow.lambda(node, 'key') === undefined) {
    return `${access}.add(${node.params.keyed}, ${element.key}, ${value}, ${time}, ${lineage})`
  }
  const block = flow.fresh(node.kind)
  const key = flow.fresh('k')
  return `${block}: {
      let ${key}
      ${callLambda(flow, { node, slot: 'key', argument: value, into: key, block, element })}
      ${refusePromise(node, key, element, block)}
      ${access}.add(true, ${key}, ${value}, ${time}, ${lineage})
    }`
}
