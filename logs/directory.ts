// A log directory: topics as NDJSON archives, as the embedded log's segments, or as segments copied from a broker.
//
// Promises: files are read in place, nothing is imported or changed; names are checked before any file is opened;
// offsets are exact, nothing is skipped in silence.
// Not here: what the files mean (the partition sources).

import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { LyrebirdError } from '../core/errors.ts'
import type { Chunk } from '../core/log/chunk.ts'
import { ArchivePartition } from './archive/archive-partition.ts'
import { otherLayout, otherLayoutOfAll } from './archive/found-layout.ts'
import { DirectoryWatch } from './directory-watch.ts'
import { wasCompacted } from './embedded/broker-checkpoints.ts'
import { CopiedPartition } from './embedded/copied-partition.ts'
import { EmbeddedPartition } from './embedded/embedded-partition.ts'
import { readTopicFile, type TopicDescription } from './embedded/topic-file.ts'
import { listPartitionFiles, listTopics } from './layout.ts'
import type { Log, PartitionRange, RangeOptions, ReadOptions, TopicAbilities, TopicFacts } from './log.ts'
import { checkTopicName, pastEnd, unknownPartition, unknownTopic } from './log-failures.ts'
import { NO_FILES, type PartitionSource } from './partition-source.ts'
import type { Place } from './record-batch/batch-failure.ts'

/** What an open log remembers of a partition; a folder that was created again is another one. */
interface KnownPartition {
  readonly folder: string
  readonly source: PartitionSource
}

interface FoundTopic {
  readonly description: TopicDescription | null
  readonly directories: ReadonlyMap<number, string>
}

const ARCHIVE_ABILITIES: TopicAbilities = { timestamps: false, keys: false, headers: false }
const SEGMENT_ABILITIES: TopicAbilities = { timestamps: true, keys: true, headers: true }
const EMBEDDED_ABILITIES: TopicAbilities = { ...SEGMENT_ABILITIES, ticks: true }

export class DirectoryLog implements Log {
  readonly description: string
  readonly #directory: string
  readonly #known = new Map<string, KnownPartition>()
  /** Topics as they were when they were last looked up: what is read was looked up before. */
  readonly #found = new Map<string, FoundTopic>()
  readonly #watch = new DirectoryWatch()

  private constructor(directory: string) {
    this.description = directory
    this.#directory = directory
  }

  /** Throws `usage` where there is no such directory. */
  static async open(directory: string): Promise<DirectoryLog> {
    const stats = await stat(directory).catch(() => null)
    if (stats?.isDirectory() === true) return new DirectoryLog(directory)
    throw new LyrebirdError('usage', `${directory} is ${stats === null ? 'not there' : 'no directory'}`, {
      where: { path: directory },
      hint: 'a log directory holds TOPIC/partition=P/ folders; `lyrebird append TOPIC --log DIR` makes one',
    })
  }

