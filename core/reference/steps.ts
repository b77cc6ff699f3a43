// Steps without state: map, filter, flatMap, merge and their kin on keyed streams.
//
// Promises: each keeps the event time; results that may be several get their index in the identity (decision 12).

import { compareValues, normalise } from '../canonical.ts'
import { REASON, resultList } from '../dead-letter.ts'
import { childIdentity } from '../identity.ts'
import type { NodeKind, PlanNode, PlanNodeOf } from '../plan.ts'
import { type Element, recordOf } from './element.ts'
import type { Outcome, Trial } from './trial.ts'

export type StepKind = Extract<
  NodeKind,
  'map' | 'filter' | 'flatMap' | 'keyBy' | 'mapValues' | 'filterKeys' | 'flatMapKeys' | 'merge' | 'lookup'
>

type Step = (trial: Trial, node: PlanNode, inputs: readonly (readonly Element[])[]) => Element[]

/** Every step by the kind of its node. */
export const STEPS: Readonly<Record<StepKind, Step>> = {
  map: perElement((trial, node, e) => mapOne(trial, node, e)),
  mapValues: perElement((trial, node, e) => mapOne(trial, node, e)),
  filter: perElement((trial, node, e) => filterOne(trial, node, e, e.value)),
  filterKeys: perElement((trial, node, e) => filterOne(trial, node, e, e.key)),
  flatMap: perElement((trial, node, e) => {
    const list = listOf(trial, node, e, e.value, REASON.notIterable)
    // Not `map`: a place that was never filled is an element too.
    return Array.from(list, (value, index) => ({ ...e, value, identity: childIdentity(e.identity, index) }))
  }),
  flatMapKeys: perElement((trial, node, e) => {
    const keys = keysOf(trial, node, e, listOf(trial, node, e, e.key, REASON.notKeys))
    return keys.map((key, index) => ({ ...e, key, identity: childIdentity(e.identity, index) }))
  }),
  keyBy: perElement((trial, node, e) => {
    const result = trial.run(node, 'fn', e.identity, [e.value, recordOf(e)])
    const keys = result.ok ? keysOf(trial, node, e, [result.value]) : []
    return keys.map(key => ({ ...e, keyed: true, key }))
  }),
  lookup: perElement((trial, node, e) => lookupOne(trial, node as PlanNodeOf<'lookup'>, e)),
  merge: (_trial, _node, inputs) =>
    inputs.flatMap((branch, index) => branch.map(e => ({ ...e, identity: childIdentity(e.identity, index) }))),
}

function perElement(step: (trial: Trial, node: PlanNode, element: Element) => Element[]): Step {
  return (trial, node, inputs) => (inputs[0] ?? []).flatMap(element => step(trial, node, element))
}

function mapOne(trial: Trial, node: PlanNode, e: Element): Element[] {
  const result = trial.run(node, 'fn', e.identity, [e.value, recordOf(e)])
  return result.ok ? [{ ...e, value: result.value }] : []
}

function filterOne(trial: Trial, node: PlanNode, e: Element, tested: unknown): Element[] {
  const result = trial.run(node, 'fn', e.identity, [tested, recordOf(e)])
  return result.ok && result.value ? [e] : []
}

/** Looks through the whole snapshot for each element. */
function lookupOne(trial: Trial, node: PlanNodeOf<'lookup'>, e: Element): Element[] {
  const keys = trial.has(node, 'key') ? lookupKey(trial, node, e) : [e.key]
  const rows = trial.call(node, 'rows', []) as readonly (readonly [unknown, unknown])[]
  return keys.flatMap(key => {
    const row = rows.find(([name]) => compareValues(name, key) === 0)
    if (row === undefined && node.params.type === 'inner') return []
    return [{ ...e, value: { left: e.value, right: row === undefined ? null : row[1] } }]
  })
}

function lookupKey(trial: Trial, node: PlanNode, e: Element): readonly unknown[] {
  const result = trial.run(node, 'key', e.identity, [e.value, recordOf(e)])
  return result.ok ? keysOf(trial, node, e, [result.value]) : []
}

/** The whole list that a lambda gives, read to its end before anything is handed on. */
function listOf(trial: Trial, node: PlanNode, e: Element, argument: unknown, reason: string): readonly unknown[] {
  const outcome = trial.guard(node, 'fn', e.identity, undefined, (): Outcome<readonly unknown[]> => {
    const result = trial.run(node, 'fn', e.identity, [argument, recordOf(e)])
    if (!result.ok) return result
    const list = resultList(result.value)
    return list === null ? trial.refuse(node, 'fn', e.identity, reason) : { ok: true, value: list }
  })
  return outcome.ok ? outcome.value : []
}

/** Keys as they are after encoding and decoding (decision 3); one that cannot be encoded buries the whole element. */
function keysOf(trial: Trial, node: PlanNode, e: Element, keys: readonly unknown[]): readonly unknown[] {
  const outcome = trial.encode(node, 'fn', e.identity, 'key', () => Array.from(keys, key => normalise(key)))
  return outcome.ok ? outcome.value : []
}
