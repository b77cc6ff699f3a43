// How each word is evaluated, by the name that the registry of words gives its evaluation: one exhaustive table.
//
// Not here: what a word means, which has a file each (`steps`, `operators`; words on tables: `tables.ts`).

import type { NodeKind, PlanNode } from '../plan/plan.ts'
import { type KindsWith, type ReferenceName, WORDS } from '../plan/words.ts'
import type { Element } from './element.ts'
import type { Evaluated, Evaluation, Given } from './evaluation.ts'
import type { LambdaRunner } from './lambda-runner.ts'
import { aggregateRows } from './operators/aggregate.ts'
import { closedElements } from './operators/closed.ts'
import { distinctElements } from './operators/distinct.ts'
import { joinedToTable } from './operators/join-table.ts'
import { joinedRows } from './operators/join-tables.ts'
import { joinedWithin } from './operators/join-within.ts'
import { writtenRecords } from './operators/output.ts'
import { scannedElements } from './operators/scan.ts'
import { readSource } from './sources.ts'
import { filterElement } from './steps/filter.ts'
import { flatMapElement } from './steps/flat-map.ts'
import { flatMapKeysOfElement } from './steps/flat-map-keys.ts'
import { keyElement } from './steps/key-by.ts'
import { lookUpElement } from './steps/lookup.ts'
import { mapElement } from './steps/map.ts'
import { mergedElements } from './steps/merge.ts'
import { existingRows, filterRows, mapRows } from './tables.ts'

const EVALUATIONS: { readonly [Name in ReferenceName]: Evaluation<KindsWith<'reference', Name>> } = {
  source: ({ node, log, runner }) => readSource(node, log, runner),
  map: eachElement(mapElement),
  filter: eachElement(filterElement),
  flatMap: eachElement(flatMapElement),
  flatMapKeys: eachElement(flatMapKeysOfElement),
  keyBy: eachElement(keyElement),
  lookup: eachElement(lookUpElement),
  merge: ({ inputs }) => ({ elements: mergedElements(inputs.map(i => i.elements)) }),
  scan: ({ node, inputs, watermark, runner }) => ({
    elements: scannedElements(runner, node, elementsOf(inputs[0]), watermark),
  }),
  distinct: ({ node, inputs, watermark, runner }) => ({
    elements: distinctElements(runner, node, elementsOf(inputs[0]), watermark),
  }),
  joinTable: ({ node, inputs: [left, versions], watermark, runner }) => ({
    elements: joinedToTable(runner, node, elementsOf(left), elementsOf(versions), watermark),
  }),
  joinWithin: ({ node, inputs: [left, right], watermark, runner }) => ({
    elements: joinedWithin(runner, node, [elementsOf(left), elementsOf(right)], watermark),
  }),
  aggregate: ({ node, inputs, runner }) => ({ rows: aggregateRows(runner, node, elementsOf(inputs[0])) }),
  mapTable: ({ node, inputs, runner }) => ({ rows: mapRows(runner, node, rowsOf(inputs[0])) }),
  filterTable: ({ node, inputs, runner }) => ({ rows: filterRows(runner, node, rowsOf(inputs[0])) }),
  existing: ({ inputs }) => ({ rows: existingRows(rowsOf(inputs[0])) }),
  // What `keep` drops is missing in views only: `closed` ignores `keep`.
  keep: ({ inputs }) => ({ rows: rowsOf(inputs[0]) }),
  joinTables: ({ node, inputs: [left, right] }) => ({
    rows: joinedRows(node.params.type, rowsOf(left), rowsOf(right)),
  }),
  closed: ({ inputs, watermark, runner }) => ({ elements: closedElements(runner, rowsOf(inputs[0]), watermark) }),
  // What a changelog writes depends on the commits, and is no part of the result.
  changes: () => ({}),
  output: ({ node, inputs, watermark, runner }) => ({
    written: writtenRecords(runner, node, elementsOf(inputs[0]), watermark),
  }),
}

export const evaluationOf = (kind: NodeKind): Evaluation<NodeKind> =>
  EVALUATIONS[WORDS[kind].reference] as Evaluation<NodeKind>

/** A step without state: what each element becomes, one after the other. */
function eachElement<N extends PlanNode>(
  step: (runner: LambdaRunner, node: N, element: Element) => readonly Element[],
): (given: Given<N>) => Partial<Evaluated> {
  return ({ node, inputs, runner }) => ({
    elements: elementsOf(inputs[0]).flatMap(element => step(runner, node, element)),
  })
}

const elementsOf = (input: Evaluated | undefined): readonly Element[] => input?.elements ?? []
const rowsOf = (input: Evaluated | undefined): Evaluated['rows'] => input?.rows ?? []
