// The output topics of a run, written so that what stands in them is exactly what the committed state says.
//
// Promises: records are on disk but unpublished before the state commits, published after; at the start of a run everything past
// the state's position is cut off, and what the state counts is published: exactly once through any crash.
// Leaves to logs/embedded: segments, positions, and that a topic belongs to one state (`topic-owned`).

import { LyrebirdError } from '../../core/errors.ts'
import { IDENTITY_HEADER } from '../../core/log/chunk.ts'
import type { Plan, PlanNodeOf } from '../../core/plan/plan.ts'
import { decodeHeld } from '../../core/state/row-codec.ts'
import { diskFailure } from '../../host/disk-failure.ts'
import { OutputTopic } from '../../logs/embedded/output-topic.ts'
import type { LogRecord } from '../../logs/log-record.ts'
import type { OutputPositions } from '../../run/state/documents.ts'
import { RowQueue } from '../../store/spill/row-queue.ts'
import { RELEASE_QUEUE_BYTES } from '../limits.ts'

export interface OutputsOptions {
  readonly directory: string
  readonly plan: Plan
  /** Id of the state that the topics belong to. */
  readonly owner: string
  /** As the committed state has them. */
  readonly positions: OutputPositions
  /** Where records wait that do not fit in memory. */
  readonly scratch: string
}

export const outputNodes = (plan: Plan): readonly PlanNodeOf<'output'>[] =>
  plan.nodes.filter((n): n is PlanNodeOf<'output'> => n.kind === 'output')

/** Everything that writes to a topic: outputs, and changelogs of views. */
export const writingNodes = (plan: Plan): readonly PlanNodeOf<'output' | 'changes'>[] =>
  plan.nodes.filter((n): n is PlanNodeOf<'output' | 'changes'> => n.kind === 'output' || n.kind === 'changes')

/** Throws `output-unsupported` for a place that cannot be written exactly once. */
export function checkOutputPlace(out: string | undefined): void {
  if (out === undefined || !/^kafka:/i.test(out)) return
  throw new LyrebirdError(
    'output-unsupported',
    `outputs cannot be written to ${out}: without transactions they would not be exactly once`,
    {
      hint: 'leave --out away, or give a directory: outputs go to an embedded log there',
    },
  )
}

interface Target {
  readonly writer: OutputTopic
  /** Released records that wait for `prepare`, by partition. */
  readonly queues: RowQueue[]
}

export class Outputs {
  /** By output node, or that of a changelog. */
  readonly #targets: ReadonlyMap<string, Target>

  readonly #directory: string

  private constructor(targets: ReadonlyMap<string, Target>, directory: string) {
    this.#targets = targets
    this.#directory = directory
  }

  /** Recovers every output topic to the state's position. Throws `topic-owned`, and `truncated` where records are missing. */
  static async open({ directory, plan, owner, positions, scratch }: OutputsOptions): Promise<Outputs> {
    const targets = new Map<string, Target>()
    const outputs = new Outputs(targets, directory)
    try {
      for (const { id, params } of writingNodes(plan)) {
        const { topic, partitions } = params
        const writer = await OutputTopic.open(directory, topic, { partitions, owner })
        const queues = Array.from({ length: partitions }, () => new RowQueue(scratch, RELEASE_QUEUE_BYTES))
        targets.set(id, { writer, queues })
        await writer.recover(positions.get(topic) ?? queues.map(() => 0n))
      }
    } catch (error) {
      await outputs.close()
      throw error
    }
    return outputs
  }

  /** Exclusive ends of what is written, by topic: prepared ones count. */
  get positions(): OutputPositions {
    return new Map([...this.#targets.values()].map(({ writer }) => [writer.topic, writer.positions]))
  }

  /** Takes the row of one element behind those of its partition. */
  release(output: string, partition: number, key: Uint8Array, value: Uint8Array): void {
    const { queues } = this.#targets.get(output) as Target
    ;(queues[partition] as RowQueue).add(key, value)
  }

  /** Puts everything released on disk, unpublished. */
  async prepare(): Promise<void> {
    for (const { writer, queues } of this.#targets.values()) {
      await Promise.all(queues.map((queue, partition) => this.#prepare(writer, partition, queue)))
    }
  }

  async #prepare(writer: OutputTopic, partition: number, queue: RowQueue): Promise<void> {
    if (queue.rows === 0) return
    try {
      await writer.prepare(partition, recordsOf(queue))
    } catch (error) {
      throw diskFailure(error, this.#directory)
    }
    queue.dispose()
  }

  /** Shows everything prepared. The state holds the same positions, so the system may choose when this reaches the disk. */
  async publish(): Promise<void> {
    for (const { writer } of this.#targets.values()) await writer.publish(writer.positions, { durable: false })
  }

  async close(): Promise<void> {
    for (const { writer, queues } of this.#targets.values()) {
      for (const queue of queues) queue.dispose()
      await writer.close()
    }
  }
}

function* recordsOf(queue: RowQueue): Generator<LogRecord> {
  for (const [row, stored] of queue.changes()) {
    const { time, identity, key, value } = decodeHeld(row, stored as Uint8Array)
    const headers = identity.length === 0 ? [] : [{ key: IDENTITY_HEADER, value: identity }]
    yield { timestamp: time, key, value, headers }
  }
}
