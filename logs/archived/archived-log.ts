// A log whose older records lie in stored files: read from the files as far as they go, and from the live log from
// there on.
//
// Promises: one sequence of offsets without a seam: each record comes from one of the two, and a range that lies in
// neither is `range-lost`. Where both hold the last archived record, it must be the same in both (`log-rewritten`).
// Partitions, ids, and what comes in are those of the live log. Files that are added later are seen at the next start.
// Not here: where a run has come to; a state beyond the files reads the live log alone.

import { LyrebirdError } from '../../core/errors.ts'
import type { Chunk } from '../../core/log/chunk.ts'
import { partitionName } from '../../core/log/cut.ts'
import type { HeldBack, Log, PartitionRange, RangeOptions, ReadOptions, TopicAbilities, TopicFacts } from '../log.ts'
import { recordAt, sameRecord } from './record-at.ts'

interface Stored {
  readonly start: bigint
  readonly end: bigint
}

const NOTHING: ReadonlyMap<number, Stored> = new Map()

export class ArchivedLog implements Log {
  readonly description: string
  readonly #archive: Log
  readonly #live: Log
  /** What the files hold, by topic and partition; looked up once. */
  readonly #stored = new Map<string, Promise<ReadonlyMap<number, Stored>>>()
  /** Partitions whose last archived record has been compared. */
  readonly #compared = new Set<string>()

  constructor(archive: Log, live: Log) {
    this.description = live.description
    this.#archive = archive
    this.#live = live
  }

  topics(): Promise<readonly string[]> {
    return this.#live.topics()
  }

  async partitions(topic: string, options: RangeOptions = {}): Promise<readonly PartitionRange[]> {
    const { open: _, ...others } = options
    const [ranges, stored] = [await this.#live.partitions(topic, others), await this.#storedOf(topic)]
    const unknown = [...stored.keys()].find(partition => !ranges.some(range => range.partition === partition))
    if (unknown !== undefined && others.live !== true) throw notLive(topic, unknown, ranges.length)
    return ranges.map(range => joined(range, stored.get(range.partition)))
  }

  /** What both have: a job that reads keys cannot begin with files that hold none. */
  async abilities(topic: string): Promise<TopicAbilities> {
    const live = await this.#live.abilities(topic)
    if ((await this.#storedOf(topic)).size === 0) return live
    const stored = await this.#archive.abilities(topic)
    return {
      timestamps: live.timestamps && stored.timestamps,
      keys: live.keys && stored.keys,
      headers: live.headers && stored.headers,
      ticks: live.ticks === true,
    }
  }

  async heldBack(topic: string): Promise<readonly HeldBack[]> {
    return (await this.#live.heldBack?.(topic)) ?? []
  }

  async facts(topic: string): Promise<TopicFacts> {
    const none: TopicFacts = { storage: 'memory', bytes: new Map(), compacted: false }
    const live = (await this.#live.facts?.(topic)) ?? none
    const stored = (await this.#storedOf(topic)).size === 0 ? null : await this.#archive.facts?.(topic)
    return stored == null ? live : { ...live, storage: `${stored.storage}, then ${live.storage}` }
  }

  topicId(topic: string): Promise<string | null> {
    return this.#live.topicId(topic)
  }

  async compacted(topic: string): Promise<boolean> {
    return (await this.#live.compacted?.(topic)) === true
  }

  async compactionLagMs(topic: string): Promise<number> {
    return (await this.#live.compactionLagMs?.(topic)) ?? 0
  }

  async *read(
    topic: string,
    partition: number,
    from: bigint,
    to: bigint,
    options: ReadOptions = {},
  ): AsyncIterable<Chunk> {
    const stored = (await this.#storedOf(topic)).get(partition)
    const isStored = stored !== undefined && stored.start <= from && from < stored.end
    const seam = !isStored ? from : to < stored.end ? to : stored.end
    if (from < seam) {
      if (seam < to) await this.#checkSeam(topic, partition, seam)
      yield* this.#archive.read(topic, partition, from, seam, options)
    }
    if (seam < to) yield* this.#live.read(topic, partition, seam, to, options)
  }

  changed(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    return this.#live.changed(timeoutMs, signal)
  }

  async close(): Promise<void> {
    await Promise.all([this.#archive.close(), this.#live.close()])
  }

  #storedOf(topic: string): Promise<ReadonlyMap<number, Stored>> {
    const known = this.#stored.get(topic)
    if (known !== undefined) return known
    const looking = this.#look(topic)
    this.#stored.set(topic, looking)
    return looking
  }

  async #look(topic: string): Promise<ReadonlyMap<number, Stored>> {
    if (!(await this.#archive.topics()).includes(topic)) return NOTHING
    const ranges = await this.#archive.partitions(topic)
    return new Map(ranges.filter(({ start, end }) => start < end).map(range => [range.partition, range]))
  }

  /** Before hours of files are read: what follows them must be there, and be the log that they were taken from. */
  async #checkSeam(topic: string, partition: number, seam: bigint): Promise<void> {
    const name = partitionName(topic, partition)
    if (this.#compared.has(name)) return
    const range = (await this.#live.partitions(topic)).find(({ partition: number }) => number === partition)
    if (range === undefined) return
    if (seam < range.start) throw inNeither(topic, partition, seam, range.start)
    const last = seam - 1n
    if (last >= range.start) {
      const there = await recordAt(this.#live, topic, partition, last)
      const stored = await recordAt(this.#archive, topic, partition, last)
      // Compaction and transactions leave offsets without a record.
      if (there !== null && stored !== null && !sameRecord(stored, there)) throw ofAnotherLog(topic, partition, last)
    }
    this.#compared.add(name)
  }
}

function joined(range: PartitionRange, stored: Stored | undefined): PartitionRange {
  if (stored === undefined) return range
  const { topic, partition } = range
  if (stored.end > range.end) {
    throw new LyrebirdError(
      'truncated',
      `${partitionName(topic, partition)} ends at offset ${range.end}, but stored files hold records up to ${stored.end}`,
      {
        where: { topic, partition, from: String(range.end), to: String(stored.end) },
        hint: 'the topic was made anew, or lost records: give the archive that was taken from it as it is now',
      },
    )
  }
  return stored.start < range.start ? { ...range, start: stored.start } : range
}

function notLive(topic: string, partition: number, count: number): LyrebirdError {
  return new LyrebirdError(
    'partition-count',
    `stored files hold partition ${partition} of ${topic}, which has ${count} partitions`,
    { where: { topic, partition }, hint: 'give the archive that was taken from this topic' },
  )
}

function inNeither(topic: string, partition: number, from: bigint, to: bigint): LyrebirdError {
  return new LyrebirdError(
    'range-lost',
    `offsets ${from} to ${to - 1n} of ${partitionName(topic, partition)} are in no stored file, and not in the topic any more`,
    {
      where: { topic, partition, from: String(from), to: String(to) },
      hint: 'add the files that hold them to the archive, or begin behind them with --from',
    },
  )
}

function ofAnotherLog(topic: string, partition: number, offset: bigint): LyrebirdError {
  return new LyrebirdError(
    'log-rewritten',
    `offset ${offset} of ${partitionName(topic, partition)} holds another record than the stored files`,
    {
      where: { topic, partition, offset: String(offset) },
      hint: 'was the topic made anew? Give the archive that was taken from it as it is now',
    },
  )
}
