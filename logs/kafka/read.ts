// Reads a range of one partition: fetches raw record batches, the next ones while the last ones are decoded. What a
// long fetch has brought already is not fetched again.
//
// Promises: exactly from <= offset < to of the committed records; batches without records (compaction, markers, aborted
// transactions) make progress; offsets that are no longer there are a typed failure that names them; no position is
// ever reset.
// Not here: checksums, aborted transactions, records (`record-batch/`).

import { LyrebirdError } from '../../core/errors.ts'
import type { Chunk } from '../../core/log/chunk.ts'
import { CHUNK_BYTES } from '../limits.ts'
import type { ReadOptions } from '../log.ts'
import { AbortedFilter } from '../record-batch/aborted-transactions.ts'
import { decodeBatches } from '../record-batch/decode.ts'
import { endOfBatches } from './batch-ends.ts'
import { type Fetched, type FetchedPartition, fetchCall } from './calls/fetch.ts'
import type { Cluster } from './cluster.ts'
import { checkError, ERROR, Passing } from './failures.ts'
import type { News } from './follow/news.ts'
import { FETCH_WAIT_MS } from './limits.ts'
import { partitionRanges } from './ranges.ts'

interface Range {
  readonly topic: string
  readonly partition: number
  readonly from: bigint
  readonly to: bigint
}

export async function* readRange(
  cluster: Cluster,
  range: Range,
  options: ReadOptions & { readonly news?: News | undefined } = {},
): AsyncGenerator<Chunk> {
  const { topic, partition, to } = range
  const chunkBytes = options.chunkBytes ?? CHUNK_BYTES
  const fetchAt = (from: bigint, lastEpoch: number): Promise<FetchedPartition> => {
    const known = options.news?.take(topic, partition, { offset: from, lastEpoch }) ?? null
    if (known !== null) return Promise.resolve(known)
    const fetching = fetchSome(cluster, { ...range, from }, lastEpoch, chunkBytes)
    // It may fail while earlier chunks are still in use, or after the reader has stopped.
    fetching.catch(() => {})
    return fetching
  }
  let next = range.from < to ? fetchAt(range.from, cluster.epochBefore(topic, partition, range.from)) : null
  for (let from = range.from; next !== null; ) {
    const fetched: FetchedPartition = await next
    const end = endOfBatches(fetched.records, to)
    next = end !== null && end.offset > from && end.offset < to ? fetchAt(end.offset, end.epoch) : null
    const aborted = new AbortedFilter(fetched.aborted)
    const { chunks, nextOffset } = decodeBatches(fetched.records, { topic, partition, from, to, aborted, chunkBytes })
    const expected = end === null || end.offset > to ? to : end.offset
    if (nextOffset <= from || nextOffset !== expected) throw noProgress(range, nextOffset)
    cluster.readTo(topic, partition, nextOffset, end?.epoch ?? -1)
    yield* chunks
    from = nextOffset
  }
}

/** At least one batch from `from` on, through changes of leaders and restarts. */
function fetchSome(cluster: Cluster, range: Range, lastEpoch: number, maxBytes: number): Promise<FetchedPartition> {
  const { topic, partition, from } = range
  let epoch = lastEpoch
  let tries = 0
  const attempt = async (): Promise<FetchedPartition> => {
    // Also where there is no way to the last known leader: it may be gone for good.
    const link = await cluster.leader(topic, partition, 'read', tries++ > 0)
    const topics = [
      { id: cluster.idOf(topic), partitions: [{ ...cluster.led(topic, partition), offset: from, lastEpoch: epoch }] },
    ]
    const answer = await link.send(fetchCall({ topics, maxWaitMs: FETCH_WAIT_MS, maxBytes }))
    const fetched = await checked(cluster, range, answer).catch((e: unknown) => {
      // A leader whose log begins after that epoch does not know it, and reports the offset as out of range.
      if (e instanceof Unexplained) epoch = -1
      throw e
    })
    if (fetched.records.length > 0) return fetched
    throw new Passing(`nothing at ${topic}/${partition}:${from}, though the log should go on to ${range.to}`)
  }
  return cluster.persist(`reading ${topic}/${partition} at ${from}`, attempt)
}

/** The partition's part of an answer. Throws where it has an error. */
async function checked(cluster: Cluster, range: Range, { error, partitions }: Fetched): Promise<FetchedPartition> {
  const { topic, partition, from, to } = range
  checkError(error, `a fetch of ${topic}/${partition}`, { topic, partition }, 'Read')
  const fetched = partitions.find(({ partition: number }) => number === partition)
  if (fetched === undefined) throw new Passing(`no ${topic}/${partition} in the answer`)
  if (fetched.divergedAt !== null) {
    if (await cluster.learnLeaders(topic)) throw new Passing(`${topic}/${partition} has another leader`)
    throw cutBack(range, fetched.divergedAt)
  }
  if (fetched.error === ERROR.offsetOutOfRange) {
    await checkRange(cluster, range)
    throw new Unexplained(`${topic}/${partition} had no offset ${from} a moment ago`)
  }
  checkError(fetched.error, `a fetch of ${topic}/${partition} at ${from}`, { topic, partition }, 'Read')
  if (fetched.records.length === 0 && fetched.lastStableOffset < to) await checkRange(cluster, range)
  return fetched
}

/** Throws where the log no longer holds the range. */
async function checkRange(cluster: Cluster, { topic, partition, from, to }: Range): Promise<void> {
  const ranges = await partitionRanges(cluster, topic)
  const now = ranges.find(({ partition: number }) => number === partition)
  if (now === undefined) throw new Passing(`${topic}/${partition} has no range`)
  if (from < now.start) throw rangeLost(topic, partition, from, to < now.start ? to : now.start, 'were deleted')
  if (to > now.end) throw rangeLost(topic, partition, now.end, to, `are not there, the log ends at ${now.end}`)
}

/** The broker reports the offset as out of range, but it is in the range. */
class Unexplained extends Passing {}

function rangeLost(topic: string, partition: number, from: bigint, end: bigint, what: string): LyrebirdError {
  const message = `offsets ${from} to ${end - 1n} of ${topic}/${partition} ${what}`
  return new LyrebirdError('range-lost', message, {
    where: { topic, partition, from: `${from}`, to: `${end}` },
    hint: 'retention, DeleteRecords or a failed broker took them; start anew from what the log still holds with a new state directory',
  })
}

function cutBack({ topic, partition, from }: Range, at: bigint): LyrebirdError {
  const message = `${topic}/${partition} was cut back to offset ${at} after it had been read to ${from}: other records stand there now`
  return new LyrebirdError('truncated', message, {
    where: { topic, partition, from: `${at}`, to: `${from}` },
    hint: 'a broker lost records that it had confirmed; start anew from what the log holds now with a new state directory',
  })
}

function noProgress({ topic, partition, to }: Range, at: bigint): LyrebirdError {
  return new LyrebirdError('bad-batch', `the batches of ${topic}/${partition} at ${at} lead nowhere`, {
    where: { topic, partition, from: `${at}`, to: `${to}` },
  })
}
