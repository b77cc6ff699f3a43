// What a run writes besides its state: the records of outputs and changelogs, counted here and kept by a sink.
//
// Promises: the counts are those of the state's next commit; a sink gets them before that commit and never after it.

import { orClose } from '../core/close-all.ts'
import { invariant } from '../core/errors.ts'
import type { Plan, PlanNodeOf } from '../core/plan/plan.ts'
import type { OpenSink, RecordCounts, Sink, SinkCommit, SinkTopic } from '../sinks/sink.ts'
import { wallClock } from './clock.ts'
import { DOCUMENT, encodeJson, jobDocument } from './state/documents.ts'
import { folderFrom, outboxOf, scratchOf } from './state/folders.ts'
import type { OpenedState } from './state/open-state.ts'
import { lastCommit } from './state/read-state.ts'
import { runtimeVersions } from './state/versions.ts'

/** Everything that writes to a topic: outputs, and changelogs of views. */
type WritingNode = PlanNodeOf<'output' | 'changes'>

export const writingNodes = (plan: Plan): readonly WritingNode[] =>
  plan.nodes.filter((n): n is WritingNode => n.kind === 'output' || n.kind === 'changes')

const topicOf = (node: WritingNode): SinkTopic => ({
  topic: node.params.topic,
  partitions: node.params.partitions,
  content: node.kind === 'output' ? 'elements' : 'changes',
  maxBytes: node.kind === 'output' ? (node.params.maxBytes ?? null) : null,
})

interface OutputsOptions {
  readonly plan: Plan
  readonly openSink: OpenSink
  /** Id of the state. */
  readonly owner: string
  readonly scratch: string
  readonly outbox: string
  readonly checkOwner: () => void
  /** The commit that the state is at; null where nothing has been committed. */
  readonly last: SinkCommit | null
}

export class Outputs {
  readonly #sink: Sink
  /** By node. */
  readonly #topics: ReadonlyMap<string, string>
  readonly #records: Map<string, bigint[]>

  private constructor(plan: Plan, sink: Sink, last: SinkCommit | null) {
    this.#sink = sink
    this.#topics = new Map(writingNodes(plan).map(({ id, params }) => [id, params.topic]))
    this.#records = new Map(
      writingNodes(plan).map(({ params: { topic, partitions } }) => [
        topic,
        Array.from({ length: partitions }, (_, p) => last?.records.get(topic)?.[p] ?? 0n),
      ]),
    )
  }

  /**
   * Opens the sink and recovers it to the state's commit. Throws `topic-owned`, and `truncated` where records are
   * missing.
   */
  static async open({ plan, openSink, last, ...state }: OutputsOptions): Promise<Outputs> {
    const sink = await openSink({ topics: writingNodes(plan).map(topicOf), ...state, clock: wallClock })
    await orClose(
      () => sink.recover(last),
      () => sink.close(),
    )
    return new Outputs(plan, sink, last)
  }

  /** Records released so far, by topic and partition. */
  get records(): RecordCounts {
    return this.#records
  }

  release(node: string, partition: number, key: Uint8Array, value: Uint8Array): void {
    const topic = this.#topics.get(node) as string
    const records = this.#records.get(topic) as bigint[]
    records[partition] = (records[partition] as bigint) + 1n
    this.#sink.release(topic, partition, key, value)
  }

  async prepare(next: Omit<SinkCommit, 'records'>): Promise<void> {
    const records = new Map([...this.#records].map(([topic, partitions]) => [topic, [...partitions]]))
    await this.#sink.prepare({ ...next, records })
  }

  async publish(): Promise<void> {
    await this.#sink.publish()
  }

  /** Topics that hold changes of another line of commits, and are to be written anew. */
  get outdated(): readonly string[] {
    return this.#sink.outdated ?? []
  }

  /** The keys that a topic of changes has; null for records without one. */
  keysOf(topic: string): AsyncIterable<Uint8Array | null> {
    invariant(this.#sink.keysOf !== undefined, `the sink of ${topic} knows no keys`)
    return this.#sink.keysOf(topic)
  }

  /** Throws what keeps published records from where they go, where that does not pass. */
  check(): void {
    this.#sink.check?.()
  }

  /** Resolves when all that was published is where it goes. */
  async drain(): Promise<void> {
    await this.#sink.drain?.()
  }

  async close(): Promise<void> {
    await this.#sink.close()
  }
}

/** Opens the sink of a state's outputs, and recovers it. Throws as `Outputs.open`. */
export async function openOutputs(
  plan: Plan,
  { state, folder }: { readonly state: string; readonly folder?: string | undefined },
  openSink: OpenSink,
  { writer, id, format, fresh }: Pick<OpenedState, 'writer' | 'id' | 'format' | 'fresh'>,
): Promise<Outputs> {
  // The state must know its own id before a topic is owned by it.
  if (fresh && writingNodes(plan).length > 0) {
    const document = encodeJson(jobDocument(plan, { id, format }, runtimeVersions(), folderFrom(state, folder)))
    await writer.commit(transaction => transaction.putDocument(DOCUMENT.job, document))
  }
  return Outputs.open({
    plan,
    openSink,
    owner: id,
    scratch: scratchOf(state),
    outbox: outboxOf(state),
    checkOwner: () => writer.checkOwner(),
    last: fresh ? null : lastCommit(writer),
  })
}
