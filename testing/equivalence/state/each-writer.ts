// The outputs or changelogs of a job, each with the topic that a state writes and the one that batch has written again.

import type { PlanNodeOf } from '../../../core/plan/plan.ts'
import { nodeOf } from '../../../core/plan/plan-index.ts'
import { openLog } from '../../../logs/index.ts'
import type { Log } from '../../../logs/log.ts'
import type { WrittenOutputs } from '../../../run/state/written-outputs.ts'
import type { ComparedPart, ComparisonContext } from './comparison.ts'

export interface Writer<Kind extends 'output' | 'changes'> {
  readonly name: string
  readonly node: PlanNodeOf<Kind>
  /** What the topics hold. */
  readonly outputs: WrittenOutputs
  /** What they must hold. */
  readonly expected: Log
}

/** Compares each result of a kind; nothing where the job writes none. */
export async function comparedEach<Kind extends 'output' | 'changes'>(
  { plan, outputs, again }: ComparisonContext,
  kind: Kind,
  compare: (writer: Writer<Kind>) => Promise<ComparedPart>,
): Promise<readonly ComparedPart[]> {
  const results = plan.results.filter(({ node }) => nodeOf(plan, node).kind === kind)
  if (results.length === 0 || outputs === null) return []
  const expected = await openLog(again.out)
  try {
    const parts: ComparedPart[] = []
    for (const { name, node } of results) {
      parts.push(await compare({ name, node: nodeOf(plan, node) as PlanNodeOf<Kind>, outputs, expected }))
    }
    return parts
  } finally {
    await expected.close()
  }
}
