// Emitted code of the steps: one block for each, the next one inside of it.
//
// Promises: does to an element what `core/reference/steps.ts` does; a step that ends an element leaves its own block, so that other
// branches go on. Origins of lists and merged branches are written as expressions: built only where somebody needs an identity.

import type { NodeKind, PlanNode, PlanNodeOf } from '../../core/plan/plan.ts'
import { text } from './code.ts'
import type { Consumer, ElementNames, Flow } from './flow.ts'
import { callLambda, checkKey, refusePromise } from './lambda.ts'
import { foldElement } from './words/aggregate.ts'

type Emit = (flow: Flow, node: PlanNode, element: ElementNames, branch: number) => string

/** By kind; words on tables are the executor's, and a source takes nothing from another node. */
const STEPS: Readonly<Record<NodeKind, Emit | null>> = {
  map: mapStep,
  mapValues: mapStep,
  filter: (flow, node, element) => filterStep(flow, node, element, element.value),
  filterKeys: (flow, node, element) => filterStep(flow, node, element, element.key),
  flatMap: flatMapStep,
  flatMapKeys: flatMapKeysStep,
  keyBy: keyByStep,
  merge: (flow, node, element, branch) =>
    flow.behind(node.id, { ...element, lineage: `new LineagePath(${element.lineage}, ${branch})` }),
  aggregate: (flow, node, element) => foldElement(flow, node as PlanNodeOf<'aggregate'>, element),
  lookup: (flow, node, element) => lookupStep(flow, node as PlanNodeOf<'lookup'>, element),
  joinTable: inletStep,
  joinWithin: inletStep,
  scan: inletStep,
  distinct: distinctStep,
  output: (flow, node, element) => outputStep(flow, node as PlanNodeOf<'output'>, element),
  source: null,
  mapTable: null,
  filterTable: null,
  keep: null,
  existing: null,
  joinTables: null,
  changes: null,
  closed: null,
}

/** Whether an element can be handed to a node of this kind. */
export const takesElements = (kind: NodeKind): boolean => STEPS[kind] !== null

/** Statements that hand an element to one consumer. */
export function emitStep(flow: Flow, { node, branch }: Consumer, element: ElementNames): string {
  return STEPS[node.kind]?.(flow, node, element, branch) ?? ''
}

function mapStep(flow: Flow, node: PlanNode, element: ElementNames): string {
  const block = flow.fresh(node.kind)
  const value = flow.fresh('v')
  return `${block}: {
      let ${value}
      ${callLambda(flow, { node, slot: 'fn', argument: element.value, into: value, block, element })}
      ${refusePromise(node, value, element, block)}
      ${flow.behind(node.id, { ...element, value })}
    }`
}

function filterStep(flow: Flow, node: PlanNode, element: ElementNames, argument: string): string {
  const block = flow.fresh(node.kind)
  const kept = flow.fresh('kept')
  return `${block}: {
      let ${kept}
      ${callLambda(flow, { node, slot: 'fn', argument, into: kept, block, element })}
      if (${kept} !== true) {
        if (!${kept}) break ${block}
        ${refusePromise(node, kept, element, block)}
      }
      ${flow.behind(node.id, element)}
    }`
}

function flatMapStep(flow: Flow, node: PlanNode, element: ElementNames): string {
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
        ${flow.behind(node.id, { ...element, value, lineage })}
      }
    }`
}

function flatMapKeysStep(flow: Flow, node: PlanNode, element: ElementNames): string {
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
        ${flow.behind(node.id, { ...element, key, lineage })}
      }
    }`
}

function keyByStep(flow: Flow, node: PlanNode, element: ElementNames): string {
  const block = flow.fresh(node.kind)
  const key = flow.fresh('k')
  return `${block}: {
      let ${key}
      ${callLambda(flow, { node, slot: 'fn', argument: element.value, into: key, block, element })}
      ${checkKey(node, key, element, block)}
      ${flow.behind(node.id, { ...element, key, keyed: 'true' })}
    }`
}

/** The stream's own key is normalised already. */
function lookupStep(flow: Flow, node: PlanNodeOf<'lookup'>, element: ElementNames): string {
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
      ${flow.behind(node.id, { ...element, value })}
    }`
}

/** An element that goes into a node which holds it; `by` is an expression of what its `by` lambda gave. */
function inletStep(flow: Flow, node: PlanNode, element: ElementNames, branch: number, by?: string): string {
  const { key, value, time, lineage } = element
  const inlet = flow.fresh('inlet')
  flow.setup(`const ${inlet} = target.inlets[${text(node.id)}]`)
  return `${inlet}.add(${[branch, key, value, time, lineage, ...(by === undefined ? [] : [by])].join(', ')})`
}

function distinctStep(flow: Flow, node: PlanNode, element: ElementNames, branch: number): string {
  if (flow.lambda(node, 'by') === undefined) return inletStep(flow, node, element, branch, element.value)
  const block = flow.fresh(node.kind)
  const by = flow.fresh('by')
  return `${block}: {
      let ${by}
      ${callLambda(flow, { node, slot: 'by', argument: element.value, into: by, block, element })}
      ${refusePromise(node, by, element, block)}
      ${inletStep(flow, node, element, branch, by)}
    }`
}

function outputStep(flow: Flow, node: PlanNodeOf<'output'>, element: ElementNames): string {
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
