// scan: each element of a key makes the next state from the one before, and that state is emitted.
//
// Promises: a step that fails leaves the state as it was; a step that changes what it was given changes nothing else.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { ByteReader, hexToBytes } from '../../values/bytes.ts'
import { canonicalBytes, decodeValue } from '../../values/canonical.ts'
import type { Element } from '../element.ts'
import type { LambdaRunner } from '../lambda-runner.ts'
import { byKey, due, encoded, held } from './in-order.ts'

export function scannedElements(
  runner: LambdaRunner,
  node: PlanNodeOf<'scan'>,
  elements: readonly Element[],
  watermark: number,
): Element[] {
  return byKey(due(held(runner, node, elements), watermark)).flatMap(ofKey => {
    let state = canonicalBytes(decodeValue(new ByteReader(hexToBytes(node.params.zero))))
    return ofKey.flatMap(element => {
      const { time, key, identity, value } = element
      const args = [decodeValue(new ByteReader(state)), value, Object.freeze({ time, key })]
      const next = runner.guard<Uint8Array>(node, 'fn', identity, undefined, () => {
        const result = runner.run(node, 'fn', identity, args)
        return result.ok ? encoded(runner, node, 'fn', identity, result.value) : result
      })
      if (!next.ok) return []
      state = next.value
      return [{ ...element, value: decodeValue(new ByteReader(state)) }]
    })
  })
}
