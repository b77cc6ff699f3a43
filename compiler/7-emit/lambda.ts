// Calls of the author's closures in emitted code, and the checks of what they gave.
//
// Promises: a lambda that is an expression over variables is not called, unless somebody watches it in a debugger
// (`plain`). A throw becomes a dead letter of that node and element and leaves the block, never the loop. The second
// argument is built only for lambdas that use it. Values that are not scalars are checked by the runtime API.

import type { PlanNode } from '../../core/plan/plan.ts'
import { text } from './code.ts'
import { expressionText } from './expression.ts'
import type { ElementNames, Flow } from './flow.ts'

interface LambdaCall {
  readonly node: PlanNode
  readonly slot: string
  /** Expression of the first argument. */
  readonly argument: string
  /** Variable that gets the result; it is declared by the caller. */
  readonly into: string
  /** Block that is left where the lambda throws. */
  readonly block: string
  readonly element: ElementNames
  /** Field of an aggregation. */
  readonly field?: string
  /** The lambda gets the value alone. */
  readonly alone?: boolean
}

export function callLambda(flow: Flow, call: LambdaCall): string {
  const { node, slot, argument, into, block, element, field, alone = false } = call
  const name = flow.lambda(node, slot)
  const plain = argument === element.value ? plainLambda(node, slot, element) : null
  const record = alone || node.lambdas[slot]?.usesRecord === false ? '' : `, ${recordOf(element)}`
  const about = [text(node.id), element.lineage, 'error', ...(field === undefined ? [] : [text(field)])].join(', ')
  const called = `try {
      ${into} = ${name}(${argument}${record})
    } catch (error) {
      report.threw(${about})
      break ${block}
    }`
  return plain === null ? called : `if (plain) ${into} = ${plain}\nelse ${called}`
}

/** What a lambda gives of an element whose parts have variables, without calling it; null where it must be called. */
export function plainLambda(node: PlanNode, slot: string, element: ElementNames): string | null {
  const expression = element.parts === undefined ? undefined : node.lambdas[slot]?.expression
  return expression === undefined ? null : expressionText(element, expression)
}

function recordOf({ lineage, time, key, keyed }: ElementNames): string {
  return `report.record(${lineage}, ${time}, ${key}, ${keyed})`
}

/** Leaves the block where the value is a promise. Scalars are not tested. */
export function refusePromise(node: PlanNode, value: string, element: ElementNames, block: string): string {
  return `if (${mayBePromise(value)} && api.isPromise(${text(node.id)}, ${element.lineage}, ${value})) break ${block}`
}

const mayBePromise = (value: string): string =>
  `(typeof ${value} === 'object' ? ${value} !== null && 'then' in ${value} : typeof ${value} === 'function')`

/** A key in canonical form; adding 0 makes 0 of -0. */
export function checkKey(node: PlanNode, key: string, element: ElementNames, block: string): string {
  return `if (typeof ${key} === 'number') ${key} += 0
    else if (typeof ${key} !== 'string') {
      ${key} = api.key(${text(node.id)}, ${element.lineage}, ${key})
      if (${key} === FAIL) break ${block}
    }`
}

/** An input of `sum` and the like. */
export function checkNumeric(
  node: PlanNode,
  input: string,
  element: ElementNames,
  block: string,
  name: string,
): string {
  return `if (typeof ${input} !== 'number') {
      ${input} = api.numeric(${text(node.id)}, ${element.lineage}, ${input}, ${text(name)})
      if (${input} === FAIL) break ${block}
    }`
}

/** An input that must not be NaN either. */
export function checkBounded(
  node: PlanNode,
  input: string,
  element: ElementNames,
  block: string,
  name: string,
): string {
  return `if (typeof ${input} !== 'number' || ${input} !== ${input}) {
      ${input} = api.bounded(${text(node.id)}, ${element.lineage}, ${input}, ${text(name)})
      if (${input} === FAIL) break ${block}
    }`
}

/** Any other input of an aggregation, in canonical form; adding 0 makes 0 of -0. */
export function checkInput(node: PlanNode, input: string, element: ElementNames, block: string, name: string): string {
  return `if (typeof ${input} === 'number') ${input} += 0
    else if (typeof ${input} !== 'string') {
      ${input} = api.input(${text(node.id)}, ${element.lineage}, ${input}, ${text(name)})
      if (${input} === FAIL) break ${block}
    }`
}
