// Every word of the language by the kind of its node: a new kind that is missing here is a type error.

import type { GraphNode } from '../../../core/plan/graph.ts'
import type { NodeKind } from '../../../core/plan/plan.ts'
import { aggregate } from './aggregate.ts'
import { joinWithin, lookup } from './joins.ts'
import { distinct, joinTable, scan } from './ordered.ts'
import { output } from './output.ts'
import { source } from './source.ts'
import { filter, flatMap, keyBy, map, mapValues, merge } from './steps.ts'
import { filterKeys, flatMapKeys } from './steps-on-keys.ts'
import { changes, closed, existing, filterTable, joinTables, keep, mapTable } from './table.ts'
import type { Word } from './word.ts'

const WORDS: { readonly [K in NodeKind]: Word<K> } = {
  aggregate,
  changes,
  closed,
  distinct,
  existing,
  filter,
  filterKeys,
  filterTable,
  flatMap,
  flatMapKeys,
  joinTable,
  joinTables,
  joinWithin,
  keep,
  keyBy,
  lookup,
  map,
  mapTable,
  mapValues,
  merge,
  output,
  scan,
  source,
}

/** The word that made a node. */
export function wordOf<K extends NodeKind>(node: GraphNode<K>): Word<K> {
  return WORDS[node.kind]
}
