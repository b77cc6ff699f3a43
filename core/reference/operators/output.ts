// Outputs: elements as records of another log, in (time, identity) order, once `time < W` (semantics.md 6.1).

import { type Encoder, makeEncoder } from '../../encode/encoder.ts'
import { checkRecordSize } from '../../encode/record-size.ts'
import { IDENTITY_HEADER } from '../../log/chunk.ts'
import type { PlanNodeOf } from '../../plan/plan.ts'
import type { OutputRecord } from '../../result/result.ts'
import { canonicalJson } from '../../values/json-text.ts'
import { partitionFor } from '../../values/murmur2.ts'
import { compareElements, type Element, recordOf } from '../element.ts'
import type { LambdaRunner, Outcome } from '../lambda-runner.ts'

type OutputNode = PlanNodeOf<'output'>

/** An element with its partition and record in the output topic. */
export interface Written {
  readonly partition: number
  readonly record: OutputRecord
  readonly identity: Uint8Array
}

/** Everything that the output has written at this watermark, in order over all partitions. */
export function writtenRecords(
  runner: LambdaRunner,
  node: OutputNode,
  elements: readonly Element[],
  watermark: number,
): Written[] {
  const encode = makeEncoder(node.params.format, runner.lambdas[node.id]?.encode)
  return [...elements].sort(compareElements).flatMap(element => {
    // Encoded before the test of time: an element that is not due yet may be a dead letter already.
    const written = write(runner, node, element, encode)
    return written.ok && element.time < watermark ? [written.value] : []
  })
}

const utf8 = new TextEncoder()

function write(runner: LambdaRunner, node: OutputNode, element: Element, encode: Encoder): Outcome<Written> {
  const { identity, time } = element
  const key = keyOf(runner, node, element)
  if (!key.ok) return key
  return runner.encode(node, 'encode', identity, 'output', () => {
    const keyBytes = key.value === null || key.value === undefined ? null : keyText(key.value)
    const value = encode(element.value).slice()
    checkRecordSize(node.params.maxBytes, keyBytes, value)
    return {
      identity,
      partition: partitionFor(keyBytes ?? identity, node.params.partitions),
      record: { timestamp: time, key: keyBytes, value, headers: [{ key: IDENTITY_HEADER, value: identity }] },
    }
  })
}

/** A well-formed string as UTF-8; everything else as JSON, which escapes lone surrogates. */
function keyText(key: unknown): Uint8Array {
  const plain = typeof key === 'string' && !/\p{Surrogate}/u.test(key)
  return utf8.encode(plain ? key : canonicalJson(key))
}

function keyOf(runner: LambdaRunner, node: OutputNode, element: Element): Outcome<unknown> {
  if (runner.has(node, 'key')) return runner.run(node, 'key', element.identity, [element.value, recordOf(element)])
  return { ok: true, value: node.params.keyed ? element.key : null }
}
