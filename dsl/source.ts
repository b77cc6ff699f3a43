// `source`: a topic read as a stream.
//
// Promises: says what a record means (format, event time, disorder), never where the topic lies or how far to read.

import type { NodeParams } from '../core/plan.ts'
import { type Duration, durationMs } from './duration.ts'
import { type Format, formatSpec } from './format.ts'
import type { Mistake } from './mistake.ts'
import { topicName } from './names.ts'
import { Call, wordFor } from './node.ts'
import { streamOf } from './pipeline.ts'
import type { TimedRecord } from './record.ts'
import type { Stream } from './streams.ts'

export interface SourceOptions<T> {
  /** Event time in ms since 1970, a whole number: `v => Date.parse(v.at)`. Default: the log's own timestamp. */
  readonly time?: (
    value: T,
    record: TimedRecord,
  ) => number | Mistake<'time() gives milliseconds since 1970 as a number, such as Date.parse(v.at).'>
  /** How far behind the newest record of its own partition a record may be before it is late. Default none. */
  readonly disorder?: Duration
  /** How far past the log's own timestamp a record's time may be; one further ahead is a dead letter. Default: no limit. */
  readonly ahead?: Duration
  /** How values stand in the log. Default `json<T>()`. */
  readonly format?: Format<T>
}

/**
 * A topic as a stream. A record whose value is not a `T` is a dead letter with the path and the reason.
 *
 *     const views = source<PageView>('page-views', { time: v => Date.parse(v.at), disorder: '30s' })
 */
export function source<T>(topic: string, options?: SourceOptions<T>): Stream<T>
export function source(...given: unknown[]): unknown {
  const call: Call = new Call(given)
  const topic = topicName(call.args[0], call)
  const { time, disorder, ahead, format } = call.options(
    call.args[1],
    ['time', 'disorder', 'ahead', 'format'],
    'source()',
  )
  const spec = format === undefined ? { kind: 'json' as const } : formatSpec(format)
  if (spec === null) {
    call.fail(
      'bad-option',
      `the format of source() is json(), lines(), csv({ columns }) or bytes(), got ${wordFor(format)}.`,
    )
  }
  const params: NodeParams['source'] = {
    topic,
    format: spec,
    disorderMs: disorder === undefined ? 0 : durationMs(disorder, 'the disorder of source()', call.site),
    aheadMs: ahead === undefined ? null : durationMs(ahead, 'ahead of source()', call.site),
  }
  const lambdas = time === undefined ? {} : { time: call.lambda(time, 'time', 'the time of source()') }
  return streamOf(call.node('source', [], params, lambdas))
}
