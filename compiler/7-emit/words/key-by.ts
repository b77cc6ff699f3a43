// Emitted code of `keyBy`.

import type { PlanNode } from '../../../core/plan/plan.ts'
import { type ElementNames, type Flow, withKey } from '../flow.ts'
import { callLambda, checkKey } from '../lambda.ts'

export function keyByStep(flow: Flow, node: PlanNode, element: ElementNames): string {
  const block = flow.fresh(node.kind)
  const key = flow.fresh('k')
  const call = callLambda(flow, { node, slot: 'fn', argument: element.value, into: key, block, element })
  const checked = `${call}\n${checkKey(node, key, element, block)}`
  const text = placedKey(node, element)
  if (text === null) {
    return `${block}: {
      let ${key}
      ${checked}
      ${flow.behind(node.id, { ...withKey(element, key), keyed: 'true' })}
    }`
  }
  // A text with a place is made a string only where somebody needs one.
  const keyText = { ...text.placed, test: `${key} === undefined && ${text.placed.test}` }
  return `${block}: {
      let ${key}
      if (!plain) {
        ${checked}
      }
      ${flow.behind(node.id, { ...withKey(element, `(${key} ??= ${text.string})`), keyed: 'true', keyText })}
    }`
}

/** The key where it is a part of the value that is a text with a place. */
function placedKey(node: PlanNode, { parts, texts }: ElementNames) {
  const expression = node.lambdas.fn?.expression
  if (expression?.kind !== 'field') return null
  const [placed, string] = [texts?.(expression.path), parts?.(expression.path)]
  return placed === undefined || string === undefined ? null : { placed, string }
}
