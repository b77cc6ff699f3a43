// keyBy: the element under the key that the lambda gives.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { type Element, recordOf } from '../element.ts'
import type { LambdaRunner } from '../lambda-runner.ts'
import { keysOf } from './lists.ts'

export function keyElement(runner: LambdaRunner, node: PlanNodeOf<'keyBy'>, e: Element): Element[] {
  const result = runner.run(node, 'fn', e.identity, [e.value, recordOf(e)])
  const keys = result.ok ? keysOf(runner, node, e, [result.value]) : []
  return keys.map(key => ({ ...e, keyed: true, key }))
}
