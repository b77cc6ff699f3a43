// distinct and dedupe: of equal elements of a key the first, or one in each stretch of `within`.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { bytesToHex } from '../../values/bytes.ts'
import { type Element, recordOf } from '../element.ts'
import type { LambdaRunner } from '../lambda-runner.ts'
import { byKey, due, encoded, held } from './in-order.ts'

/**
 * Of equal elements of a key the first, and where `withinMs` is set also those more than that after the last one
 * emitted.
 */
export function distinctElements(
  runner: LambdaRunner,
  node: PlanNodeOf<'distinct'>,
  elements: readonly Element[],
  watermark: number,
): Element[] {
  const { withinMs } = node.params
  const named = new Map<Element, string>()
  for (const element of elements) {
    const by = runner.has(node, 'by')
      ? runner.run(node, 'by', element.identity, [element.value, recordOf(element)])
      : { ok: true as const, value: element.value }
    if (!by.ok) continue
    const [mine] = held(runner, node, [element])
    if (mine === undefined) continue
    const name = encoded(runner, node, 'by', element.identity, by.value)
    if (name.ok) named.set(mine, bytesToHex(name.value))
  }
  return byKey(due([...named.keys()], watermark)).flatMap(ofKey => {
    const emitted: Element[] = []
    for (const element of ofKey) {
      const before = emitted.findLast(other => named.get(other) === named.get(element))
      if (before === undefined || (withinMs !== null && element.time - before.time > withinMs)) emitted.push(element)
    }
    return emitted
  })
}
