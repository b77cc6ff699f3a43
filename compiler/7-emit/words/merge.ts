// Emitted code of `merge`: the element is passed on unchanged; its lineage says by which branch it came.

import type { PlanNode } from '../../../core/plan/plan.ts'
import type { ElementNames, Flow } from '../flow.ts'

export function mergeStep(flow: Flow, node: PlanNode, element: ElementNames, branch: number): string {
  return flow.behind(node.id, { ...element, lineage: branchLineage(element.lineage, branch) })
}

/** The lineage of an element behind a merge, as an expression. */
export function branchLineage(lineage: string, branch: number): string {
  return `new LineagePath(${lineage}, ${branch})`
}
