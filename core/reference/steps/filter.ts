// filter and filterKeys: the elements for whose value, or key, the lambda gives something truthy.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { type Element, recordOf } from '../element.ts'
import type { LambdaRunner } from '../lambda-runner.ts'

export function filterElement(runner: LambdaRunner, node: PlanNodeOf<'filter' | 'filterKeys'>, e: Element): Element[] {
  const tested = node.kind === 'filter' ? e.value : e.key
  const result = runner.run(node, 'fn', e.identity, [tested, recordOf(e)])
  return result.ok && result.value ? [e] : []
}
