// `joinWithin`: every left element is compared with every right one (semantics.md 3.11).
//
// Promises: pairs are all those of the cut; an unmatched half is emitted once the last time that a partner could have
// is before W.

import type { PlanNode, PlanNodeOf } from '../../plan/plan.ts'
import { compareValues, normalise } from '../../values/canonical.ts'
import { childIdentity, pairIdentity } from '../../values/identity.ts'
import type { Element } from '../element.ts'
import type { LambdaRunner } from '../lambda-runner.ts'

export function joinedWithin(
  runner: LambdaRunner,
  node: PlanNodeOf<'joinWithin'>,
  inputs: readonly [readonly Element[], readonly Element[]],
  watermark: number,
): Element[] {
  const { beforeMs, afterMs, type } = node.params
  const lefts = taken(runner, node, inputs[0], 0)
  const rights = taken(runner, node, inputs[1], 1)
  const joined: Element[] = []
  const matched = new Set<Element>()
  for (const left of lefts) {
    for (const right of rights.filter(r => compareValues(r.key, left.key) === 0)) {
      const ahead = BigInt(right.time) - BigInt(left.time)
      if (ahead < BigInt(-beforeMs) || ahead > BigInt(afterMs)) continue
      matched.add(left).add(right)
      joined.push(element(left.key, Math.max(left.time, right.time), left, right))
    }
  }
  const alone = (half: Element, expiry: number, left: Element | null, right: Element | null): Element[] =>
    matched.has(half) || expiry >= watermark ? [] : [element(half.key, expiry, left, right)]
  if (type === 'left' || type === 'full') joined.push(...lefts.flatMap(l => alone(l, l.time + afterMs, l, null)))
  if (type === 'right' || type === 'full') joined.push(...rights.flatMap(r => alone(r, r.time + beforeMs, null, r)))
  return joined
}

/** The elements with normalised values; a dead letter's identity includes the number of the input. */
function taken(runner: LambdaRunner, node: PlanNode, elements: readonly Element[], branch: number): Element[] {
  return elements.flatMap(e => {
    const value = runner.encode(node, '', childIdentity(e.identity, branch), 'value', () => normalise(e.value))
    return value.ok ? [{ ...e, value: value.value }] : []
  })
}

function element(key: unknown, time: number, left: Element | null, right: Element | null): Element {
  const value = { left: left?.value ?? null, right: right?.value ?? null }
  const identity = pairIdentity(left?.identity ?? null, right?.identity ?? null)
  return { time, identity, value, keyed: true, key, from: null }
}
