// What the control topic says of a topic that a state writes: whose it is, and how much of it is there.
//
// Promises: one text form; a record that cannot be read is `broker-error`, never taken for none.

import { LyrebirdError } from '../../core/errors.ts'
import { type Cut, sortedCut } from '../../core/log/cut.ts'
import type { SinkTopic } from '../sink.ts'

/** Of the records; a greater one is refused. */
const FORMAT = 2

export interface ControlRecord {
  /** Id of the state. */
  readonly state: string
  readonly topic: string
  /** Kafka's id of the topic: one that was made anew belongs to nobody. */
  readonly topicId: string
  readonly content: SinkTopic['content']
  /** The run that wrote last, a random name; its commit, epoch and cut. */
  readonly run: string
  readonly commit: number
  readonly epoch: number
  readonly cut: Readonly<Record<string, string>>
  /** Records of each partition so far. */
  readonly records: readonly bigint[]
  /** Offset of the last record in each partition; -1 where there is none. */
  readonly ends: readonly bigint[]
}

/** A topic may be claimed by several states for a moment. */
export const controlKey = ({ topic, state }: Pick<ControlRecord, 'topic' | 'state'>): string =>
  JSON.stringify([topic, state])

export const cutText = (cut: Cut): Readonly<Record<string, string>> =>
  Object.fromEntries(sortedCut(cut).map(([name, offset]) => [name, String(offset)]))

export const encodeControl = ({ records, ends, ...record }: ControlRecord): string =>
  JSON.stringify({ format: FORMAT, ...record, records: records.map(String), ends: ends.map(String) })

type Written = Omit<ControlRecord, 'records' | 'ends'> & {
  readonly format: number
  readonly records: readonly string[]
  readonly ends: readonly string[]
}

export function decodeControl(text: string): ControlRecord {
  let record: Written | null = null
  try {
    record = JSON.parse(text)
  } catch {}
  if (record?.format === FORMAT) {
    const { format: _, records, ends, ...rest } = record
    return { ...rest, records: records.map(BigInt), ends: ends.map(BigInt) }
  }
  throw new LyrebirdError(
    'broker-error',
    record === null
      ? 'a record of the control topic cannot be read'
      : `a record of the control topic has format ${record.format}; this version knows ${FORMAT}`,
    { hint: 'use the version of lyrebird that wrote it, or a newer one' },
  )
}
