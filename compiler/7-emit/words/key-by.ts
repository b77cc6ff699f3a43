// Emitted code of `keyBy`.

import type { PlanNode } from '../../../core/plan/plan.ts'
import { text as quoted } from '../code.ts'
import { type ElementNames, type Flow, withKey, withValue } from '../flow.ts'
import { keyParts } from '../key-parts.ts'
import { callLambda, checkKey, plainLambda } from '../lambda.ts'

export function keyByStep(flow: Flow, node: PlanNode, element: ElementNames): string {
  const block = flow.fresh(node.kind)
  const key = flow.fresh('k')
  const checked = (known: ElementNames): string => `${callLambda(flow, {
    node,
    slot: 'fn',
    argument: element.value,
    into: key,
    block,
    element: known,
  })}
      ${checkKey(node, key, element, block)}`
  /** The lambda is called, and its result checked. */
  const called = (): string => checked(withValue(element, element.value))
  const text = placedKey(node, element)
  const write = writtenKey(node, element)
  if (write !== null) {
    // Normalised as the key of a closure is; none of its parts can be refused.
    const made = `api.key(${quoted(node.id)}, ${element.lineage}, ${plainLambda(node, 'fn', element)})`
    const parts = { test: `${key} === undefined`, write }
    return `${block}: {
      let ${key}
      if (!plain) {
        ${called()}
      }
      ${flow.behind(node.id, { ...withKey(element, `(${key} ??= ${made})`), keyed: 'true', keyParts: parts })}
    }`
  }
  if (text === null) {
    return `${block}: {
      let ${key}
      ${checked(element)}
      ${flow.behind(node.id, { ...withKey(element, key), keyed: 'true' })}
    }`
  }
  // A text with a place is made a string only where somebody needs one.
  const keyText = { ...text.placed, test: `${key} === undefined && ${text.placed.test}` }
  return `${block}: {
      let ${key}
      if (!plain) {
        ${called()}
      }
      ${flow.behind(node.id, { ...withKey(element, `(${key} ??= ${text.string})`), keyed: 'true', keyText })}
    }`
}

/** Where the key is an object or array of parts that are there. */
function writtenKey(node: PlanNode, element: ElementNames) {
  const expression = element.parts === undefined ? undefined : node.lambdas.fn?.expression
  return expression === undefined ? null : keyParts(element, expression)
}

/** The key where it is a part of the value that is a text with a place. */
function placedKey(node: PlanNode, { parts, texts }: ElementNames) {
  const expression = node.lambdas.fn?.expression
  if (expression?.kind !== 'field') return null
  const [placed, string] = [texts?.(expression.path), parts?.(expression.path)]
  return placed === undefined || string === undefined ? null : { placed, string }
}
