// The second argument of a lambda: what the log says about the record, or time and key of an element that a node has
// emitted.
//
// Promises: plain frozen objects; a key that is not UTF-8, a timestamp that a record does not have, or anything that
// the log does not carry, throws when it is read.

import { LyrebirdError } from '../errors.ts'
import { type Chunk, type Header, NO_TIMESTAMP, offsetAt } from '../log/chunk.ts'
import { REASON } from '../result/refusals.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function lacks(chunk: Chunk, what: string): never {
  throw new LyrebirdError('log-lacks', `the log of topic ${chunk.topic} carries no ${what}, but the job needs one`, {
    where: { topic: chunk.topic, partition: chunk.partition },
    hint: `read from segments or Kafka, or take the ${what} from the value`,
  })
}

/** The log's own timestamp; NaN where the record has none. Throws `log-lacks` where the log has none at all. */
export function timestampAt(chunk: Chunk, i: number): number {
  if (chunk.timestamps === null) return lacks(chunk, 'timestamp')
  const timestamp = chunk.timestamps[i] as number
  return timestamp === NO_TIMESTAMP ? Number.NaN : timestamp
}

/** The same for a lambda, which gets no time that is none: it throws. */
function timestampOf(chunk: Chunk, i: number): number {
  const timestamp = timestampAt(chunk, i)
  if (Number.isNaN(timestamp)) throw new TypeError(REASON.noTimestamp)
  return timestamp
}

/** Throws `log-lacks` where the log has no keys. */
function keyBytesAt(chunk: Chunk, i: number): Uint8Array | null {
  if (chunk.keyStart === null || chunk.keyEnd === null) return lacks(chunk, 'key')
  const start = chunk.keyStart[i] as number
  // A copy as a plain Uint8Array: logs may read into a subclass of the host, which a lambda must not see.
  return start < 0 ? null : new Uint8Array(chunk.bytes.subarray(start, chunk.keyEnd[i]))
}

function keyTextAt(chunk: Chunk, i: number): string | null {
  const bytes = keyBytesAt(chunk, i)
  return bytes === null ? null : utf8.decode(bytes)
}

/**
 * What a lambda sees of an element that comes straight from a record. `time` is undefined for the source's own `time`
 * lambda.
 */
export function eventRecord(chunk: Chunk, i: number, time: number | undefined, key: unknown, keyed: boolean): object {
  const { topic, partition } = chunk
  const offset = offsetAt(chunk, i)
  // Two literals written out: one with a spread takes four times as long.
  if (time === undefined) {
    return Object.freeze({
      topic,
      partition,
      offset,
      get timestamp() {
        return timestampOf(chunk, i)
      },
      get key() {
        return keyed ? key : keyTextAt(chunk, i)
      },
      get keyBytes() {
        return keyBytesAt(chunk, i)
      },
      get headers() {
        return headersAt(chunk, i)
      },
    })
  }
  return Object.freeze({
    time,
    topic,
    partition,
    offset,
    get timestamp() {
      return timestampOf(chunk, i)
    },
    get key() {
      return keyed ? key : keyTextAt(chunk, i)
    },
    get keyBytes() {
      return keyBytesAt(chunk, i)
    },
    get headers() {
      return headersAt(chunk, i)
    },
  })
}

function headersAt(chunk: Chunk, i: number): readonly Header[] {
  return chunk.timestamps === null ? lacks(chunk, 'header') : chunk.headers(i)
}

/** What a lambda sees of an element that an operator or `closed` has emitted. */
export function derivedRecord(time: number, key: unknown): object {
  return Object.freeze({ time, key })
}
