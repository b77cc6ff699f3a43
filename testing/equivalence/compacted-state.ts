// What of a job's result compaction can change between a state and the log that it is verified against.
//
// Promises: nothing but what semantics.md 3.8 and 3.9 say: of tables whose topics drop records the watermark and the
// dead letters; of joins with their past, and of all that stands behind those, everything.

import type { Plan, SourceNode } from '../../core/plan/plan.ts'
import { nodeOf } from '../../core/plan/plan-index.ts'
import type { JobResult } from '../../core/result/result.ts'

export interface Changeable {
  /** Source nodes of the tables. */
  readonly tables: ReadonlySet<string>
  /** Joins with their past, and the nodes behind those. */
  readonly joined: ReadonlySet<string>
}

/** `tables`: those whose topics drop records. */
export function changeableParts(plan: Plan, tables: readonly SourceNode[]): Changeable {
  const ids = new Set(tables.map(table => table.id))
  const joined = new Set<string>()
  for (const { id, kind, inputs } of plan.nodes) {
    const joins = kind === 'joinTable' && ids.has(inputs[1] as string)
    if (joins || inputs.some(input => joined.has(input))) joined.add(id)
  }
  return { tables: ids, joined }
}

/** The rest of a result, which must be equal. */
export function unchangeable(result: JobResult, plan: Plan, { tables, joined }: Changeable): JobResult {
  const gone = new Set(plan.results.filter(({ node }) => joined.has(node)).map(({ name }) => name))
  const stays = <V>(map: ReadonlyMap<string, V>, left: (name: string) => boolean): Map<string, V> =>
    new Map([...map].filter(([name]) => !left(name)))
  return {
    views: stays(result.views, name => gone.has(name)),
    outputs: stays(result.outputs, name => gone.has(name)),
    late: result.late,
    dead: result.dead.filter(({ node }) => !tables.has(node) && !joined.has(node)),
    emitted: stays(result.emitted, name => joined.has(name) || name === 'dead'),
    watermarks: stays(result.watermarks, name => tables.has(name)),
  }
}

/** Lines for people: which parts of a state are not compared, and why. */
export function changeableNotes(plan: Plan, { tables, joined }: Changeable): readonly string[] {
  const topics = [...tables].map(id => (nodeOf(plan, id) as SourceNode).params.topic)
  const results = plan.results.filter(({ node }) => joined.has(node)).map(({ kind, name }) => `${kind} ${name}`)
  const behind = results.length === 0 ? '' : `, nor ${results.join(', ')}, which a join with the past made`
  return [
    `compacted since the state read it, as far as can be told: ${[...new Set(topics)].join(', ')}`,
    `  of the state its watermarks and dead letters are not compared${behind}`,
  ]
}
