// Writes the changelogs of views anew whose topics hold the changes of another line of commits than the state has.
//
// Promises: the next commit writes every row of the view, and before them a record without value for each key of the
// topic that the view has not: afterwards the newest record of each key is the view's row. Memory is bounded by that of
// the sorters.

import type { JobExecutor } from '../core/executor/job-executor.ts'
import type { Changelog } from '../core/operators/operator-ports.ts'
import type { Plan, PlanNodeOf } from '../core/plan/plan.ts'
import type { RowSorter, StateAccess } from '../core/state/environment.ts'
import { RowCursor } from '../core/state/row-cursor.ts'
import { compareBytes } from '../core/values/bytes.ts'
import type { Outputs } from './outputs.ts'
import { storedRows } from './state/read-state.ts'

interface RepublishOptions {
  readonly plan: Plan
  readonly executor: JobExecutor
  readonly state: StateAccess
  readonly outputs: Outputs
  readonly newSorter: () => RowSorter
}

const NOTHING = new Uint8Array(0)

/** Whether the next commit writes any topic anew. */
export async function republish(options: RepublishOptions): Promise<boolean> {
  const topics = options.outputs.outdated
  for (const node of options.plan.nodes) {
    if (node.kind === 'changes' && topics.includes(node.params.topic)) await writeAnew(node, options)
  }
  return topics.length > 0
}

async function writeAnew(node: PlanNodeOf<'changes'>, options: RepublishOptions): Promise<void> {
  const { plan, executor, state, outputs, newSorter } = options
  const view = plan.results.find(r => r.kind === 'view' && r.node === node.inputs[0])?.name as string
  const changelog = executor.changelog(node.id)
  const [ours, theirs] = [newSorter(), newSorter()]
  try {
    for (const [rowKey, stored] of storedRows(state, plan, view)) {
      changelog.take(0, rowKey, stored)
      ours.add(changelog.keyOf(rowKey), NOTHING)
    }
    for await (const key of outputs.keysOf(node.params.topic)) theirs.add(changelog.encodedKey(key), NOTHING)
    writeOthersGone(changelog, new RowCursor(ours.sorted()), new RowCursor(theirs.sorted()))
  } finally {
    ours.dispose()
    theirs.dispose()
  }
}

/** Says that there are no rows of the keys that only the topic has. */
function writeOthersGone(changelog: Changelog, ours: RowCursor, theirs: RowCursor): void {
  for (let key = theirs.key; key !== undefined; theirs.advance(), key = theirs.key) {
    while (ours.key !== undefined && compareBytes(ours.key, key) < 0) ours.advance()
    if (!ours.isAt(key)) changelog.writeGone(key)
  }
  ours.stop()
}
