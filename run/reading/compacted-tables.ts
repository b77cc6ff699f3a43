// Tables of topics that drop records: which ones a job reads, and what its joins can still find of the past.
//
// Promises: a warning for each join that can miss a version which its elements ask for, with what holds.
// Not here: the rows of such a table, which stay the same (semantics.md 3.8), and streams of such a topic, which are
// refused (`bind-log.ts`).

import type { Plan, PlanNodeOf, SourceNode } from '../../core/plan/plan.ts'
import { nodeOf, sourcesOf } from '../../core/plan/plan-index.ts'
import type { Log } from '../../logs/log.ts'
import { sourceNodes } from './bind-log.ts'

/** Tables of compacted topics, in the order of the plan. */
export async function compactedTables(log: Log, plan: Plan): Promise<readonly SourceNode[]> {
  const tables = sourceNodes(plan).filter(source => source.params.upserts)
  const compacted = await Promise.all(tables.map(table => log.compacted?.(table.params.topic)))
  return tables.filter((_, i) => compacted[i] === true)
}

/**
 * What holds for each join with the past of a compacted topic. `fresh`: the run reads the topics from their start, and
 * so elements of any age.
 */
export async function compactionWarnings(log: Log, plan: Plan, fresh: boolean): Promise<readonly string[]> {
  const joins = plan.nodes.filter((node): node is PlanNodeOf<'joinTable'> => node.kind === 'joinTable')
  if (joins.length === 0) return []
  const compacted = new Set(await compactedTables(log, plan))
  const warnings: string[] = []
  for (const join of joins) {
    const [left, versions] = join.inputs as [string, string]
    const table = nodeOf(plan, versions)
    if (table.kind !== 'source' || !compacted.has(table)) continue
    const lagMs = (await log.compactionLagMs?.(table.params.topic)) ?? 0
    const disorderMs = Math.max(0, ...sourcesOf(plan, left).map(source => source.params.disorderMs))
    const warning = warningOf(join, table, lagMs, disorderMs, fresh)
    if (warning !== null) warnings.push(warning)
  }
  return warnings
}

function warningOf(
  join: PlanNodeOf<'joinTable'>,
  { params: { topic } }: SourceNode,
  lagMs: number,
  disorderMs: number,
  fresh: boolean,
): string | null {
  const kept = `topic ${topic} is compacted and keeps a replaced version for ${lagMs} ms (min.compaction.lag.ms)`
  const where = `joinTable${join.at === null ? '' : ` at ${join.at}`}`
  if (lagMs < disorderMs) {
    return `${kept}, less than the ${disorderMs} ms of disorder on the left of ${where}: late elements can find no version where there was one; set min.compaction.lag.ms to ${disorderMs} or more`
  }
  if (!fresh) return null
  return `${kept}, which covers the disorder on the left of ${where} (${disorderMs} ms): elements that are older when they are read can find no version where there was one`
}
