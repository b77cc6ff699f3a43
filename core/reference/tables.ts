// Words on tables: mapTable, filterTable, keep. Row by row, without any state.
//
// Promises: a lambda that throws makes an error row, which stays in the table in place of a value.

import { mustNotEndRun } from '../errors.ts'
import type { PlanNode } from '../plan/plan.ts'
import { isThenable, REASON, unencodableReason } from '../result/refusals.ts'
import type { ViewError } from '../result/result.ts'
import type { TimeWindow } from '../time/time-window.ts'
import { normalise, Unencodable } from '../values/canonical.ts'
import type { LambdaRunner } from './lambda-runner.ts'
import { isClosed } from './windows.ts'

export interface Row {
  readonly key: unknown
  /** Undefined in the table of the global window. */
  readonly window: TimeWindow | undefined
  /** Whether the window is a session. */
  readonly session?: boolean
  readonly outcome: { readonly value: unknown } | { readonly error: ViewError }
}

export function mapRows(runner: LambdaRunner, node: PlanNode, rows: readonly Row[]): Row[] {
  return rows.map(row => {
    if ('error' in row.outcome) return row
    const result = runOnRow(runner, node, row, row.outcome.value, normalise)
    return { ...row, outcome: result }
  })
}

export function filterRows(runner: LambdaRunner, node: PlanNode, rows: readonly Row[]): Row[] {
  return rows.flatMap(row => {
    if ('error' in row.outcome) return [row]
    const result = runOnRow(runner, node, row, row.outcome.value, Boolean)
    if ('error' in result) return [{ ...row, outcome: result }]
    return result.value ? [row] : []
  })
}

/** Rows of keys that are not deleted: a deleted key has null as its newest value. */
export function existingRows(rows: readonly Row[]): Row[] {
  return rows.filter(({ outcome }) => 'error' in outcome || outcome.value !== null)
}

/** Rows of windows that are open or ended less than `keepMs` before the watermark, which is that before `final`. */
export function keptRows(rows: readonly Row[], keepMs: number, watermark: number): Row[] {
  return rows.filter(
    ({ window, session }) =>
      window === undefined || !isClosed(window, watermark, session) || window.end > watermark - keepMs,
  )
}

function runOnRow(
  runner: LambdaRunner,
  node: PlanNode,
  row: Row,
  value: unknown,
  finish: (result: unknown) => unknown,
): Row['outcome'] {
  const { key, window } = row
  try {
    const result = runner.call(node, 'fn', [value, Object.freeze({ key, window })])
    if (isThenable(result)) return { error: { node: node.id, reason: REASON.promise } }
    return { value: finish(result) }
  } catch (error) {
    mustNotEndRun(node.id, error)
    const reason = error instanceof Unencodable ? unencodableReason('value', error.reason) : REASON.threw
    return { error: { node: node.id, reason } }
  }
}
