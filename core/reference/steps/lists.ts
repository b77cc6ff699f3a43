// What the lambda of a step gives where it must be a list or keys.

import type { PlanNode } from '../../plan/plan.ts'
import { resultList } from '../../result/refusals.ts'
import { normalise } from '../../values/canonical.ts'
import { type Element, recordOf } from '../element.ts'
import type { LambdaRunner, Outcome } from '../lambda-runner.ts'

/** The whole list that a lambda gives, read to its end before anything is emitted. */
export function listOf(
  runner: LambdaRunner,
  node: PlanNode,
  e: Element,
  argument: unknown,
  reason: string,
): readonly unknown[] {
  const outcome = runner.guard(node, 'fn', e.identity, undefined, (): Outcome<readonly unknown[]> => {
    const result = runner.run(node, 'fn', e.identity, [argument, recordOf(e)])
    if (!result.ok) return result
    const list = resultList(result.value)
    return list === null ? runner.refuse(node, 'fn', e.identity, reason) : { ok: true, value: list }
  })
  return outcome.ok ? outcome.value : []
}

/** The keys, normalised; one that cannot be encoded makes the whole element a dead letter. */
export function keysOf(runner: LambdaRunner, node: PlanNode, e: Element, keys: readonly unknown[]): readonly unknown[] {
  const outcome = runner.encode(node, 'fn', e.identity, 'key', () => Array.from(keys, key => normalise(key)))
  return outcome.ok ? outcome.value : []
}
