// Steps without state: map, filter, flatMap, merge and their kin on keyed streams.
//
// Promises: each keeps the event time; results that may be several get their index in the identity (decision 12).

import type { NodeKind, PlanNode, PlanNodeOf } from '../plan/plan.ts'
import { REASON, resultList } from '../result/dead-letter.ts'
import { compareValues, normalise } from '../values/canonical.ts'
import { childIdentity } from '../values/identity.ts'
import { type Element, recordOf } from './element.ts'
import type { LambdaRunner, Outcome } from './lambda-runner.ts'

export type StepKind = Extract<
  NodeKind,
  'map' | 'filter' | 'flatMap' | 'keyBy' | 'mapValues' | 'filterKeys' | 'flatMapKeys' | 'merge' | 'lookup'
>

type Step = (lambdas: LambdaRunner, node: PlanNode, inputs: readonly (readonly Element[])[]) => Element[]

/** Every step by the kind of its node. */
export const STEPS: Readonly<Record<StepKind, Step>> = {
  map: perElement((lambdas, node, e) => mapOne(lambdas, node, e)),
  mapValues: perElement((lambdas, node, e) => mapOne(lambdas, node, e)),
  filter: perElement((lambdas, node, e) => filterOne(lambdas, node, e, e.value)),
  filterKeys: perElement((lambdas, node, e) => filterOne(lambdas, node, e, e.key)),
  flatMap: perElement((lambdas, node, e) => {
    const list = listOf(lambdas, node, e, e.value, REASON.notIterable)
    // Not `map`: a place that was never filled is an element too.
    return Array.from(list, (value, index) => ({ ...e, value, identity: childIdentity(e.identity, index) }))
  }),
  flatMapKeys: perElement((lambdas, node, e) => {
    const keys = keysOf(lambdas, node, e, listOf(lambdas, node, e, e.key, REASON.notKeys))
    return keys.map((key, index) => ({ ...e, key, identity: childIdentity(e.identity, index) }))
  }),
  keyBy: perElement((lambdas, node, e) => {
    const result = lambdas.run(node, 'fn', e.identity, [e.value, recordOf(e)])
    const keys = result.ok ? keysOf(lambdas, node, e, [result.value]) : []
    return keys.map(key => ({ ...e, keyed: true, key }))
  }),
  lookup: perElement((lambdas, node, e) => lookupOne(lambdas, node as PlanNodeOf<'lookup'>, e)),
  merge: (_trial, _node, inputs) =>
    inputs.flatMap((branch, index) => branch.map(e => ({ ...e, identity: childIdentity(e.identity, index) }))),
}

function perElement(step: (lambdas: LambdaRunner, node: PlanNode, element: Element) => Element[]): Step {
  return (lambdas, node, inputs) => (inputs[0] ?? []).flatMap(element => step(lambdas, node, element))
}

function mapOne(lambdas: LambdaRunner, node: PlanNode, e: Element): Element[] {
  const result = lambdas.run(node, 'fn', e.identity, [e.value, recordOf(e)])
  return result.ok ? [{ ...e, value: result.value }] : []
}

function filterOne(lambdas: LambdaRunner, node: PlanNode, e: Element, tested: unknown): Element[] {
  const result = lambdas.run(node, 'fn', e.identity, [tested, recordOf(e)])
  return result.ok && result.value ? [e] : []
}

/** Looks through the whole snapshot for each element. */
function lookupOne(lambdas: LambdaRunner, node: PlanNodeOf<'lookup'>, e: Element): Element[] {
  const keys = lambdas.has(node, 'key') ? lookupKey(lambdas, node, e) : [e.key]
  const rows = lambdas.call(node, 'rows', []) as readonly (readonly [unknown, unknown])[]
  return keys.flatMap(key => {
    const row = rows.find(([name]) => compareValues(name, key) === 0)
    if (row === undefined && node.params.type === 'inner') return []
    return [{ ...e, value: { left: e.value, right: row === undefined ? null : row[1] } }]
  })
}

function lookupKey(lambdas: LambdaRunner, node: PlanNode, e: Element): readonly unknown[] {
  const result = lambdas.run(node, 'key', e.identity, [e.value, recordOf(e)])
  return result.ok ? keysOf(lambdas, node, e, [result.value]) : []
}

/** The whole list that a lambda gives, read to its end before anything is handed on. */
function listOf(
  lambdas: LambdaRunner,
  node: PlanNode,
  e: Element,
  argument: unknown,
  reason: string,
): readonly unknown[] {
  const outcome = lambdas.guard(node, 'fn', e.identity, undefined, (): Outcome<readonly unknown[]> => {
    const result = lambdas.run(node, 'fn', e.identity, [argument, recordOf(e)])
    if (!result.ok) return result
    const list = resultList(result.value)
    return list === null ? lambdas.refuse(node, 'fn', e.identity, reason) : { ok: true, value: list }
  })
  return outcome.ok ? outcome.value : []
}

/** Keys as they are after encoding and decoding (decision 3); one that cannot be encoded buries the whole element. */
function keysOf(lambdas: LambdaRunner, node: PlanNode, e: Element, keys: readonly unknown[]): readonly unknown[] {
  const outcome = lambdas.encode(node, 'fn', e.identity, 'key', () => Array.from(keys, key => normalise(key)))
  return outcome.ok ? outcome.value : []
}
