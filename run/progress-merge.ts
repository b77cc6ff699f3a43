// Takes over the progress of some partitions from the executor that read them.

import type { Progress } from '../core/executor/progress.ts'
import { splitPartition } from '../core/log/cut.ts'
import type { Plan } from '../core/plan/plan.ts'
import { sourceNodes } from './reading/bind-log.ts'

/** Copies positions, last records, event times and time marks of the named partitions. */
export function takeProgress(into: Progress, from: Progress, plan: Plan, names: Iterable<string>): void {
  for (const name of names) {
    const position = from.cut.get(name)
    if (position !== undefined) into.cut.set(name, position)
    const last = from.last.get(name)
    if (last !== undefined) into.last.set(name, last)
    into.marks.take(from.marks, name)
    for (const source of sourceNodes(plan)) {
      if (source.params.topic !== splitPartition(name).topic) continue
      into.sourcePartition(source.id, name).take(from.sourcePartition(source.id, name))
    }
  }
}
