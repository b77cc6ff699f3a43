// The sink of an embedded log: one topic directory for each output, written by this process alone.
//
// Promises: records are on disk but unpublished before the state commits, and published after. At the start of a run
// everything past what the state counts is cut off, and everything that it counts is published. An offset is the number
// of records before it, so that the counts of a commit are positions here.
// Not here: segments and the published mark (logs/embedded), and that a topic belongs to one state (`topic-owned`).

import { closeAll, openedTogether } from '../../core/close-all.ts'
import { invariant } from '../../core/errors.ts'
import { IDENTITY_HEADER } from '../../core/log/chunk.ts'
import { decodeHeld } from '../../core/state/row-codec.ts'
import { systemFailure } from '../../host/system-failure.ts'
import type { WrittenBatch } from '../../logs/embedded/embedded-writer.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import type { LogRecord } from '../../logs/log-record.ts'
import { RowQueue } from '../../store/spill/row-queue.ts'
import { RELEASE_QUEUE_BYTES } from '../limits.ts'
import type { Sink, SinkCommit, SinkOptions } from '../sink.ts'

interface TopicWriter {
  readonly writer: OutputTopic
  /** Released records that wait for `prepare`, by partition. */
  readonly queues: readonly RowQueue[]
}

/**
 * Opens or makes the topics below a directory; `onBatch` gets what is written (`WriterOptions`). Throws `topic-owned`,
 * `log-locked`, `usage`.
 */
export async function openEmbeddedSink(
  directory: string,
  { topics, owner, scratch }: SinkOptions,
  onBatch?: (topic: string, partition: number, batch: WrittenBatch) => void,
): Promise<Sink> {
  // A lock whose holder hangs is waited for: all of them at once.
  const writers = await openedTogether(
    topics.map(({ topic, partitions }) =>
      OutputTopic.open(directory, topic, { partitions, owner, onBatch: onBatch && ((p, b) => onBatch(topic, p, b)) }),
    ),
    writer => writer.close(),
  )
  const opened = topics.map(({ topic, partitions }, i): [string, TopicWriter] => {
    const queues = Array.from({ length: partitions }, () => new RowQueue(scratch, RELEASE_QUEUE_BYTES))
    return [topic, { writer: writers[i] as OutputTopic, queues }]
  })
  return new EmbeddedSink(directory, new Map(opened))
}

class EmbeddedSink implements Sink {
  readonly #directory: string
  readonly #topics: ReadonlyMap<string, TopicWriter>

  constructor(directory: string, topics: ReadonlyMap<string, TopicWriter>) {
    this.#directory = directory
    this.#topics = topics
  }

  async recover(last: SinkCommit | null): Promise<void> {
    for (const [topic, { writer, queues }] of this.#topics) {
      await writer.recover(last?.records.get(topic) ?? queues.map(() => 0n))
    }
  }

  release(topic: string, partition: number, key: Uint8Array, value: Uint8Array): void {
    const { queues } = this.#topics.get(topic) as TopicWriter
    ;(queues[partition] as RowQueue).add(key, value)
  }

  async prepare(next: SinkCommit): Promise<void> {
    for (const [topic, { writer, queues }] of this.#topics) {
      await Promise.all(queues.map((queue, partition) => this.#prepare(writer, partition, queue)))
      const counted = String(next.records.get(topic))
      invariant(counted === String(writer.positions), `the commit counts ${counted} records of ${topic}`)
    }
  }

  async #prepare(writer: OutputTopic, partition: number, queue: RowQueue): Promise<void> {
    if (queue.rows === 0) return
    try {
      await writer.prepare(partition, recordsOf(queue))
    } catch (error) {
      throw systemFailure(error, this.#directory)
    }
    queue.dispose()
  }

  /** Not synced: the state holds the same positions, from which `recover` publishes again. */
  async publish(): Promise<void> {
    for (const { writer } of this.#topics.values()) await writer.publish(writer.positions, { durable: false })
  }

  async close(): Promise<void> {
    await closeAll(
      ...[...this.#topics.values()].flatMap(({ writer, queues }) => [
        ...queues.map(queue => () => queue.dispose()),
        () => writer.close(),
      ]),
    )
  }
}

function* recordsOf(queue: RowQueue): Generator<LogRecord> {
  for (const [row, stored] of queue.changes()) {
    const { time, identity, key, value } = decodeHeld(row, stored as Uint8Array)
    const headers = identity.length === 0 ? [] : [{ key: IDENTITY_HEADER, value: identity }]
    yield { timestamp: time, key, value, headers }
  }
}
