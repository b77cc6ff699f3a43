// The changes between two plans with their reasons, down to the lambda. Loaded only where a plan has changed.

import type { Plan } from '../../core/plan/plan.ts'
import type { JobDocument, ResultDocument } from './documents.ts'
import { nodeDifferences } from './node-difference.ts'
import { planChanges } from './plan-changes.ts'

/** Reasons that are told of one result. */
const REASONS_MAX = 6

/** `view "traffic" changed: the lambda in filter (job.ts:7:11) was edited`. `before`: the plan of the state. */
export function explainedChanges(stored: JobDocument, plan: Plan, before: Plan | null): readonly string[] {
  return planChanges(stored, plan, result => reasonsText(result, plan, before))
}

function reasonsText({ kind, name }: ResultDocument, now: Plan, before: Plan | null): string {
  const [is, was] = [now, before].map(plan => plan?.results.find(r => r.kind === kind && r.name === name))
  if (before === null || is === undefined || was === undefined) return ''
  const reasons = nodeDifferences({ before, now }, was.node, is.node)
  if (reasons.length === 0) return ''
  const more = reasons.length - REASONS_MAX
  return `: ${reasons.slice(0, REASONS_MAX).join(', ')}${more > 0 ? `, and ${more} more` : ''}`
}
