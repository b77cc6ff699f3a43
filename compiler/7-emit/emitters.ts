// The emitter of each word, by the kind of its node: one block of code for each step, the next one inside of it.
//
// Promises: does to an element what `core/reference/steps.ts` does; a step that ends an element leaves its own block,
// so that other branches go on. Lineages of lists and merged branches are written as expressions: built only where
// somebody needs an identity.

import type { NodeKind, PlanNode, PlanNodeOf } from '../../core/plan/plan.ts'
import type { Consumer, ElementNames, Flow } from './flow.ts'
import { aggregateStep } from './words/aggregate.ts'
import { distinctStep } from './words/distinct.ts'
import { filterStep } from './words/filter.ts'
import { flatMapStep } from './words/flat-map.ts'
import { flatMapKeysStep } from './words/flat-map-keys.ts'
import { holdStep } from './words/hold.ts'
import { keyByStep } from './words/key-by.ts'
import { lookupStep } from './words/lookup.ts'
import { mapStep } from './words/map.ts'
import { mergeStep } from './words/merge.ts'
import { outputStep } from './words/output.ts'

/** Statements that give an element to a node by its input number `branch`. */
type Emit = (flow: Flow, node: PlanNode, element: ElementNames, branch: number) => string

/** Null for words on tables, which are the executor's, and for a source, which takes nothing from another node. */
const EMITTERS: Readonly<Record<NodeKind, Emit | null>> = {
  map: mapStep,
  mapValues: mapStep,
  filter: (flow, node, element) => filterStep(flow, node, element, element.value),
  filterKeys: (flow, node, element) => filterStep(flow, node, element, element.key),
  flatMap: flatMapStep,
  flatMapKeys: flatMapKeysStep,
  keyBy: keyByStep,
  merge: mergeStep,
  aggregate: (flow, node, element) => aggregateStep(flow, node as PlanNodeOf<'aggregate'>, element),
  lookup: (flow, node, element) => lookupStep(flow, node as PlanNodeOf<'lookup'>, element),
  joinTable: holdStep,
  joinWithin: holdStep,
  scan: holdStep,
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

/** Whether a node of this kind takes elements. */
export const takesElements = (kind: NodeKind): boolean => EMITTERS[kind] !== null

/** Statements that give an element to one consumer. */
export function emitStep(flow: Flow, { node, branch }: Consumer, element: ElementNames): string {
  return EMITTERS[node.kind]?.(flow, node, element, branch) ?? ''
}
