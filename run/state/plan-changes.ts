// What changed between the plan that a state was computed by and the plan of a run.
//
// Promises: empty if and only if the state can be continued; names every view and output that differs, each once. Equal
// hashes are not enough: a node that two views share is not the same as two equal nodes (semantics.md 3.1, 7.2), whose
// rows are separate.
// Not here: the steps that make the difference (explained-changes.ts), and what an upgrade makes of it
// (deployment/upgrade).

import type { Plan } from '../../core/plan/plan.ts'
import { type JobDocument, type ResultDocument, resultDocuments } from './documents.ts'

/** One line for each difference, for people: `view "traffic" changed`; `edited` adds why, for one that did. */
export function planChanges(
  stored: JobDocument,
  plan: Plan,
  edited: (result: ResultDocument) => string = () => '',
): readonly string[] {
  const changes = stored.job === plan.job ? [] : [`the job is "${plan.job}", the state is of "${stored.job}"`]
  const nameOf = ({ kind, name }: ResultDocument): string => `${kind} "${name}"`
  const before = new Map(stored.results.map(r => [nameOf(r), r]))
  for (const result of resultDocuments(plan)) {
    const what = nameOf(result)
    const old = before.get(what)
    before.delete(what)
    if (old === undefined) changes.push(`${what} is new`)
    else if (old.hash !== result.hash) changes.push(`${what} changed${edited(result)}`)
    else if (String(old.nodes) !== String(result.nodes)) {
      changes.push(`${what} is made of other nodes: what it shares with other results changed`)
    }
  }
  for (const what of before.keys()) changes.push(`${what} is gone`)
  return changes
}
