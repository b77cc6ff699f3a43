// What changed between the plan that a state was computed by and the plan of a run.
//
// Promises: empty if and only if the state can be gone on from; names every view and output that differs, each once.

import type { Plan } from '../core/plan.ts'
import type { JobDocument } from './documents.ts'

/** One line for each difference, for people: `view "traffic" changed`. */
export function planChanges(stored: JobDocument, plan: Plan): readonly string[] {
  const changes = stored.job === plan.job ? [] : [`the job is "${plan.job}", the state is of "${stored.job}"`]
  const before = new Map(stored.results.map(r => [`${r.kind} "${r.name}"`, r.hash]))
  for (const { kind, name, hash } of plan.results) {
    const what = `${kind} "${name}"`
    const old = before.get(what)
    before.delete(what)
    if (old === undefined) changes.push(`${what} is new`)
    else if (old !== hash) changes.push(`${what} changed`)
  }
  for (const what of before.keys()) changes.push(`${what} is gone`)
  return changes
}
