// Sources: from records to elements, in the order decode, time, `ahead`, late.
//
// Promises: what happens to a record depends on the records before it in its own partition alone. No record of a
// table's topic is late, and one that is a dead letter deletes its key (semantics.md 3.8).

import { type Decoder, sourceDecoder } from '../decode/decoder.ts'
import { messageOf, mustNotEndRun } from '../errors.ts'
import { IDENTITY_HEADER, NO_TIMESTAMP, TICK_HEADER } from '../log/chunk.ts'
import type { SourceNode } from '../plan/plan.ts'
import { ahead, badTime, decodeFailed, noTimestamp, threw } from '../result/dead-letter.ts'
import { isThenable, timeFault } from '../result/refusals.ts'
import type { LateRow } from '../result/result.ts'
import { normalise } from '../values/canonical.ts'
import { recordIdentity } from '../values/identity.ts'
import { type Element, type Located, lacks, logRecord, recordOf } from './element.ts'
import type { ReferenceInput } from './input.ts'
import type { LambdaRunner } from './lambda-runner.ts'

interface SourceOutcome {
  readonly elements: readonly Element[]
  readonly late: readonly LateRow[]
  /** The least `T - disorder` over the partitions of the topic; -Infinity where one has no time yet, or none exists. */
  readonly logWatermark: number
}

export function readSource(node: SourceNode, input: ReferenceInput, runner: LambdaRunner): SourceOutcome {
  const decode = sourceDecoder(node, runner.lambdas, error => mustNotEndRun(node.id, error))
  const elements: Element[] = []
  const late: LateRow[] = []
  const watermarks: number[] = []
  for (const partition of input) {
    if (partition.topic !== node.params.topic) continue
    let newest = partition.before?.[node.id] ?? Number.NEGATIVE_INFINITY
    for (const record of partition.records) {
      const from = { partition, record }
      if (isTick(from)) {
        newest = Math.max(newest, tickTime(from))
        continue
      }
      const bound = newest - node.params.disorderMs
      const element = accept(node, from, decode, runner)
      if (node.params.upserts) elements.push(...versionOf(runner, node, from, element, bound))
      else if (element !== null && element.time < bound) {
        const { topic, partition: number } = partition
        late.push({ source: node.id, topic, partition: number, offset: record.offset, time: element.time })
      } else if (element !== null) elements.push(element)
      newest = Math.max(newest, element?.time ?? newest)
    }
    watermarks.push(newest - node.params.disorderMs)
  }
  const logWatermark = watermarks.length === 0 ? Number.NEGATIVE_INFINITY : Math.min(...watermarks)
  return { elements, late, logWatermark }
}

/** A tick carries a time and no value. */
function isTick({ record }: Located): boolean {
  return record.value === null && record.headers.some(h => h.key === TICK_HEADER)
}

/** The time of a tick; one whose timestamp is no event time moves nothing. */
function tickTime(from: Located): number {
  const time = logTime(from)
  return time !== null && timeFault(time) === null ? time : Number.NEGATIVE_INFINITY
}

/** The element of a record with a valid time, or null where it has become a dead letter. */
function accept(node: SourceNode, from: Located, decode: Decoder, runner: LambdaRunner): Element | null {
  const identity = identityOf(from)
  const deletes = node.params.upserts && from.record.value === null
  const decoding = deletes ? { ok: true as const, value: null } : decode(from.record.value, from.record.layout)
  if (!decoding.ok) {
    const { path, reason, thrown, detail } = decoding
    const display =
      thrown === undefined
        ? { message: detail }
        : { message: messageOf(thrown.error), site: node.lambdas.decode?.at ?? undefined }
    runner.deadLetter(decodeFailed(node.id, identity, path, reason, display))
    return null
  }
  const time = timeOf(node, from, decoding.value, identity, runner)
  if (time === null) return null
  const { aheadMs } = node.params
  if (aheadMs !== null) {
    const logged = logTime(from)
    if (logged === null || time - logged > aheadMs) {
      runner.deadLetter(logged === null ? noTimestamp(node.id, identity) : ahead(node.id, identity))
      return null
    }
  }
  return { time, identity, value: decoding.value, keyed: false, key: undefined, from }
}