  async topics(): Promise<readonly string[]> {
    this.#watch.seen([this.#directory])
    return [...(await listTopics(this.#directory)).keys()].sort()
  }

  async partitions(topic: string, options: RangeOptions = {}): Promise<readonly PartitionRange[]> {
    const { directories, description } = await this.#find(topic)
    this.#watch.seen([this.#directory, ...directories.values()])
    const numbers = [...directories.keys()].sort((a, b) => a - b)
    return await inOrder(numbers, async partition => {
      const source = await this.#source({ topic, partition }, directories.get(partition) as string, description)
      return { topic, partition, ...(await source.range(options)) }
    })
  }

  async otherLayout(): Promise<LyrebirdError | null> {
    return await otherLayoutOfAll(this.#directory)
  }

  async abilities(topic: string): Promise<TopicAbilities> {
    const { directories, description } = await this.#find(topic)
    const kinds = new Set<string>()
    for (const [partition, path] of directories) {
      kinds.add((await this.#source({ topic, partition }, path, description)).kind)
    }
    if (kinds.has('archive') && kinds.has('segments')) throw mixedTopic(topic)
    if (kinds.has('archive')) return ARCHIVE_ABILITIES
    // The ticks of an output are for its job alone to write.
    return description?.owner === null ? EMBEDDED_ABILITIES : SEGMENT_ABILITIES
  }

  async facts(topic: string): Promise<TopicFacts> {
    const { directories, description } = await this.#find(topic)
    const bytes = new Map<number, number>()
    const kinds = new Set<string>()
    for (const [partition, path] of directories) {
      const { files, kind } = await listPartitionFiles(topic, partition, path)
      const sizes = await Promise.all(files.map(file => stat(file.path)))
      bytes.set(
        partition,
        sizes.reduce((sum, { size }) => sum + size, 0),
      )
      kinds.add(kind)
    }
    return { storage: storageOf(description, kinds), bytes, compacted: await this.compacted(topic) }
  }

  /** True for a topic that a broker's log cleaner had compacted when its files were copied. */
  async compacted(topic: string): Promise<boolean> {
    const { description } = await this.#find(topic)
    return description === null && (await wasCompacted(this.#directory, topic))
  }

  async topicId(topic: string): Promise<string | null> {
    return (await this.#find(topic)).description?.id ?? null
  }

  async *read(
    topic: string,
    partition: number,
    from: bigint,
    to: bigint,
    options: ReadOptions = {},
  ): AsyncIterable<Chunk> {
    const known = this.#found.get(topic)
    const { directories, description } = known?.directories.has(partition) ? known : await this.#find(topic)
    const path = directories.get(partition)
    if (path === undefined) throw unknownPartition(topic, partition, [...directories.keys()])
    const source = await this.#source({ topic, partition }, path, description)
    yield* source.read(from, to, options)
  }

  async changed(timeoutMs: number, signal?: AbortSignal): Promise<void> {
    await this.#watch.wait(timeoutMs, signal)
  }

  async close(): Promise<void> {
    this.#watch.close()
  }

  async #find(topic: string): Promise<FoundTopic> {
    checkTopicName(topic)
    const topics = await listTopics(this.#directory)
    const directories = topics.get(topic)
    if (directories === undefined) {
      const other = await otherLayout(this.#directory, topic)
      throw other ?? unknownTopic(topic, [...topics.keys()].sort(), this.#directory)
    }
    const description = await readTopicFile(this.#directory, topic)
    if (description !== null) checkComplete(topic, description, directories)
    const found = { description, directories }
    this.#found.set(topic, found)
    return found
  }

  async #source(place: Place, path: string, description: TopicDescription | null): Promise<PartitionSource> {
    const { ino, birthtimeMs } = await stat(path)
    const folder = `${path} ${ino} ${birthtimeMs} ${description?.id ?? ''}`
    const known = this.#known.get(path)
    if (known !== undefined && known.folder === folder && known.source.kind !== 'empty') return known.source
    const source = await openSource(this.#directory, place, path, description)
    this.#known.set(path, { folder, source })
    return source
  }
}

function storageOf(description: TopicDescription | null, kinds: ReadonlySet<string>): string {
  if (description !== null) return description.owner === null ? 'embedded log' : 'output of a job'
  if (kinds.has('archive')) return 'files'
  return kinds.has('segments') ? 'segments of a broker' : 'no files'
}

async function openSource(
  log: string,
  place: Place,
  path: string,
  description: TopicDescription | null,
): Promise<PartitionSource> {
  if (description !== null) return new EmbeddedPartition(place, path)
  const { kind } = await listPartitionFiles(place.topic, place.partition, path)
  if (kind === 'segments') return new CopiedPartition(place, path, log)
  if (kind === 'archive') return new ArchivePartition(place, path)
  return {
    kind: 'empty',
    range: async () => NO_FILES,
    async *read(from, to) {
      if (from < to) throw pastEnd(place.topic, place.partition, to, 0n)
      yield* []
    },
  }
}

/** Ranges that are looked up at once: some partitions are read for theirs. */
const AT_ONCE = 4

/** The results in the order of the items; where some fail, throws what the first of them has thrown. */
async function inOrder<T, R>(items: readonly T[], get: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = []
  for (let i = 0; i < items.length; i += AT_ONCE) {
    const settled = await Promise.allSettled(items.slice(i, i + AT_ONCE).map(get))
    for (const one of settled) {
      if (one.status === 'rejected') throw one.reason
      results.push(one.value)
    }
  }
  return results
}

/** The embedded log creates all partitions at once: a missing one is lost. */
function checkComplete(
  topic: string,
  { partitions }: TopicDescription,
  directories: ReadonlyMap<number, string>,
): void {
  for (let partition = 0; partition < partitions; partition++) {
    if (directories.has(partition)) continue
    throw new LyrebirdError(
      'range-lost',
      `${topic}/${partition}: its folder is gone; the topic was made with ${partitions} partitions`,
      {
        where: { topic, partition, path: dirname([...directories.values()][0] ?? '') },
        hint: 'restore the folder from a copy',
      },
    )
  }
  if (directories.size === partitions) return
  throw new LyrebirdError(
    'partition-added',
    `topic "${topic}" was made with ${partitions} partitions but has ${directories.size} folders`,
    {
      where: { topic },
      hint: 'the count is fixed when a topic is made; move the folders away that lyrebird did not make',
    },
  )
}

function mixedTopic(topic: string): LyrebirdError {
  return new LyrebirdError(
    'log-overlap',
    `topic "${topic}" has archive files in some partitions and segments in others`,
    {
      where: { topic },
      hint: 'a topic is one or the other',
    },
  )
}
