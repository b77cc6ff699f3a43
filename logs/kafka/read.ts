// Reads a range of one partition: fetches raw record batches, the next ones while the last ones are decoded.
//
// Promises: exactly from <= offset < to of the committed records; batches without records (compaction, markers, aborted transactions)
// make progress; whatever is no longer there is a typed failure that names it, and nothing is ever reset.
// Leaves to `record-batch/`: checksums, aborted transactions, records.

import type { Chunk } from '../../core/chunk.ts'
import { LyrebirdError } from '../../core/errors.ts'
import { CHUNK_BYTES } from '../limits.ts'
import type { ReadOptions } from '../log.ts'
import { AbortedFilter } from '../record-batch/aborted-transactions.ts'
import { decodeBatches } from '../record-batch/decode.ts'
import { endOfBatches } from './batch-ends.ts'
import { type FetchedPartition, fetchCall } from './calls/fetch.ts'
import type { Cluster } from './cluster.ts'
import { checkError, ERROR, Passing } from './failures.ts'
import { partitionRanges } from './ranges.ts'

export interface Range {
  readonly topic: string
  readonly partition: number
  readonly from: bigint
  readonly to: bigint
}

/** The broker waits so long where nothing is there yet: only for a new leader that does not know yet what is committed. */
const MAX_WAIT_MS = 250

export async function* readRange(cluster: Cluster, range: Range, options: ReadOptions): AsyncGenerator<Chunk> {
  const { topic, partition, to } = range
  const chunkBytes = options.chunkBytes ?? CHUNK_BYTES
  const fetchAt = (from: bigint): Promise<FetchedPartition> => {
    const fetching = fetchSome(cluster, { ...range, from }, chunkBytes)
    // It may fail while the chunks before it are still worked on, or after the reader has gone.
    fetching.catch(() => {})
    return fetching
  }
  let next = range.from < to ? fetchAt(range.from) : null
  for (let from = range.from; next !== null; ) {
    const fetched: FetchedPartition = await next
    const end = endOfBatches(fetched.records)
    next = end !== null && end > from && end < to ? fetchAt(end) : null
    const aborted = new AbortedFilter(fetched.aborted)
    const { chunks, nextOffset } = decodeBatches(fetched.records, { topic, partition, from, to, aborted, chunkBytes })
    if (nextOffset <= from) throw noProgress(range, from)
    if (nextOffset < to && nextOffset !== end) throw noProgress(range, nextOffset)
    yield* chunks
    from = nextOffset
  }
}

/** At least one batch from `from` on, through changes of leaders and restarts. */
function fetchSome(cluster: Cluster, range: Range, maxBytes: number): Promise<FetchedPartition> {
  const { topic, partition, from } = range
  let failedBefore = false
  const attempt = async (): Promise<FetchedPartition> => {
    const fresh = failedBefore
    failedBefore = true
    const fetched = await fetchOnce(cluster, range, maxBytes, fresh)
    if (fetched.records.length > 0) return fetched
    throw new Passing(`nothing at ${topic}/${partition}:${from}, though the log should go on to ${range.to}`)
  }
  return cluster.persist(`reading ${topic}/${partition} at ${from}`, attempt)
}

async function fetchOnce(cluster: Cluster, range: Range, maxBytes: number, fresh: boolean): Promise<FetchedPartition> {
  const { topic, partition, from } = range
  const link = await cluster.leader(topic, partition, 'read', fresh)
  const id = cluster.idOf(topic)
  const topics = [{ id, partitions: [{ partition, offset: from }] }]
  const { error, partitions } = await link.send(fetchCall({ topics, maxWaitMs: MAX_WAIT_MS, maxBytes }))
  checkError(error, `a fetch of ${topic}/${partition}`, { topic, partition })
  const fetched = partitions.find(({ partition: number }) => number === partition)
  if (fetched === undefined) throw new Passing(`no ${topic}/${partition} in the answer`)
  if (fetched.error === ERROR.offsetOutOfRange) await explainRange(cluster, range)
  checkError(fetched.error, `a fetch of ${topic}/${partition} at ${from}`, { topic, partition })
  if (fetched.records.length === 0 && fetched.lastStableOffset < range.to) await explainRange(cluster, range)
  return fetched
}

/** Throws what is wrong with the range; `Passing` where the log says now that nothing is. */
async function explainRange(cluster: Cluster, { topic, partition, from, to }: Range): Promise<never> {
  const ranges = await partitionRanges(cluster, topic)
  const now = ranges.find(({ partition: number }) => number === partition)
  if (now === undefined) throw new Passing(`${topic}/${partition} has no range`)
  if (from < now.start) throw rangeLost(topic, partition, from, to < now.start ? to : now.start, 'were deleted')
  if (to > now.end) throw rangeLost(topic, partition, now.end, to, `are not there, the log ends at ${now.end}`)
  throw new Passing(`${topic}/${partition} had no offset ${from} a moment ago`)
}

function rangeLost(topic: string, partition: number, from: bigint, end: bigint, what: string): LyrebirdError {
  const message = `offsets ${from} to ${end - 1n} of ${topic}/${partition} ${what}`
  return new LyrebirdError('range-lost', message, {
    where: { topic, partition, from: `${from}`, to: `${end}` },
    hint: 'retention, DeleteRecords or a failed broker took them; start anew from what the log still holds with a new state directory',
  })
}

function noProgress({ topic, partition, to }: Range, at: bigint): LyrebirdError {
  return new LyrebirdError('bad-batch', `the batches of ${topic}/${partition} at ${at} lead nowhere`, {
    where: { topic, partition, from: `${at}`, to: `${to}` },
  })
}
