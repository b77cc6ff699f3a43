// An element on its way through the graph, and the second argument that lambdas see with it.
//
// Promises: time and identity order elements totally (semantics.md 2.8); before an aggregation the second argument
// shows the record in the log, past one it has time and key only (2.9).

import { decodeUtf8 } from '../decode/text.ts'
import { LyrebirdError } from '../errors.ts'
import { NO_TIMESTAMP } from '../log/chunk.ts'
import { REASON } from '../result/refusals.ts'
import { compareBytes } from '../values/bytes.ts'
import type { InputPartition, InputRecord } from './input.ts'

/** A record with the partition that it lies in. */
export interface Located {
  readonly partition: InputPartition
  readonly record: InputRecord
}

export interface Element {
  readonly time: number
  readonly identity: Uint8Array
  readonly value: unknown
  /** Whether a `keyBy` or an aggregation has given it a key. */
  readonly keyed: boolean
  readonly key: unknown
  /** The record that it comes from; null past an emitting node. */
  readonly from: Located | null
  /** Of a record of a table's topic. */
  readonly version?: Version
}

/** Where a version lies in its topic, and the time from which joins may see it, but for its key's earlier versions. */
interface Version {
  readonly partition: number
  readonly offset: bigint
  readonly asOf: number
}

/** Order of elements: by time, then by the bytes of the identity. */
export function compareElements(a: Element, b: Element): number {
  return a.time - b.time || compareBytes(a.identity, b.identity)
}

/** The second argument of a lambda that gets this element. */
export function recordOf(element: Element): object {
  const { from, time, key, keyed } = element
  if (from === null) return Object.freeze({ time, key })
  return logRecord(from, time, keyed ? { key } : null)
}

/** The record as a lambda sees it; without `time` in the source's own `time` lambda. */
export function logRecord(
  from: Located,
  time: number | undefined,
  streamKey: { readonly key: unknown } | null,
): object {
  const { topic, partition } = from.partition
  const { offset, timestamp, key: keyBytes, headers } = from.record
  const key = streamKey === null ? textOf(keyBytes) : streamKey.key
  if (timestamp === null || timestamp === NO_TIMESTAMP || key === undefined) return partialRecord(from, time, streamKey)
  // Nearly every record has all parts. Written out, since spreading and getters cost a hundred times as much.
  if (time === undefined) return Object.freeze({ topic, partition, offset, timestamp, key, keyBytes, headers })
  return Object.freeze({ time, topic, partition, offset, timestamp, key, keyBytes, headers })
}

/**
 * A record of a log that does not carry everything, without a timestamp, or whose key is not UTF-8: what is missing
 * throws when it is read.
 */
function partialRecord(from: Located, time: number | undefined, streamKey: { readonly key: unknown } | null): object {
  const { partition, record } = from
  return Object.freeze({
    ...(time === undefined ? {} : { time }),
    topic: partition.topic,
    partition: partition.partition,
    offset: record.offset,
    get timestamp() {
      const timestamp = record.timestamp ?? lacks(from, 'timestamp')
      if (timestamp === NO_TIMESTAMP) throw new TypeError(REASON.noTimestamp)
      return timestamp
    },
    get key() {
      return streamKey === null ? keyText(from) : streamKey.key
    },
    get keyBytes() {
      return keyBytes(from)
    },
    get headers() {
      return record.timestamp === null ? lacks(from, 'header') : record.headers
    },
  })
}

/** The text of a key, null where there is none, undefined where it is no UTF-8. */
function textOf(key: Uint8Array | null): string | null | undefined {
  return key === null ? null : (decodeUtf8(key) ?? undefined)
}

function keyBytes(from: Located): Uint8Array | null {
  return from.record.timestamp === null ? lacks(from, 'key') : from.record.key
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function keyText(from: Located): string | null {
  const bytes = keyBytes(from)
  return bytes === null ? null : utf8.decode(bytes)
}

/** Throws `log-lacks`: the job reads a part of a record that this log does not carry, which ends the run. */
export function lacks({ partition, record }: Located, what: string): never {
  const { topic } = partition
  throw new LyrebirdError('log-lacks', `the log of topic ${topic} carries no ${what}, but the job needs one`, {
    where: { topic, partition: partition.partition, offset: String(record.offset) },
    hint: `read from segments or Kafka, or take the ${what} from the value`,
  })
}
