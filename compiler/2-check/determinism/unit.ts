// What the check for determinism knows about one piece of code.

import type { ts } from '../../1-read/syntax.ts'
import type { Message } from '../../diagnostic.ts'
import type { Origins } from './origins.ts'

/**
 * `record`: runs for records. `load`: runs once, while the module is loaded. `value`: ran when the module was loaded,
 * but functions inside it may be called for records.
 */
export type Mode = 'record' | 'load' | 'value'

export interface Finding {
  readonly message: Message
  readonly node: ts.Node
  /** The place in a helper that does it, if `node` is where the helper is given what it changes. */
  readonly deeper: ts.Node | null
}

/** A way from this code to other code. */
export interface Edge {
  readonly to: ts.Node
  readonly mode: Mode
  readonly at: ts.Node
}

export interface UnitFacts {
  readonly findings: readonly Finding[]
  readonly edges: readonly Edge[]
  /** Where it changes its parameters, by index, and `this`. */
  readonly changes: ReadonlyMap<number | 'this', ts.Node>
  /** Where the objects that it returns come from. */
  readonly returns: Origins
}

export const NO_FACTS: UnitFacts = { findings: [], edges: [], changes: new Map(), returns: [] }
