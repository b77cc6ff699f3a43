// flatMap: an element for each value in the list that the lambda gives.
//
// Promises: the identity of each is that of the element with its index in the list.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { REASON } from '../../result/refusals.ts'
import { childIdentity } from '../../values/identity.ts'
import type { Element } from '../element.ts'
import type { LambdaRunner } from '../lambda-runner.ts'
import { listOf } from './lists.ts'

export function flatMapElement(runner: LambdaRunner, node: PlanNodeOf<'flatMap'>, e: Element): Element[] {
  const list = listOf(runner, node, e, e.value, REASON.notIterable)
  // Not `map`, which skips holes: a hole of the array is an element too.
  return Array.from(list, (value, index) => ({ ...e, value, identity: childIdentity(e.identity, index) }))
}
