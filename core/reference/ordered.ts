// Words in the order of (time, identity): scan, distinct, joinTable. Every element that is due, sorted, one key after the other.
//
// Promises: an element is handed on once `time < W` with its own time and identity; what it holds is `decode(encode(x))` (decision 3).

import type { PlanNode, PlanNodeOf } from '../plan/plan.ts'
import { ByteReader, bytesToHex, hexToBytes } from '../values/bytes.ts'
import { canonicalBytes, decodeValue, normalise } from '../values/canonical.ts'
import { compareElements, type Element, recordOf } from './element.ts'
import type { LambdaRunner, Outcome } from './lambda-runner.ts'

/** Of elements of one key that are alike the first, or those that come more than `withinMs` after the last one handed on. */
export function distinctElements(
  lambdas: LambdaRunner,
  node: PlanNodeOf<'distinct'>,
  elements: readonly Element[],
  watermark: number,
): Element[] {
  const { withinMs } = node.params
  const named = new Map<Element, string>()
  for (const element of elements) {
    const by = lambdas.has(node, 'by')
      ? lambdas.run(node, 'by', element.identity, [element.value, recordOf(element)])
      : { ok: true as const, value: element.value }
    if (!by.ok) continue
    const [mine] = held(lambdas, node, [element])
    if (mine === undefined) continue
    const name = encoded(lambdas, node, 'by', element.identity, by.value)
    if (name.ok) named.set(mine, bytesToHex(name.value))
  }
  return byKey(due([...named.keys()], watermark)).flatMap(ofKey => {
    const handed: Element[] = []
    for (const element of ofKey) {
      const before = handed.findLast(h => named.get(h) === named.get(element))
      if (before === undefined || (withinMs !== null && element.time - before.time > withinMs)) handed.push(element)
    }
    return handed
  })
}

/** Each left element with the newest version of its key that is no later than itself. */
export function joinedToTable(
  lambdas: LambdaRunner,
  node: PlanNodeOf<'joinTable'>,
  lefts: readonly Element[],
  versions: readonly Element[],
  watermark: number,
): Element[] {
  const table = new Map(byKey(due(held(lambdas, node, versions), watermark)).map(ofKey => [keyText(ofKey[0]), ofKey]))
  return due(held(lambdas, node, lefts), watermark).flatMap(left => {
    const newest = table.get(keyText(left))?.findLast(version => version.time <= left.time)
    const right = newest?.value ?? null
    if (right === null && node.params.type === 'inner') return []
    return [{ ...left, value: normalise({ left: left.value, right }) }]
  })
}

/** Each element of a key makes another state of the one before, which is handed on. */
export function scannedElements(
  lambdas: LambdaRunner,
  node: PlanNodeOf<'scan'>,
  elements: readonly Element[],
  watermark: number,
): Element[] {
  return byKey(due(held(lambdas, node, elements), watermark)).flatMap(ofKey => {
    let state = canonicalBytes(decodeValue(new ByteReader(hexToBytes(node.params.zero))))
    return ofKey.flatMap(element => {
      const { time, key, identity, value } = element
      const args = [decodeValue(new ByteReader(state)), value, Object.freeze({ time, key })]
      const next = lambdas.guard<Uint8Array>(node, 'fn', identity, undefined, () => {
        const result = lambdas.run(node, 'fn', identity, args)
        return result.ok ? encoded(lambdas, node, 'fn', identity, result.value) : result
      })
      if (!next.ok) return []
      state = next.value
      return [{ ...element, value: decodeValue(new ByteReader(state)) }]
    })
  })
}

/** The elements as a node holds them: in canonical form, and no longer those of a record. */
export function held(lambdas: LambdaRunner, node: PlanNode, elements: readonly Element[]): Element[] {
  return elements.flatMap(element => {
    const bytes = encoded(lambdas, node, 'fn', element.identity, element.value)
    return bytes.ok ? [{ ...element, value: decodeValue(new ByteReader(bytes.value)), keyed: true, from: null }] : []
  })
}

function encoded(
  lambdas: LambdaRunner,
  node: PlanNode,
  slot: string,
  identity: Uint8Array,
  value: unknown,
): Outcome<Uint8Array> {
  return lambdas.encode(node, slot, identity, 'value', () => canonicalBytes(value))
}

/** Those that no earlier one can come before any more, in order. */
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

const keyText = (element: Element | undefined): string => bytesToHex(canonicalBytes(element?.key))
