// Puts the marks of a topic right that are damaged or missing: the library behind `lyrebird repair`.
//
// Promises: keeps every whole record; cuts nothing off; changes nothing where records are missing or damaged, or where
// the mark is whole. What a crash left behind whole but not published is kept too, since nobody can tell it apart.
// Not here: outputs of a job, whose state counts their records (`EmbeddedWriter.recover`).

import { isLyrebirdError, LyrebirdError } from '../../core/errors.ts'
import { listTopics } from '../layout.ts'
import { checkTopicName, unknownTopic } from '../log-failures.ts'
import { batchFailure, type Place } from '../record-batch/batch-failure.ts'
import { lockPartition } from './partition-lock.ts'
import { doubtOf, readPublished, renewPublished, wholeCopies } from './published.ts'
import { partitionDirectory, readTopicFile } from './topic-file.ts'
import { findWholeEnd } from './whole-end.ts'

export interface RepairedPartition {
  readonly partition: number
  /** Whether the mark had to be written anew. */
  readonly repaired: boolean
  /** Exclusive end of what is published now. */
  readonly end: bigint
  /** Bytes behind the end, of a write that was cut off; the next writer removes them. */
  readonly cutOff: number
}

/**
 * Throws `unknown-topic`, `topic-owned`, `log-locked`; `truncated`, `bad-crc`, `log-gap` where records are missing or
 * damaged.
 */
export async function repairTopic(directory: string, topic: string): Promise<readonly RepairedPartition[]> {
  checkTopicName(topic)
  const description = await readTopicFile(directory, topic)
  if (description === null) throw await notOurs(directory, topic)
  if (description.owner !== null) {
    throw new LyrebirdError('topic-owned', `topic "${topic}" is the output of a job, whose state counts its records`, {
      where: { topic, owner: description.owner },
      hint: 'run the job again with its state: it puts the topic right',
    })
  }
  const repaired: RepairedPartition[] = []
  for (let partition = 0; partition < description.partitions; partition++) {
    repaired.push(await repairPartition({ topic, partition }, partitionDirectory(directory, topic, partition)))
  }
  return repaired
}

async function notOurs(directory: string, topic: string): Promise<LyrebirdError> {
  const known = [...(await listTopics(directory)).keys()].sort()
  if (!known.includes(topic)) return unknownTopic(topic, known, directory)
  return new LyrebirdError('usage', `topic "${topic}" was not made by lyrebird: it has no marks to repair`, {
    where: { topic },
    hint: 'archives and copies of a broker are read as they are; restore damaged files from a copy',
  })
}

async function repairPartition(place: Place, directory: string): Promise<RepairedPartition> {
  const { partition } = place
  const lock = await lockPartition(place, directory)
  try {
    const mark = await readPublished(place, directory).catch(doubtOf)
    if (mark !== null && !isLyrebirdError(mark)) {
      if (!mark.whole) await renewPublished(directory, mark.published)
      return { partition, repaired: !mark.whole, end: mark.published.end, cutOff: 0 }
    }
    const { end, segmentStart, segmentBytes, cutOff } = await findWholeEnd(place, directory)
    for (const copy of await wholeCopies(directory)) if (copy.end > end) throw missing(place, end, copy.end)
    await renewPublished(directory, { end, segmentStart, segmentBytes, sequence: 0n })
    return { partition, repaired: true, end, cutOff }
  } finally {
    await lock.release()
  }
}

function missing(place: Place, end: bigint, published: bigint): LyrebirdError {
  return batchFailure('truncated', place, { from: end, to: published }, 'these were published and are not whole')
}
