// An author's aggregation, naively: `plus` over all lifted values in (time, identity) order, from zero on; then
// `present`.
//
// Promises: the author's code gets its own frozen copies. What `plus` throws ends the run; what `present` throws makes
// an error row.

import { LyrebirdError, messageOf, mustNotEndRun } from '../../../errors.ts'
import type { AggregationSpecOf } from '../../../plan/aggregation-spec.ts'
import type { PlanNode } from '../../../plan/plan.ts'
import { fieldReason, isThenable, REASON, unencodableReason } from '../../../result/refusals.ts'
import { ByteReader, hexToBytes } from '../../../values/bytes.ts'
import { decodeValue, normalise, Unencodable } from '../../../values/canonical.ts'
import type { LambdaRunner } from '../../lambda-runner.ts'
import type { Row } from '../../tables.ts'

type CustomSpec = AggregationSpecOf<'custom'>

/** What a row shows of the states of a group, which are in (time, identity) order. */
export function customResult(
  runner: LambdaRunner,
  node: PlanNode,
  field: CustomSpec,
  states: readonly unknown[],
): Row['outcome'] {
  const zero = decodeValue(new ByteReader(hexToBytes(field.zero)))
  const state = states.reduce((a, b) => added(runner, node, field, a, b), zero)
  try {
    const shown = runner.call(node, `${field.name}.present`, [frozen(state)])
    if (isThenable(shown)) return failed(node, field, REASON.promise)
    return { value: normalise(shown) }
  } catch (error) {
    mustNotEndRun(node.id, error)
    return failed(node, field, error instanceof Unencodable ? unencodableReason('value', error.reason) : REASON.threw)
  }
}

const failed = (node: PlanNode, field: CustomSpec, reason: string): Row['outcome'] => ({
  error: { node: node.id, reason: fieldReason(field.name, reason) },
})

function added(runner: LambdaRunner, node: PlanNode, field: CustomSpec, a: unknown, b: unknown): unknown {
  try {
    const sum = runner.call(node, `${field.name}.plus`, [frozen(a), frozen(b)])
    if (isThenable(sum)) throw new TypeError(REASON.promise)
    return normalise(sum)
  } catch (error) {
    mustNotEndRun(node.id, error)
    const { name } = field
    const site = node.lambdas[`${name}.plus`]?.at ?? undefined
    const place = site === undefined ? '' : `, at ${site},`
    const message = `plus of the aggregation in field ${name}${place} failed: ${messageOf(error)}`
    throw new LyrebirdError('job-failed', message, { where: { node: node.id, field: name, site }, cause: error })
  }
}

/** A frozen copy. Bytes cannot be frozen, but nothing else holds this copy of them. */
function frozen(value: unknown): unknown {
  const copy = normalise(value)
  freeze(copy)
  return copy
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
  Object.freeze(value)
  for (const part of Object.values(value)) freeze(part)
}
