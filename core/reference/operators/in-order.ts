// Elements in the order of (time, identity), key by key: what `scan`, `distinct` and `joinTable` have in common.
//
// Promises: an element is taken once `time < W`, with its own time and identity; its value is `decode(encode(x))`.

import type { PlanNode } from '../../plan/plan.ts'
import { ByteReader, bytesToHex } from '../../values/bytes.ts'
import { canonicalBytes, decodeValue } from '../../values/canonical.ts'
import { compareElements, type Element } from '../element.ts'
import type { LambdaRunner, Outcome } from '../lambda-runner.ts'

/** The elements as a node holds them: normalised, and without their record. */
export function held(runner: LambdaRunner, node: PlanNode, elements: readonly Element[]): Element[] {
  return elements.flatMap(element => {
    const bytes = encoded(runner, node, 'fn', element.identity, element.value)
    return bytes.ok ? [{ ...element, value: decodeValue(new ByteReader(bytes.value)), keyed: true, from: null }] : []
  })
}

/** The canonical bytes of what a lambda gave. */
export function encoded(
  runner: LambdaRunner,
  node: PlanNode,
  slot: string,
  identity: Uint8Array,
  value: unknown,
): Outcome<Uint8Array> {
  return runner.encode(node, slot, identity, 'value', () => canonicalBytes(value))
}

/** The elements before the watermark, in order: no earlier one can come any more. */
export function due(elements: readonly Element[], watermark: number): Element[] {
  return elements.filter(e => e.time < watermark).sort(compareElements)
}

/** The elements of each key, in the order given. */
export function byKey(elements: readonly Element[]): Element[][] {
  const groups = new Map<string, Element[]>()
  for (const element of elements) {
    const group = groups.get(keyText(element))
    if (group === undefined) groups.set(keyText(element), [element])
    else group.push(element)
  }
  return [...groups.values()]
}

export const keyText = (element: Element | undefined): string => bytesToHex(canonicalBytes(element?.key))
