// The summary of a run (semantics.md 12.2): watermarks and the partitions that hold them back, counts, digests,
// positions, warnings.
//
// Promises: plain JSON data, made from the committed progress alone.
// Not here: the text for people (command-line/summary-text.ts).

import type { Progress } from '../core/executor/progress.ts'
import { sortedCut } from '../core/log/cut.ts'
import type { Plan } from '../core/plan/plan.ts'
import { nodeOf } from '../core/plan/plan-index.ts'
import { LISTED_LETTERS } from '../core/result/listed-letters.ts'
import { DIGEST } from '../core/state/digests.ts'
import type { RecordCounts } from '../sinks/sink.ts'
import { sourceNodes } from './reading/bind-log.ts'
import { type RunContext, type WaitingSummary, waitingOf } from './waiting.ts'
import { warningsOf } from './warnings.ts'

export interface SourceSummary {
  /** Id of the source node. */
  readonly source: string
  readonly topic: string
  /** ms; null while there is none. Under `final` it is the watermark before `final`. */
  readonly watermark: number | null
  /** The partition that holds the watermark back, as `topic/partition`. */
  readonly heldBy: string | null
}

interface ResultSummary {
  readonly name: string
  readonly rows: number
  readonly digest: string
}

interface OutputSummary extends Omit<ResultSummary, 'digest'> {
  /** Null for the changes of a view, which depend on the commits. */
  readonly digest: string | null
  readonly topic: string
  /** Records by partition number, as decimal text: in an embedded log the exclusive end offsets. */
  readonly positions: readonly string[]
}

export interface RunSummary {
  readonly job: string
  readonly target: 'batch' | 'stream'
  /** Records read by this run. */
  readonly records: number
  readonly sources: readonly SourceSummary[]
  readonly late: number
  readonly dead: number
  /** Dead letters that are counted and compared, but not listed (semantics.md 3.4). */
  readonly unlisted: number
  readonly views: readonly ResultSummary[]
  readonly outputs: readonly OutputSummary[]
  /** `topic/partition` -> exclusive end offset, as decimal text. */
  readonly cut: Readonly<Record<string, string>>
  /** The run was final; the state cannot be continued. */
  readonly sealed: boolean
  /** Elements that nodes hold, waiting for the watermark. */
  readonly waiting: readonly WaitingSummary[]
  readonly warnings: readonly string[]
}

interface SummaryInput {
  readonly plan: Plan
  readonly progress: Progress
  readonly target: 'batch' | 'stream'
  readonly records: number
  /** Records of the outputs by topic and partition. */
  readonly written: RecordCounts
  readonly warnings: readonly string[]
  readonly context: RunContext
}

export function summarise({ plan, progress, target, records, written, warnings, context }: SummaryInput): RunSummary {
  const summaryOf = (name: string) => progress.digest(name).summary
  const results = (kind: 'view' | 'output') => plan.results.filter(r => r.kind === kind)
  return {
    job: plan.job,
    target,
    records,
    sources: sourceNodes(plan).map(source => {
      const { watermark, heldBy } = progress.sourceWatermark(source)
      return {
        source: source.id,
        topic: source.params.topic,
        watermark: Number.isFinite(watermark) ? watermark : null,
        heldBy,
      }
    }),
    late: summaryOf(DIGEST.late).count,
    dead: summaryOf(DIGEST.dead).count,
    unlisted: progress.unlisted(LISTED_LETTERS),
    views: results('view').map(({ name }) => {
      const { count, digest } = summaryOf(DIGEST.view(name))
      return { name, rows: count, digest }
    }),
    outputs: results('output').map(({ name, node }) => {
      const topic = outputTopic(plan, node)
      const ends = written.get(topic) ?? []
      const positions = { topic, positions: ends.map(String) }
      // Which changes there are depends on the commits: they are counted, and have no digest to compare.
      if (nodeOf(plan, node).kind === 'changes') return { name, rows: Number(sum(ends)), digest: null, ...positions }
      const { count, digest } = summaryOf(DIGEST.emitted(node))
      return { name, rows: count, digest, ...positions }
    }),
    cut: Object.fromEntries(sortedCut(progress.cut).map(([name, offset]) => [name, String(offset)])),
    sealed: progress.sealed,
    waiting: waitingOf(plan, progress, context),
    warnings: [...warnings, ...warningsOf(plan, progress, context)],
  }
}

const sum = (offsets: readonly bigint[]): bigint => offsets.reduce((a, b) => a + b, 0n)

/** The topic of an output or of changes. */
export function outputTopic(plan: Plan, id: string): string {
  const node = nodeOf(plan, id)
  return node.kind === 'output' || node.kind === 'changes' ? node.params.topic : ''
}
