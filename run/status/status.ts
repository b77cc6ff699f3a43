// What a deployment's operator asks of a state: how far it is, what holds it back, how old what it shows is.
//
// Promises: plain JSON data of one commit, beside the ends of the log at the moment of asking; times in ms since 1970,
// offsets as decimal text. Nothing is written, and a running process is not disturbed.
// Not here: the text for people (`status-text.ts`), rates (`rates.ts`).

import { splitPartition } from '../../core/log/cut.ts'
import type { SourceNode } from '../../core/plan/plan.ts'
import type { SinkHeld } from '../../core/sink/row-sink.ts'
import { DIGEST } from '../../core/state/digests.ts'
import type { ProcessIdentity } from '../../host/process-identity.ts'
import { type Ranges, sourceNodes } from '../reading/bind-log.ts'
import type { Versions } from '../state/documents.ts'
import { type CommittedState, watermarkAt } from '../state/read-state.ts'
import { outputTopic } from '../summary.ts'

interface PartitionStatus {
  /** `topic/partition`. */
  readonly partition: string
  readonly position: string
  /** Null where the log was not asked, or does not have the partition. */
  readonly end: string | null
  /** Offsets that are not read yet; null as above. */
  readonly lag: number | null
  /** Age of the oldest record that is not read yet, by its timestamp; null where none is, or none is known. */
  readonly lagMs: number | null
  /** The greatest event time so far; null where there is none. */
  readonly newest: number | null
}

export interface SourceStatus {
  /** Id of the source node. */
  readonly source: string
  readonly topic: string
  /** Null while there is none. */
  readonly watermark: number | null
  /** The partition that holds the watermark back. */
  readonly heldBy: string | null
  readonly partitions: readonly PartitionStatus[]
}

export interface ViewStatus {
  readonly name: string
  readonly rows: number
  readonly digest: string
  /** Every element before this event time is in it, but for late ones; null while there is none. */
  readonly completeTo: number | null
  /** How long ago that was; null as above, and where it lies ahead. */
  readonly ageMs: number | null
}

interface OutputStatus {
  readonly name: string
  readonly topic: string
  /** Records that the state counts, in all partitions. */
  readonly records: number
  /** Those that are where they go; null where that is the state's own directory, or was not asked. */
  readonly arrived: number | null
}

export interface SinkStatus {
  readonly view: string
  /** For people: `table traffic of Postgres`. */
  readonly place: string
  /** The commit whose rows it holds; null where it has not been filled, or did not answer. */
  readonly commit: number | null
  /** Commits that it has not got yet; null as above. */
  readonly behind: number | null
  /** Texts that it could not hold as they were; null where that is not known. */
  readonly altered: number | null
}

export interface Status {
  readonly job: string
  readonly state: string
  readonly commit: { readonly number: number; readonly time: number; readonly ageMs: number } | null
  /** The process that writes the state now. */
  readonly writer: { readonly pid: number } | null
  readonly sealed: boolean
  readonly sources: readonly SourceStatus[]
  readonly views: readonly ViewStatus[]
  readonly outputs: readonly OutputStatus[]
  readonly sinks: readonly SinkStatus[]
  readonly late: number
  readonly dead: number
  readonly versions: Versions | null
  /** What could not be asked, as sentences. */
  readonly problems: readonly string[]
}

/** What a sink has answered. */
export interface HeldSink extends Pick<SinkStatus, 'view' | 'place'> {
  readonly held: SinkHeld | null
}

interface StatusContext {
  /** ms since 1970. */
  readonly now: number
  readonly writer: ProcessIdentity | null
  /** Null where the log was not asked. */
  readonly ranges: Ranges | null
  /** Timestamp of the next record of partitions that have one. */
  readonly unread: ReadonlyMap<string, number>
  /** Records that have arrived, by topic. */
  readonly arrived: ReadonlyMap<string, number>
  readonly sinks: readonly HeldSink[]
  readonly problems: readonly string[]
}

export function statusOf(committed: CommittedState, context: StatusContext): Status {
  const { directory, plan, progress, commit, job, written } = committed
  const { now, writer } = context
  const summary = (name: string) => progress.digest(name).summary
  return {
    job: plan.job,
    state: directory,
    commit:
      commit === null ? null : { number: commit.number, time: commit.time, ageMs: Math.max(0, now - commit.time) },
    writer: writer === null ? null : { pid: writer.pid },
    sealed: progress.sealed,
    sources: sourceNodes(plan).map(source => sourceStatus(committed, source, context)),
    views: plan.results.flatMap(({ name, kind, node }) => {
      if (kind !== 'view') return []
      const { count, digest } = summary(DIGEST.view(name))
      const completeTo = finite(watermarkAt(progress, plan, node))
      const age = completeTo === null ? null : now - completeTo
      return [{ name, rows: count, digest, completeTo, ageMs: age !== null && age >= 0 ? age : null }]
    }),
    outputs: plan.results.flatMap(({ name, kind, node }) => {
      if (kind !== 'output') return []
      const topic = outputTopic(plan, node)
      const records = Number((written.get(topic) ?? []).reduce((a, b) => a + b, 0n))
      return [{ name, topic, records, arrived: context.arrived.get(topic) ?? null }]
    }),
    sinks: context.sinks.map(({ view, place, held }) => ({
      view,
      place,
      commit: held?.commit ?? null,
      behind: held === null || commit === null ? null : Math.max(0, commit.number - held.commit),
      altered: held?.altered ?? null,
    })),
    late: summary(DIGEST.late).count,
    dead: summary(DIGEST.dead).count,
    versions: job?.versions ?? null,
    problems: context.problems,
  }
}

function sourceStatus({ progress }: CommittedState, source: SourceNode, context: StatusContext): SourceStatus {
  const { topic } = source.params
  const { watermark, heldBy } = progress.sourceWatermark(source)
  const partitions = [...progress.cut]
    .filter(([name]) => splitPartition(name).topic === topic)
    .sort(([a], [b]) => splitPartition(a).partition - splitPartition(b).partition)
    .map(([partition, position]): PartitionStatus => {
      const end = context.ranges?.get(partition)?.end ?? null
      const lag = end === null ? null : Math.max(0, Number(end - position))
      const unread = context.unread.get(partition)
      return {
        partition,
        position: String(position),
        end: end === null ? null : String(end),
        lag,
        lagMs: unread === undefined ? null : Math.max(0, context.now - unread),
        newest: finite(progress.sourcePartition(source.id, partition).maxTime),
      }
    })
  return { source: source.id, topic, watermark: finite(watermark), heldBy, partitions }
}

const finite = (time: number): number | null => (Number.isFinite(time) ? time : null)
