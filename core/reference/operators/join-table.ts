// joinTable: each left element with the version of its key that is the newest at its time, or before it.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { normalise } from '../../values/canonical.ts'
import type { Element } from '../element.ts'
import type { LambdaRunner } from '../lambda-runner.ts'
import { bestPartition } from '../versions.ts'
import { byKey, due, held, keyText } from './in-order.ts'

/** The value that is the newest at a time; null where there is none, or a deletion. */
type AsOf = (time: number) => unknown
/** Whether a version that counts from a time on counts for an element. */
type Counts = (from: number, time: number) => boolean

export function joinedToTable(
  runner: LambdaRunner,
  node: PlanNodeOf<'joinTable'>,
  lefts: readonly Element[],
  versions: readonly Element[],
  watermark: number,
): Element[] {
  const asOf = node.params.versions === 'offset' ? asOfByOffset : asOfByTime
  const counts: Counts = node.params.at === 'before' ? (from, time) => from < time : (from, time) => from <= time
  const table = new Map(byKey(held(runner, node, versions)).map(ofKey => [keyText(ofKey[0]), asOf(ofKey, counts)]))
  return due(held(runner, node, lefts), watermark).flatMap(left => {
    const right = table.get(keyText(left))?.(left.time) ?? null
    if (right === null && node.params.type === 'inner') return []
    return [{ ...left, value: normalise({ left: left.value, right }) }]
  })
}

function asOfByTime(versions: readonly Element[], counts: Counts): AsOf {
  const ordered = due(versions, Number.POSITIVE_INFINITY)
  return time => ordered.findLast(version => counts(version.time, time))?.value
}

/** A version counts from the greatest of the times of its own and of its key's earlier ones in its partition. */
function asOfByOffset(versions: readonly Element[], counts: Counts): AsOf {
  const placed = versions.flatMap(({ version, time, value }) =>
    version === undefined ? [] : [{ ...version, time, value }],
  )
  const timed = placed.map(version => {
    const { partition, offset } = version
    const upTo = placed.filter(other => other.partition === partition && other.offset <= offset)
    return { ...version, from: Math.max(...upTo.map(other => Math.max(other.asOf, other.time))) }
  })
  return time =>
    bestPartition(
      timed.filter(({ from }) => counts(from, time)),
      version => version.value,
    )?.value
}
