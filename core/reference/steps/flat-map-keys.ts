// flatMapKeys: the element once under each key in the list that the lambda gives.
//
// Promises: the identity of each is that of the element with its index in the list.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { REASON } from '../../result/refusals.ts'
import { childIdentity } from '../../values/identity.ts'
import type { Element } from '../element.ts'
import type { LambdaRunner } from '../lambda-runner.ts'
import { keysOf, listOf } from './lists.ts'

export function flatMapKeysOfElement(runner: LambdaRunner, node: PlanNodeOf<'flatMapKeys'>, e: Element): Element[] {
  const keys = keysOf(runner, node, e, listOf(runner, node, e, e.key, REASON.notKeys))
  return keys.map((key, index) => ({ ...e, key, identity: childIdentity(e.identity, index) }))
}
