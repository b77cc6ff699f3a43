// Emitted code of `map` and `mapValues`.

import type { PlanNode } from '../../../core/plan/plan.ts'
import { property, text } from '../code.ts'
import { expressionText } from '../expression.ts'
import { type ElementNames, type Flow, withValue } from '../flow.ts'
import { callLambda, refusePromise } from '../lambda.ts'

export function mapStep(flow: Flow, node: PlanNode, element: ElementNames): string {
  const parts = plainParts(flow, node, element)
  if (parts !== null) return parts
  const block = flow.fresh(node.kind)
  const value = flow.fresh('v')
  return `${block}: {
      let ${value}
      ${callLambda(flow, { node, slot: 'fn', argument: element.value, into: value, block, element })}
      ${refusePromise(node, value, element, block)}
      ${flow.behind(node.id, withValue(element, value))}
    }`
}

/** An object literal of parts that have variables: its fields are variables too, and it is made where it is needed. */
function plainParts(flow: Flow, node: PlanNode, element: ElementNames): string | null {
  const expression = element.parts === undefined ? undefined : node.lambdas.fn?.expression
  if (expression?.kind !== 'object' || expression.fields.some(f => f.name === 'then')) return null
  const fields: { readonly name: string; readonly variable: string; readonly text: string }[] = []
  for (const { name, value } of expression.fields) {
    const read = expressionText(element, value)
    if (read === null) return null
    fields.push({ name, variable: flow.fresh('f'), text: read })
  }
  const [block, value] = [flow.fresh(node.kind), flow.fresh('v')]
  const variables = new Map(fields.map(f => [f.name, f.variable]))
  const made = `{ ${fields.map(f => `${property(f.name)}: ${f.variable}`).join(', ')} }`
  const known = withValue(element, element.value)
  return `${block}: {
      let ${[value, ...fields.map(f => f.variable)].join(', ')}
      if (plain) {
        ${fields.map(f => `${f.variable} = ${f.text}`).join('\n')}
      } else {
        ${callLambda(flow, { node, slot: 'fn', argument: element.value, into: value, block, element: known })}
        ${fields.map(f => `${f.variable} = ${value}[${text(f.name)}]`).join('\n')}
      }
      ${flow.behind(node.id, {
        ...withValue(element, `(${value} ??= ${made})`),
        parts: ([name, ...more]) => (more.length > 0 ? undefined : variables.get(name as string)),
      })}
    }`
}
