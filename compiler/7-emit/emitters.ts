// The emitter of each word, by the kind of its node: one block of code for each step, the next one inside of it.
//
// Promises: does to an element what `core/reference/steps` does; a step that ends an element leaves its own block, so
// that other branches go on. Lineages of lists and merged branches are written as expressions: built only where an
// identity is needed.

import type { NodeKind, PlanNodeOf } from '../../core/plan/plan.ts'
import { type EmitterName, type KindsWith, WORDS } from '../../core/plan/words.ts'
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
type Emit<K extends NodeKind> = (flow: Flow, node: PlanNodeOf<K>, element: ElementNames, branch: number) => string

/** By the names that the registry of words gives them. */
const EMITTERS: { readonly [Name in EmitterName]: Emit<KindsWith<'emitter', Name>> } = {
  aggregate: aggregateStep,
  distinct: distinctStep,
  filter: filterStep,
  flatMap: flatMapStep,
  flatMapKeys: flatMapKeysStep,
  hold: holdStep,
  keyBy: keyByStep,
  lookup: lookupStep,
  map: mapStep,
  merge: mergeStep,
  output: outputStep,
}

/** Whether a node of this kind takes elements from emitted code. */
export const takesElements = (kind: NodeKind): boolean => WORDS[kind].emitter !== null

/** Statements that give an element to one consumer. */
export function emitStep(flow: Flow, { node, branch }: Consumer, element: ElementNames): string {
  const name = WORDS[node.kind].emitter
  return name === null ? '' : (EMITTERS[name] as Emit<NodeKind>)(flow, node, element, branch)
}
