// The node of `to`, and what `changes().to` shares with it.
//
// Promises: arguments that types would refuse are refused here too, in a sentence. The methods are in `pipeline.ts`.

import type { GraphNode } from '../../core/plan/graph.ts'
import type { FormatSpec } from '../../core/plan/plan.ts'
import { topicName } from '../names.ts'
import { type Call, wordFor } from '../node.ts'
import { type FormatParts, formatParts } from '../sources/format.ts'

/** `keyed`: whether the stream has a key, which the records get where the options have none. */
export function outputNode(call: Call, input: GraphNode, keyed: boolean): GraphNode<'output'> {
  const topic = topicName(call.args[0], call)
  const options = call.options(call.args[1], ['key', 'partitions', 'value', 'maxBytes'], 'to()')
  const { key, partitions, value, maxBytes } = options
  const { spec, encode } = writing(call, value)
  const lambdas = {
    ...(key === undefined ? {} : { key: call.lambda(key, 'key', 'the key of to()') }),
    ...(encode === null ? {} : { encode }),
  }
  const limit = maxBytes === undefined ? {} : { maxBytes: byteCount(call, maxBytes) }
  const params = { topic, partitions: partitionCount(call, partitions), keyed, ...limit, format: spec }
  return call.node('output', [input], params, lambdas)
}

const MAX_PARTITIONS = 10_000

export function partitionCount(call: Call, partitions: unknown = 1): number {
  if (Number.isInteger(partitions) && (partitions as number) >= 1 && (partitions as number) <= MAX_PARTITIONS) {
    return partitions as number
  }
  const range = `a whole number from 1 to ${MAX_PARTITIONS}`
  return call.fail('bad-option', `the partitions of to() are ${range}, got ${wordFor(partitions)}.`)
}

function byteCount(call: Call, maxBytes: unknown): number {
  if (Number.isSafeInteger(maxBytes) && (maxBytes as number) >= 1) return maxBytes as number
  return call.fail('bad-option', `the maxBytes of to() are a whole number of bytes, got ${wordFor(maxBytes)}.`)
}

/** The format that an output writes in. */
export function writing(call: Call, value: unknown): Pick<FormatParts, 'spec' | 'encode'> {
  if (value === undefined) return { spec: { kind: 'json' }, encode: null }
  const parts = formatParts(value)
  if (parts === null) {
    call.fail(
      'bad-option',
      `the value of to() is a format such as json(), lines() or format({ encode }), got ${wordFor(value)}.`,
    )
  }
  if (parts.spec.kind === 'custom' && parts.encode === null) {
    call.fail('bad-option', `the format ${parts.spec.name} cannot write: it has no encode.`)
  }
  return { spec: withoutReading(parts.spec), encode: parts.encode }
}

/** Without what is of reading alone, so that it is no part of the output's hash. */
function withoutReading(spec: FormatSpec): FormatSpec {
  if (spec.kind !== 'csv') return spec
  const { strict, ...written } = spec
  return Object.freeze(written)
}