function timeOf(
  node: SourceNode,
  from: Located,
  value: unknown,
  identity: Uint8Array,
  runner: LambdaRunner,
): number | null {
  let time: unknown
  const deletes = node.params.upserts && from.record.value === null
  if (runner.has(node, 'time') && !deletes) {
    try {
      time = runner.call(node, 'time', [value, logRecord(from, undefined, null)])
    } catch (error) {
      mustNotEndRun(node.id, error)
      runner.deadLetter(
        threw(node.id, identity, { message: messageOf(error), site: node.lambdas.time?.at ?? undefined }),
      )
      return null
    }
  } else {
    time = logTime(from)
    if (time === null) {
      runner.deadLetter(noTimestamp(node.id, identity))
      return null
    }
  }
  if (timeFault(time) === null) return (time as number) + 0 // -0 becomes 0
  runner.deadLetter(badTime(node.id, identity, time))
  return null
}

/** The timestamp that the log gave the record; null where it gave none. */
function logTime(from: Located): number | null {
  const timestamp = from.record.timestamp ?? lacks(from, 'timestamp')
  return timestamp === NO_TIMESTAMP ? null : timestamp
}

/**
 * A version of a key; a record without value deletes the key. `element`: null where the record is a dead letter;
 * `bound`: the least time at which a record would not be late.
 */
function versionOf(
  runner: LambdaRunner,
  node: SourceNode,
  from: Located,
  element: Element | null,
  bound: number,
): Element[] {
  const { partition } = from.partition
  const { offset } = from.record
  const keyed = element === null ? null : withKey(runner, node, element, from)
  if (keyed !== null) return [{ ...keyed, version: { partition, offset, asOf: Math.max(keyed.time, bound) } }]
  if (bound === Number.NEGATIVE_INFINITY) return []
  const key = keyOfLost(runner, node, from, bound)
  if (key === undefined) return []
  const deletion = { time: bound, identity: identityOf(from), value: null, keyed: true, key, from }
  return [{ ...deletion, version: { partition, offset, asOf: bound } }]
}

/** The key that a dead letter would delete if it had no value; undefined where that cannot be told. */
function keyOfLost(runner: LambdaRunner, node: SourceNode, from: Located, time: number): unknown {
  if (from.record.timestamp === null) return undefined
  try {
    const record = logRecord(from, time, null) as { readonly key: unknown }
    const key = runner.has(node, 'deletedKey') ? runner.call(node, 'deletedKey', [record]) : record.key
    return isThenable(key) ? undefined : normalise(key)
  } catch (error) {
    mustNotEndRun(node.id, error)
    return undefined
  }
}

function withKey(runner: LambdaRunner, node: SourceNode, element: Element, from: Located): Element | null {
  const { identity } = element
  const slot = from.record.value === null ? 'deletedKey' : 'key'
  const key = runner.guard<unknown>(node, slot, identity, undefined, () => {
    const record = recordOf(element) as { readonly key: unknown }
    if (!runner.has(node, slot)) return { ok: true, value: record.key }
    return runner.run(node, slot, identity, slot === 'key' ? [element.value, record] : [record])
  })
  if (!key.ok) return null
  const canonical = runner.encode(node, slot, identity, 'key', () => normalise(key.value))
  return canonical.ok ? { ...element, keyed: true, key: canonical.value } : null
}

/** A record's position, or the identity in the header that an output of another job wrote. */
function identityOf({ partition, record }: Located): Uint8Array {
  const header = record.headers.find(h => h.key === IDENTITY_HEADER)
  return header?.value ?? recordIdentity(partition.topic, partition.partition, record.offset)
}
