// Emitted code of `lookup`: the snapshot is indexed once, when the module is linked.

import type { PlanNodeOf } from '../../../core/plan/plan.ts'
import { type ElementNames, type Flow, withValue } from '../flow.ts'
import { callLambda, checkKey } from '../lambda.ts'

/** The stream's own key is normalised already. */
export function lookupStep(flow: Flow, node: PlanNodeOf<'lookup'>, element: ElementNames): string {
  const block = flow.fresh(node.kind)
  const key = flow.fresh('k')
  const right = flow.fresh('right')
  const value = flow.fresh('v')
  const find = flow.fresh('find')
  flow.setup(`const ${find} = api.snapshot(${flow.lambda(node, 'rows')}())`)
  const ownKey = flow.lambda(node, 'key') !== undefined
  const getKey = `let ${key}
      ${callLambda(flow, { node, slot: 'key', argument: element.value, into: key, block, element })}
      ${checkKey(node, key, element, block)}`
  return `${block}: {
      ${ownKey ? getKey : `const ${key} = ${element.key}`}
      const ${right} = ${find}(${key})
      ${node.params.type === 'inner' ? `if (${right} === undefined) break ${block}` : ''}
      const ${value} = { left: ${element.value}, right: ${right}${node.params.type === 'inner' ? '' : ' ?? null'} }
      ${flow.behind(node.id, withValue(element, value))}
    }`
}
