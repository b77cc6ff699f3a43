// joinTable: each left element with the newest version of its key that is no later than itself, or before it.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { normalise } from '../../values/canonical.ts'
import type { Element } from '../element.ts'
import type { LambdaRunner } from '../lambda-runner.ts'
import { byKey, due, held, keyText } from './in-order.ts'

export function joinedToTable(
  runner: LambdaRunner,
  node: PlanNodeOf<'joinTable'>,
  lefts: readonly Element[],
  versions: readonly Element[],
  watermark: number,
): Element[] {
  const table = new Map(byKey(due(held(runner, node, versions), watermark)).map(ofKey => [keyText(ofKey[0]), ofKey]))
  return due(held(runner, node, lefts), watermark).flatMap(left => {
    const counts = (version: Element): boolean =>
      node.params.at === 'before' ? version.time < left.time : version.time <= left.time
    const newest = table.get(keyText(left))?.findLast(counts)
    const right = newest?.value ?? null
    if (right === null && node.params.type === 'inner') return []
    return [{ ...left, value: normalise({ left: left.value, right }) }]
  })
}
