// What each word needs of the value that it gets: used fields, by the rules that the registry of words names.
//
// Promises: never less than what is used; `true` where the whole value is emitted, kept or written.

import { AGGREGATIONS, type AggregationSpec } from '../../core/plan/aggregation-spec.ts'
import type { GraphNode } from '../../core/plan/graph.ts'
import type { NodeKind } from '../../core/plan/plan.ts'
import { joinUses, type Uses } from '../../core/plan/schema.ts'
import { type KindsWith, type NeedsRule, WORDS } from '../../core/plan/words.ts'

/** What the lambda of a slot uses of its first argument; null where the node has no such lambda. */
type LambdaUses = (slot: string) => Uses | null

/**
 * What a node needs of each input's value (a source: of its own). `own` is what is needed of the value that it emits.
 */
type Needs<K extends NodeKind> = (node: GraphNode<K>, lambda: LambdaUses, own: Uses) => Uses

/** Only the presence of a value. */
const PRESENCE: Uses = Object.freeze({})

/** By the names that the registry of words gives them. */
const NEEDS: { readonly [Rule in NeedsRule]: Needs<KindsWith<'needs', Rule>> } = {
  source: sourceNeeds,
  aggregations: aggregateNeeds,
  // Another value is emitted: of the input only what the lambda uses is needed.
  lambda: (_, lambda) => lambda('fn') ?? PRESENCE,
  // The same value is emitted: what is needed of it behind the step is needed here too.
  'lambda and value': (_, lambda, own) => joinUses(own, lambda('fn') ?? PRESENCE),
  // The lambda, if any, sees the key and never the value.
  value: (_node, _lambda, own) => own,
  // The value is emitted as the `left` of a pair; the right side comes from no source.
  'left and key': (_, lambda, own) => joinUses(own === true ? true : (own.left ?? PRESENCE), lambda('key') ?? PRESENCE),
  // Held, written or emitted as a whole.
  'whole value': () => true,
  // Rows of tables hold no value of a source.
  presence: () => PRESENCE,
}

export function needsOf(node: GraphNode, lambda: LambdaUses, own: Uses): Uses {
  return (NEEDS[WORDS[node.kind].needs] as Needs<NodeKind>)(node, lambda, own)
}

/** Strings and bytes have no parts that a decoder could leave out. */
function sourceNeeds(node: GraphNode<'source'>, lambda: LambdaUses, own: Uses): Uses {
  const { kind } = node.params.format
  if (kind === 'lines' || kind === 'bytes') return true
  return [own, lambda('time') ?? PRESENCE, lambda('key') ?? PRESENCE].reduce(joinUses)
}

/**
 * A row is made of what the lambdas give. An aggregation without a lambda takes the value as a whole, `count` nothing.
 */
function aggregateNeeds(node: GraphNode<'aggregate'>, lambda: LambdaUses): Uses {
  const ofField = ({ name, kind }: AggregationSpec): Uses => {
    // An author's aggregation without `of` lifts the value itself.
    const of =
      lambda(`${name}.of`) ?? lambda(`${name}.lift`) ?? (AGGREGATIONS[kind].takes.of === 'nothing' ? PRESENCE : true)
    return joinUses(of, lambda(`${name}.by`) ?? PRESENCE)
  }
  return node.params.fields.map(ofField).reduce(joinUses, PRESENCE)
}
