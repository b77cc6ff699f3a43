// Failures that all kinds of logs share.
//
// Promises: one wording; each names topic, partition and offsets.
// Not here: failures of stored bytes (`record-batch/batch-failure.ts`).

import { didYouMean } from '../core/did-you-mean.ts'
import { LyrebirdError } from '../core/errors.ts'
import { isTopicName } from './log.ts'

/** Refuses a name that is not one of Kafka's topic names, before any file is opened. Throws `bad-name`. */
export function checkTopicName(name: string): void {
  if (isTopicName(name)) return
  throw new LyrebirdError('bad-name', `${JSON.stringify(name.slice(0, 60))} is not a topic name`, {
    hint: 'topic names are 1 to 249 of the characters A-Z a-z 0-9 . _ -',
  })
}

export function unknownTopic(topic: string, known: readonly string[], where: string): LyrebirdError {
  const near = didYouMean(topic, known)
  const hint =
    near !== null
      ? `did you mean "${near}"?`
      : known.length > 0
        ? `it has ${known.slice(0, 8).join(', ')}`
        : 'it has no topics'
  return new LyrebirdError('unknown-topic', `${where} has no topic "${topic}"`, { where: { topic }, hint })
}

export function unknownPartition(topic: string, partition: number, known: readonly number[]): LyrebirdError {
  return new LyrebirdError('unknown-topic', `topic "${topic}" has no partition ${partition}`, {
    where: { topic, partition },
    hint: `it has ${known.length === 0 ? 'none' : known.join(', ')}`,
  })
}

/** `from` lies before the first offset that the log still has. */
export function rangeLost(topic: string, partition: number, from: bigint, start: bigint): LyrebirdError {
  const message = `${topic}/${partition}: offsets ${from} to ${start - 1n} are no longer in the log, which begins at ${start}`
  return new LyrebirdError('range-lost', message, {
    where: { topic, partition, from: String(from), to: String(start) },
    hint: 'recompute from the start of the log into a new state directory, or restore the missing files',
  })
}

/** `to` lies past what the log has: the position is not from this log. */
export function pastEnd(topic: string, partition: number, to: bigint, end: bigint): LyrebirdError {
  const message = `${topic}/${partition}: offsets ${end} to ${to - 1n} are not in the log, which ends at ${end}`
  return new LyrebirdError('range-lost', message, {
    where: { topic, partition, from: String(end), to: String(to) },
    hint: 'the log is shorter than the position says: it was cut, replaced or restored from an older copy',
  })
}
