// The operators of an executor, by the names that the registry of words gives them: one exhaustive table.
//
// Promises: everything that an operator needs of its executor is in `OperatorContext`.
// Not here: what an operator does (its folder in `core/operators`).

import { makeAggregate } from '../operators/aggregate/make-aggregate.ts'
import { makeChanges } from '../operators/changes/changes.ts'
import { makeDistinct } from '../operators/distinct/distinct.ts'
import { makeJoinTable } from '../operators/join-table/join-table.ts'
import { makeJoinTables } from '../operators/join-tables/join-tables.ts'
import { makeJoinWithin } from '../operators/join-within/join-within.ts'
import type { OperatorContext, OperatorPorts } from '../operators/operator-ports.ts'
import { makeOutput } from '../operators/output/output.ts'
import { makeScan } from '../operators/scan/scan.ts'
import type { NodeKind, PlanNode, PlanNodeOf } from '../plan/plan.ts'
import { type KindsWith, type OperatorName, WORDS } from '../plan/words.ts'

type MakeOperator<K extends NodeKind> = (node: PlanNodeOf<K>, context: OperatorContext) => OperatorPorts

const OPERATORS: { readonly [Name in OperatorName]: MakeOperator<KindsWith<'operator', Name>> } = {
  aggregate: makeAggregate,
  changes: makeChanges,
  distinct: makeDistinct,
  joinTable: makeJoinTable,
  joinTables: makeJoinTables,
  joinWithin: makeJoinWithin,
  output: makeOutput,
  scan: makeScan,
}

/** Null for a node without an operator: elements and rows only pass through it. */
export function makeOperator(node: PlanNode, context: OperatorContext): OperatorPorts | null {
  const name = WORDS[node.kind].operator
  return name === null ? null : (OPERATORS[name] as MakeOperator<NodeKind>)(node, context)
}
