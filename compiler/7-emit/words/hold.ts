// Emitted code of the words whose operator takes the element whole: `scan`, `distinct`, `joinTable`, `joinWithin`.
// Their operators are in `core/operators`.

import type { PlanNode } from '../../../core/plan/plan.ts'
import { text } from '../code.ts'
import type { ElementNames, Flow } from '../flow.ts'

/**
 * An element that goes into a node which holds it; `by` is an expression for the result of its `by` lambda. A version
 * of a table's topic goes in at the time from which joins see it, with its own time as `by`.
 */
export function holdStep(flow: Flow, node: PlanNode, element: ElementNames, branch: number, by?: string): string {
  const { key, value, time, lineage, asOf, packed } = element
  const inlet = flow.fresh('inlet')
  flow.setup(`const ${inlet} = target.inlets[${text(node.id)}]`)
  if (asOf !== undefined) return `${inlet}.add(${[branch, key, value, asOf, lineage, time].join(', ')})`
  const add = (method: string, held: string): string =>
    `${inlet}.${method}(${[branch, key, held, time, lineage, ...(by === undefined ? [] : [by])].join(', ')})`
  if (packed === undefined || by === value) return add('add', value)
  return `if (${packed.test}) ${add('addPacked', packed.bytes)}\nelse ${add('add', value)}`
}
