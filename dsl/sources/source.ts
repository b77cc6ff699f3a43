// `source`: a topic read as a stream.
//
// Promises: says what a record means (format, event time, disorder), never where the topic is or how far to read.

import type { GraphNode } from '../../core/plan/graph.ts'
import type { NodeParams } from '../../core/plan/plan.ts'
import { type Duration, durationMs } from '../duration.ts'
import type { Mistake } from '../mistake.ts'
import { topicName } from '../names.ts'
import { Call, wordFor } from '../node.ts'
import { streamOf } from '../streams/pipeline.ts'
import type { Stream } from '../streams/streams.ts'
import { type Decodes, type FormatParts, formatParts } from './format.ts'
import type { TimedRecord } from './record.ts'

/** Options of `source()`. */
export interface SourceOptions<T> {
  /** Event time in ms since 1970, a whole number: `v => Date.parse(v.at)`. Default: the log's own timestamp. */
  readonly time?: (
    value: T,
    record: TimedRecord,
  ) => number | Mistake<'time() gives milliseconds since 1970 as a number, such as Date.parse(v.at).'>
  /** How far behind the newest record of its own partition a record may be before it is late. Default 0. */
  readonly disorder?: Duration
  /**
   * How far past the log's own timestamp a record's time may be; a record further ahead is a dead letter. Default: no
   * limit.
   */
  readonly ahead?: Duration
  /** How values are written in the log. Default `json<T>()`. */
  readonly format?: Decodes<T>
  /**
   * `full` (the default): a record that does not match the whole declared type is a dead letter. `used`: only the parts
   * that lambdas of the job use are checked, and an unused field may hold anything. The used parts then define the
   * source: using others changes its hash.
   */
  readonly validate?: 'full' | 'used'
}

/**
 * Reads a topic as a stream. A record whose value is not a `T` is a dead letter with the path and the reason.
 *
 *     const views = source<PageView>('page-views', { time: v => Date.parse(v.at), disorder: '30s' })
 */
export function source<T>(topic: string, options?: SourceOptions<T>): Stream<T>
export function source(...given: unknown[]): unknown {
  return streamOf(sourceNode(new Call(given), 'source'))
}

const OPTIONS = ['time', 'disorder', 'ahead', 'format', 'validate']

/** The node of `source(...)`, or of `table(...)`, which has the options of upserts too. */
export function sourceNode(call: Call, word: 'source' | 'table'): GraphNode<'source'> {
  const upserts = word === 'table'
  const topic = topicName(call.args[0], call)
  const {
    time,
    disorder,
    ahead,
    format,
    validate = 'full',
    key,
    deletedKey,
  } = call.options(call.args[1], upserts ? ['key', ...OPTIONS, 'deletedKey'] : OPTIONS, `${word}()`)
  const parts = format === undefined ? JSON_VALUES : formatParts(format)
  if (parts === null) {
    call.fail(
      'bad-option',
      `the format of ${word}() is json(), lines(), csv({ columns }), bytes() or format({ decode }), got ${wordFor(format)}.`,
    )
  }
  if (validate !== 'full' && validate !== 'used') {
    call.fail('bad-option', `validate of ${word}() is 'full' or 'used', got ${wordFor(validate)}.`)
  }
  const params: NodeParams['source'] = {
    topic,
    format: parts.spec,
    disorderMs: disorder === undefined ? 0 : durationMs(disorder, `the disorder of ${word}()`, call.callId),
    aheadMs: ahead === undefined ? null : durationMs(ahead, `ahead of ${word}()`, call.callId),
    validate,
    upserts,
  }
  const lambdas = {
    ...(time === undefined ? {} : { time: call.lambda(time, 'time', `the time of ${word}()`) }),
    ...(key === undefined ? {} : { key: call.lambda(key, 'key', 'the key of table()') }),
    ...(deletedKey === undefined ? {} : { deletedKey: call.lambda(deletedKey, 'deletedKey', 'deletedKey of table()') }),
    ...(parts.decode === null ? {} : { decode: parts.decode }),
    // For tests that send values; not part of what the source means.
    ...(parts.encode === null ? {} : { encode: parts.encode }),
  }
  return call.node('source', [], params, lambdas)
}

const JSON_VALUES: FormatParts = Object.freeze({ spec: { kind: 'json' as const }, decode: null, encode: null })
