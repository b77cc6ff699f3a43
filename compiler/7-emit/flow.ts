// What the emitters share: the graph seen from its inputs, and the names of the current element in emitted code.

import type { Plan, PlanNode } from '../../core/plan/plan.ts'

/** A text that may lie in the kernel's memory and need no string: JavaScript expressions. */
export interface PlacedText {
  /** True where it does. */
  readonly test: string
  /** Its column; it is that of record `j`. */
  readonly cells: string
}

/** A value whose canonical bytes the kernel writes: JavaScript expressions. */
interface PackedValue {
  /** True where it does. */
  readonly test: string
  /** The bytes. */
  readonly bytes: string
}

/** Statements that write a key; `writer` is the name of a `KeyAccess`. */
export type WriteKey = (flow: Flow, writer: string) => string

/** The JavaScript expression of a part of a value by its path; undefined where it has no variable of its own. */
type PartNames = (path: readonly string[]) => string | undefined

/**
 * JavaScript expressions for the parts of an element. All may be repeated; the lineage may build an object each time.
 */
export interface ElementNames {
  readonly value: string
  readonly time: string
  readonly key: string
  /** `true`, `false`, or the name of a variable where streams of both kinds were merged. */
  readonly keyed: string
  readonly lineage: string
  /** Parts of the value that have variables of their own, so that the value need not be made for them. */
  readonly parts?: PartNames
  /** Parts of the value that are texts with a place. */
  readonly texts?: (path: readonly string[]) => PlacedText | undefined
  /** Whether a part has a variable that is never undefined. */
  readonly sure?: (path: readonly string[]) => boolean
  /** Of the value, as long as it is that of a record. */
  readonly packed?: PackedValue
  /** Of a key that is such a text. */
  readonly keyText?: PlacedText
  /** Of a key that is written by its parts where nobody has made it. */
  readonly keyParts?: { readonly test: string; readonly write: WriteKey }
  /** Of a version of a table's topic: the time from which joins see it (semantics.md 3.9), but for its key's past. */
  readonly asOf?: string
}

/** The element with another value, of whose parts nothing is known. */
export function withValue(element: ElementNames, value: string): ElementNames {
  const { parts: _, texts: __, sure: ___, packed: ____, ...rest } = element
  return { ...rest, value }
}

/** The element with another key, which has no place. */
export function withKey(element: ElementNames, key: string): ElementNames {
  const { keyText: _, keyParts: __, ...rest } = element
  return { ...rest, key }
}

export interface Flow {
  readonly plan: Plan
  /** The nodes that take what a node emits, each with the number of the input that takes it. */
  consumers(id: string): readonly Consumer[]
  /** Statements that give an element to everything behind a node. */
  behind(id: string, element: ElementNames): string
  /** The name under which a node's lambda is bound; undefined where it has none. */
  lambda(node: PlanNode, slot: string): string | undefined
  /** A name that occurs once. */
  fresh(prefix: string): string
  /** Adds statements that run once at linking. */
  setup(statements: string): void
}

export interface Consumer {
  readonly node: PlanNode
  readonly branch: number
}

/** The consumers of each node, in the order of the nodes, then of their inputs. */
export function consumersOf(plan: Plan): ReadonlyMap<string, readonly Consumer[]> {
  const consumers = new Map<string, Consumer[]>(plan.nodes.map(n => [n.id, []]))
  for (const node of plan.nodes) {
    node.inputs.forEach((input, branch) => {
      consumers.get(input)?.push({ node, branch })
    })
  }
  return consumers
}
