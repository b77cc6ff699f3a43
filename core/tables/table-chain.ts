// The words on a table between its root, an aggregation or joinTables, and a view or `closed`: mapTable, filterTable,
// keep.
//
// Promises: a pure function of one row; a throw gives an error row, not a dead letter (semantics.md 5.5).

import { mustNotEndRun } from '../errors.ts'
import type { Lambdas, Plan, PlanNode, PlanNodeOf } from '../plan/plan.ts'
import { nodeOf } from '../plan/plan-index.ts'
import { isThenable, REASON, unencodableReason } from '../result/refusals.ts'
import type { ViewError } from '../state/row-codec.ts'
import { normalise, Unencodable } from '../values/canonical.ts'

interface TableRow {
  readonly key: unknown
  readonly window: { readonly start: number; readonly end: number } | undefined
}

export type RowOutcome =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'absent' }
  | { readonly kind: 'error'; readonly error: ViewError; readonly thrown: unknown }

type TableLambda = (value: unknown, row: TableRow) => unknown

interface Step {
  readonly kind: 'mapTable' | 'filterTable'
  readonly node: string
  readonly fn: TableLambda
}

export interface TableChain {
  readonly keepMs: number | null
  /** True where no lambda runs between root and result, nor makes the value itself. */
  readonly plain: boolean
  run(value: unknown, row: TableRow): RowOutcome
}

const ABSENT: RowOutcome = Object.freeze({ kind: 'absent' })

/** The chain that leads from the root of a table to a table node. */
export function tableChain(plan: Plan, tableNode: string, lambdas: Lambdas): TableChain {
  const steps: Step[] = []
  let keepMs: number | null = null
  let at: PlanNode = nodeOf(plan, tableNode)
  while (at.kind !== 'aggregate' && at.kind !== 'joinTables') {
    if (at.kind === 'keep') keepMs = keepMs === null ? at.params.keepMs : Math.min(keepMs, at.params.keepMs)
    else if (at.kind === 'existing') steps.unshift({ kind: 'filterTable', node: at.id, fn: value => value !== null })
    else if (at.kind === 'mapTable' || at.kind === 'filterTable') {
      const fn = lambdas[at.id]?.fn as unknown as TableLambda
      steps.unshift({ kind: at.kind, node: at.id, fn })
    } else throw new Error(`lyrebird invariant broken: ${at.kind} is no word on a table`)
    at = nodeOf(plan, at.inputs[0] as string)
  }
  const run = (value: unknown, row: TableRow): RowOutcome => {
    let current = value
    for (const step of steps) {
      try {
        const result = step.fn(current, row)
        if (isThenable(result)) return failed(step.node, REASON.promise, undefined)
        if (step.kind === 'mapTable') current = normalise(result)
        else if (!result) return ABSENT
      } catch (thrown) {
        mustNotEndRun(step.node, thrown)
        return failed(step.node, reasonOf(thrown), thrown)
      }
    }
    return { kind: 'value', value: current }
  }
  return { keepMs, plain: steps.length === 0 && !mayFail(at), run }
}

/** Whether the value itself may be missing, where an author's `present` fails. */
const mayFail = (node: PlanNodeOf<'aggregate' | 'joinTables'>): boolean =>
  node.kind === 'aggregate' && node.params.fields.some(f => f.kind === 'custom')

const failed = (node: string, reason: string, thrown: unknown): RowOutcome => ({
  kind: 'error',
  error: { node, reason },
  thrown,
})

/** Fixed words: what a lambda throws is for display only. */
function reasonOf(thrown: unknown): string {
  return thrown instanceof Unencodable ? unencodableReason('value', thrown.reason) : REASON.threw
}
