// An output topic of a job: one state owns it and writes all its partitions.
//
// Promises: exactly once through crashes, given that the state keeps `positions` in the commit that follows `prepare`
// and precedes `publish`, and passes them to `recover` when it is opened again.
// Not here: which records, in which order (the executors).

import { closeAll, openedTogether, orClose } from '../../core/close-all.ts'
import { invariant } from '../../core/errors.ts'
import type { LogRecord } from '../log-record.ts'
import { EmbeddedWriter, type WriterOptions, type WrittenBatch } from './embedded-writer.ts'
import { ensureTopic, partitionDirectory } from './topic-file.ts'

type AppendOptions = Omit<WriterOptions, 'onBatch'>

interface OutputTopicOptions extends AppendOptions {
  readonly partitions: number
  /** Id of the state that owns the topic; null for a topic that anyone may append to. */
  readonly owner: string | null
  /** See `WriterOptions`. */
  readonly onBatch?: ((partition: number, batch: WrittenBatch) => void) | undefined
}

export class OutputTopic {
  readonly topic: string
  readonly #writers: readonly EmbeddedWriter[]

  private constructor(topic: string, writers: readonly EmbeddedWriter[]) {
    this.topic = topic
    this.#writers = writers
  }

  /**
   * Finds or makes the topic and locks its partitions; call `recover` next. Throws what `ensureTopic` and the writers
   * throw.
   */
  static async open(directory: string, topic: string, options: OutputTopicOptions): Promise<OutputTopic> {
    return await OutputTopic.#open(directory, topic, options.partitions, options)
  }

  /**
   * The same for a topic that records are appended to, recovered. Where `partitions` is null an existing topic keeps
   * its count, and a new one has 1.
   */
  static async openForAppend(directory: string, topic: string, partitions: number | null, options: AppendOptions = {}) {
    const output = await OutputTopic.#open(directory, topic, partitions, { ...options, owner: null })
    await orClose(
      () => output.recover(),
      () => output.close(),
    )
    return output
  }

  static async #open(
    directory: string,
    topic: string,
    count: number | null,
    options: Omit<OutputTopicOptions, 'partitions'>,
  ) {
    const { partitions } = await ensureTopic(directory, topic, { partitions: count, owner: options.owner })
    const { onBatch, ...others } = options
    const open = (partition: number): Promise<EmbeddedWriter> =>
      EmbeddedWriter.open({ topic, partition }, partitionDirectory(directory, topic, partition), {
        ...others,
        ...(onBatch && { onBatch: batch => onBatch(partition, batch) }),
      })
    const all = Array.from({ length: partitions }, (_, partition) => partition)
    // A lock whose holder hangs is waited for; the state's own lock has settled who opens these.
    if (options.owner !== null) {
      return new OutputTopic(topic, await openedTogether(all.map(open), writer => writer.close()))
    }
    // One after the other: of two who append each gets all or waits for the other.
    const writers: EmbeddedWriter[] = []
    const openAll = async (): Promise<void> => {
      for (const partition of all) writers.push(await open(partition))
    }
    await orClose(openAll, () => closeAll(...writers.map(writer => () => writer.close())))
    return new OutputTopic(topic, writers)
  }

  get partitions(): number {
    return this.#writers.length
  }

  /** Where the next record of each partition goes; the state keeps these. */
  get positions(): readonly bigint[] {
    return this.#writers.map(writer => writer.position)
  }

  /** Makes every partition end at its position (default: at what is published). See `EmbeddedWriter.recover`. */
  async recover(positions?: readonly bigint[]): Promise<void> {
    for (const [partition, writer] of this.#writers.entries()) await writer.recover(positions?.[partition])
  }

  /** Writes and syncs records of one partition without showing them; returns the partition's position behind them. */
  async prepare(partition: number, records: Iterable<LogRecord>): Promise<bigint> {
    return await this.#writer(partition).prepare(records)
  }

  /** Shows readers everything prepared before these positions. */
  async publish(
    positions: readonly bigint[] = this.positions,
    options: { readonly durable?: boolean } = {},
  ): Promise<void> {
    await Promise.all(this.#writers.map((writer, i) => writer.publish(positions[i] ?? writer.published, options)))
  }

  /** Writes, syncs and shows records of one partition; returns the offset of the first one. */
  async append(partition: number, records: Iterable<LogRecord>): Promise<bigint> {
    return await this.#writer(partition).append(records)
  }

  async close(): Promise<void> {
    await closeAll(...this.#writers.map(writer => () => writer.close()))
  }

  #writer(partition: number): EmbeddedWriter {
    const writer = this.#writers[partition]
    invariant(writer !== undefined, `${this.topic} has no partition ${partition}`)
    return writer
  }
}
