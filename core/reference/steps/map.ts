// map and mapValues: each element with the value that the lambda gives for it.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { type Element, recordOf } from '../element.ts'
import type { LambdaRunner } from '../lambda-runner.ts'

export function mapElement(runner: LambdaRunner, node: PlanNodeOf<'map' | 'mapValues'>, e: Element): Element[] {
  const result = runner.run(node, 'fn', e.identity, [e.value, recordOf(e)])
  return result.ok ? [{ ...e, value: result.value }] : []
}
