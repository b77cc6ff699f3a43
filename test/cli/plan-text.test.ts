// What `explain` says of the windows of a plan.

import { expect, test } from 'vitest'
import { planLines } from '../../cli/output/plan-text.ts'
import type { WindowSpec } from '../../core/plan/plan.ts'
import { calendar, GLOBAL, hopping, PlanBuilder, session, tumbling } from '../support/jobs/graph-plan.ts'

const CASES: readonly (readonly [WindowSpec, string])[] = [
  [GLOBAL, 'aggregate count per key  from #2'],
  [tumbling(3_600_000, 60_000), 'aggregate count per key and window of 1h, shifted by 1m'],
  [hopping(3_600_000, 90_000), 'aggregate count per key and window of 1h every 90s'],
  [session(1_800_000), 'aggregate count per key and session with gaps of up to 30m'],
  [calendar('week', 'Europe/Berlin'), 'aggregate count per key and week of Europe/Berlin'],
]

test.each(CASES)('%o', (window, text) => {
  const plan = new PlanBuilder()
  plan.view(
    'v',
    plan.bare(
      plan.keyBy(plan.source('a'), () => 0),
      window,
      { kind: 'count' },
    ),
  )
  expect(planLines(plan.program().plan).join('\n')).toContain(text)
})
