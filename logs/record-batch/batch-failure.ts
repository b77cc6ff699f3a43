// Failures of a record batch, each naming topic, partition and offsets.

import { type FailureCode, LyrebirdError } from '../../core/errors.ts'

export interface Place {
  readonly topic: string
  readonly partition: number
}

/** Offsets of the damaged range: inclusive `from`, exclusive `to` where it is known. */
interface OffsetSpan {
  readonly from: bigint
  readonly to?: bigint | undefined
}

/** `topic/3 at offsets 10 to 19: what`. */
export function batchFailure(
  code: FailureCode,
  place: Place,
  span: OffsetSpan,
  what: string,
  cause?: unknown,
): LyrebirdError {
  const { from, to } = span
  const offsets = to === undefined || to <= from + 1n ? `offset ${from}` : `offsets ${from} to ${to - 1n}`
  return new LyrebirdError(code, `${place.topic}/${place.partition} at ${offsets}: ${what}`, {
    where: {
      topic: place.topic,
      partition: place.partition,
      from: String(from),
      to: to === undefined ? undefined : String(to),
    },
    ...(HINTS[code] === undefined ? {} : { hint: HINTS[code] }),
    cause,
  })
}

const HINTS: Partial<Record<FailureCode, string>> = {
  'bad-crc': 'the stored bytes have changed since they were written; restore the file from a copy',
  'bad-batch': 'the stored bytes are damaged, or no record batches of format v2; restore the file from a copy',
  'unknown-codec': 'write the topic with none, gzip, snappy, lz4 or zstd',
  'too-big': 'the limits stand in logs/limits.ts of the package',
}
