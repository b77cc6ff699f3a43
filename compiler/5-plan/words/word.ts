// What the plan asks of each word of the language.

import type { GraphNode } from '../../../core/plan/graph.ts'
import type { NodeKind } from '../../../core/plan/plan.ts'
import type { Uses } from '../../../core/plan/schema.ts'

export interface Word<K extends NodeKind> {
  /**
   * What the node needs of each input's value (a source: of its own), given what is needed of the value that it hands on. `lambda` gives
   * what the lambda of a slot uses of its first argument, null where the node has none.
   */
  readonly needs: (node: GraphNode<K>, lambda: (slot: string) => Uses | null, own: Uses) => Uses
}

/** Nothing of a value but that it is there. */
export const PRESENCE: Uses = Object.freeze({})
