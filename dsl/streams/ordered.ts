// The nodes of the words that take elements in the order of time: scan, distinct, dedupe, toTable, joinTable.
//
// Promises: arguments that types would refuse are refused here too, in a sentence. Leaves to `pipeline.ts`: the methods.

import type { GraphNode } from '../../core/plan/graph.ts'
import { bytesToHex } from '../../core/values/bytes.ts'
import { canonicalBytes, Unencodable } from '../../core/values/canonical.ts'
import { durationMs } from '../duration.ts'
import type { Call } from '../node.ts'
import { joinType } from './join.ts'

export function scanNode(call: Call, input: GraphNode): GraphNode<'scan'> {
  const [zero, step] = call.args
  return call.node('scan', [input], { zero: zeroOf(call, zero) }, { fn: call.lambda(step, 'fn', 'scan()') })
}

function zeroOf(call: Call, zero: unknown): string {
  try {
    return bytesToHex(canonicalBytes(zero))
  } catch (error) {
    if (!(error instanceof Unencodable)) throw error
    return call.fail('bad-argument', `the zero of scan() is plain data: ${error.reason}.`)
  }
}

export function distinctNode(call: Call, input: GraphNode): GraphNode<'distinct'> {
  const by = call.args[0]
  const lambdas = by === undefined ? {} : { by: call.lambda(by, 'by', 'distinct()') }
  return call.node('distinct', [input], { withinMs: null }, lambdas)
}

export function dedupeNode(call: Call, input: GraphNode): GraphNode<'distinct'> {
  const by = call.lambda(call.args[0], 'by', 'dedupe()')
  const withinMs = durationMs(call.args[1], 'the time of dedupe()', call.callId)
  return call.node('distinct', [input], { withinMs }, { by })
}

/** The newest version of each key, as the node of a table. */
export function newestNode(call: Call, versions: GraphNode): GraphNode<'existing'> {
  const fields = [{ name: 'last', kind: 'last' as const }]
  const newest = call.node('aggregate', [versions], { window: { kind: 'global' }, fields, bare: true })
  return call.node('existing', [newest], {})
}

export function joinTableNode(call: Call, left: GraphNode, versions: GraphNode): GraphNode<'joinTable'> {
  const { type } = call.options(call.args[1], ['type'], 'joinTable()')
  return call.node('joinTable', [left, versions], { type: joinType(call, type, ['inner', 'left'], 'joinTable()') })
}
