// What changed between the plan that a state was computed by and the plan of a run.
//
// Promises: empty if and only if the state can be gone on from; names every view and output that differs, each once.

import type { Plan } from '../core/plan.ts'
import type { JobDocument } from './documents.ts'

/** One line for each difference, for people: `view "traffic" changed`. */
export function planChanges(stored: JobDocument, plan: Plan): readonly string[] {
  const changes = stored.job === plan.job ? [] : [`the job is "${plan.job}", the state is of "${stored.job}"`]
  const before = new Map(stored.results.map(r => [r.name, r]))
  for (const result of plan.results) {
    const old = before.get(result.name)
    before.delete(result.name)
    const what = `${result.kind} "${result.name}"`
    if (old === undefined) changes.push(`${what} is new`)
    else if (old.kind !== result.kind) changes.push(`${what} was ${old.kind === 'view' ? 'a view' : 'an output'}`)
    else if (old.hash !== result.hash) changes.push(`${what} changed`)
  }
  for (const old of before.values()) changes.push(`${old.kind} "${old.name}" is gone`)
  return changes
}
