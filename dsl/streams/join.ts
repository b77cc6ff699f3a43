// The nodes of `lookup`, `joinWithin` and `joinTables`.
//
// Promises: arguments that types would refuse are refused here too, in a sentence. Leaves to `pipeline.ts`: the methods.

import type { GraphLambda, GraphNode } from '../../core/plan/graph.ts'
import type { WindowSpec } from '../../core/plan/plan.ts'
import { compareValues } from '../../core/values/canonical.ts'
import { durationMs } from '../duration.ts'
import { type Call, wordFor } from '../node.ts'
import { snapshotParts } from '../sources/snapshot.ts'
import type { JoinType } from './joined.ts'

/** `keyed`: whether the stream has a key, which stands for one that the options leave out. */
export function lookupNode(call: Call, input: GraphNode, keyed: boolean): GraphNode<'lookup'> {
  const parts = snapshotParts(call.args[0], call)
  if (parts === null) call.fail('bad-argument', `lookup() takes a snapshot(...), got ${wordFor(call.args[0])}.`)
  const { key, type } = call.options(call.args[1], ['key', 'type'], 'lookup()')
  if (key === undefined && !keyed) {
    call.fail('not-keyed', 'lookup() on an unkeyed stream needs a key: lookup(data, { key: v => v.country }).')
  }
  const lambdas: Record<string, GraphLambda> = { rows: parts.rows }
  if (key !== undefined) lambdas.key = call.lambda(key, 'key', 'the key of lookup()')
  const params = { type: joinType(call, type, ['inner', 'left'], 'lookup()'), snapshot: parts.hash }
  return call.node('lookup', [input], params, lambdas)
}

export function joinWithinNode(call: Call, left: GraphNode, right: GraphNode): GraphNode<'joinWithin'> {
  const { before, after, type } = call.options(call.args[1], ['before', 'after', 'type'], 'joinWithin()')
  const bound = (name: string, value: unknown): number => {
    if (value === undefined) {
      const example = "joinWithin(other, { before: '5m', after: '0s' })"
      call.fail(
        'bad-option',
        `joinWithin() needs the bound ${name}, as in ${example}: without it nothing could be forgotten.`,
      )
    }
    return durationMs(value, `the bound ${name} of joinWithin()`, call.callId)
  }
  const params = {
    beforeMs: bound('before', before),
    afterMs: bound('after', after),
    type: joinType(call, type, ['inner', 'left', 'right', 'full'], 'joinWithin()'),
  }
  return call.node('joinWithin', [left, right], params)
}

/** The windows of two tables must be the same, and of a kind whose rows keep their place. */
export function joinTablesNode(call: Call, left: GraphNode, right: GraphNode): GraphNode<'joinTables'> {
  const { type } = call.options(call.args[1], ['type'], 'joinTables()')
  const window = tableWindow(left)
  const other = tableWindow(right)
  if (window.kind === 'session' || other.kind === 'session') {
    call.fail(
      'bad-window',
      'joinTables() joins no tables over sessions, whose rows move as elements come: use closed() and joinWithin().',
    )
  }
  if (compareValues(window, other) !== 0) {
    call.fail(
      'bad-window',
      'joinTables() takes tables with the same windows, or both without: size, step, offset and zone must be equal.',
    )
  }
  const params = { type: joinType(call, type, ['inner', 'left', 'full'], 'joinTables()'), window }
  return call.node('joinTables', [left, right], params)
}

/** The windows of the table that a table node stands on. */
export function tableWindow(table: GraphNode): WindowSpec {
  let node: GraphNode | undefined = table
  while (node !== undefined) {
    if (node.kind === 'aggregate') return (node as GraphNode<'aggregate'>).params.window
    if (node.kind === 'joinTables') return (node as GraphNode<'joinTables'>).params.window
    node = node.inputs[0]
  }
  throw new Error('lyrebird invariant broken: a table without a root')
}

/** The type of a join, `inner` where none is given. */
export function joinType<Type extends JoinType>(
  call: Call,
  type: unknown,
  types: readonly ('inner' | Type)[],
  what: string,
): 'inner' | Type {
  const given = types.find(t => t === (type ?? 'inner'))
  return given ?? call.fail('bad-option', `the type of ${what} is ${types.join(', ')}; got ${wordFor(type)}.`)
}
