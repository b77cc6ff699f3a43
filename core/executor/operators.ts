// The nodes that an executor flushes, by kind: one exhaustive table.
//
// Promises: everything that a node needs of the executor is in `OperatorContext`. Leaves to one file per family: what the nodes do.

import type { Column } from '../aggregations/columns/column.ts'
import { makeColumn } from '../aggregations/columns/make-column.ts'
import { customAggregator } from '../aggregations/custom/custom-aggregator.ts'
import type { CustomAggregator } from '../aggregations/custom/custom-column.ts'
import type { Lineage, Linked } from '../emitted/emitted-module.ts'
import { makeEncoder } from '../encode/encoder.ts'
import { AggregateOperator } from '../operators/aggregate/aggregate.ts'
import { GroupTable } from '../operators/aggregate/group-table.ts'
import { TableRows } from '../operators/aggregate/group-table-sink.ts'
import { rowValueWriter } from '../operators/aggregate/row-value.ts'
import { ChangesOperator } from '../operators/changes/changes.ts'
import { makeDistinct } from '../operators/distinct/distinct.ts'
import { makeJoinTable } from '../operators/join-table/join-table.ts'
import { JoinTablesOperator } from '../operators/join-tables/join-tables.ts'
import { makeJoinWithin } from '../operators/join-within/join-within.ts'
import type { OperatorContext, OperatorPorts } from '../operators/operator-ports.ts'
import { OutputOperator } from '../operators/output/output.ts'
import { makeScan } from '../operators/scan/scan.ts'
import { SessionOperator } from '../operators/session/session.ts'
import { SessionTable } from '../operators/session/session-table.ts'
import { type NodeKind, type PlanNode, type PlanNodeOf, tableRoot, type WindowSpec } from '../plan/plan.ts'
import { TALLY } from '../state/tally.ts'
import { rowPlaces } from '../tables/row-place.ts'
import { RowEnds, type RowEndsOptions } from '../tables/row-sink.ts'
import { tableEnds, viewsOn } from '../tables/table-sink.ts'
import { framesOf } from '../time/frames.ts'

type Maker<K extends NodeKind> = (node: PlanNodeOf<K>, parts: OperatorContext) => OperatorPorts

/** Kinds without a line of work at flushing: elements and rows pass through them. */
const MAKERS: { readonly [K in NodeKind]: Maker<K> | null } = {
  aggregate: makeAggregate,
  changes: makeChanges,
  closed: null,
  distinct: makeDistinct,
  existing: null,
  filter: null,
  filterKeys: null,
  filterTable: null,
  flatMap: null,
  flatMapKeys: null,
  joinTable: makeJoinTable,
  joinTables: makeJoinTables,
  joinWithin: makeJoinWithin,
  keep: null,
  keyBy: null,
  lookup: null,
  map: null,
  mapTable: null,
  mapValues: null,
  merge: null,
  output: makeOutput,
  scan: makeScan,
  source: null,
}

/** Null for a node that has nothing to flush. */
export function makeOperator(node: PlanNode, parts: OperatorContext): OperatorPorts | null {
  const maker = MAKERS[node.kind] as Maker<NodeKind> | null
  return maker === null ? null : maker(node, parts)
}

function makeOutput(node: PlanNodeOf<'output'>, { lambdas, report, env, tally }: OperatorContext): OperatorPorts {
  const encode = makeEncoder(node.params.format, lambdas[node.id]?.encode)
  const buffer = new OutputOperator(node.id, node.params.partitions, encode, report, env, tally(TALLY.handed(node.id)))
  return { operator: buffer, output: buffer }
}

function makeChanges(node: PlanNodeOf<'changes'>, { plan, lambdas, env }: OperatorContext): OperatorPorts {
  const encode = makeEncoder(node.params.format, lambdas[node.id]?.encode)
  const { window } = tableRoot(plan, node.id).params
  const changelog = new ChangesOperator(node, rowPlaces(window), encode, env)
  return { operator: changelog, rows: changelog }
}

function makeJoinTables(node: PlanNodeOf<'joinTables'>, parts: OperatorContext): OperatorPorts {
  const { env, report } = parts
  const places = rowPlaces(node.params.window)
  const rows = new RowEnds({ ...outlets(node, parts), places, env, report })
  const joined = new JoinTablesOperator({ node, places, rows, env })
  return { operator: joined, rows: joined }
}

function makeAggregate(node: PlanNodeOf<'aggregate'>, parts: OperatorContext): OperatorPorts {
  const { window, fields, bare } = node.params
  if (window.kind === 'session') return makeSessions(node, window, parts)
  const { plan, lambdas, env, report } = parts
  const columns = columnsOf(node, parts)
  const frames = framesOf(window)
  const groups = new GroupTable(columns, frames !== null, viewsOn(plan, node.id, lambdas))
  const rows = new TableRows({
    groups,
    ...outlets(node, parts),
    writeValue: rowValueWriter(fields, bare, columns),
    present: presentOf(node, parts),
    frames,
    env,
    report,
  })
  return { operator: new AggregateOperator({ node, frames, groups, rows, env }), groups }
}

function makeSessions(node: PlanNodeOf<'aggregate'>, window: SessionWindow, parts: OperatorContext): OperatorPorts {
  const { env, report } = parts
  const sessions = new SessionTable(columnsOf(node, parts), window.gapMs)
  const rows = new RowEnds({ ...outlets(node, parts), places: rowPlaces(window), env, report })
  const present = presentOf(node, parts)
  return {
    operator: new SessionOperator({ node: node.id, gapMs: window.gapMs, sessions, rows, present, env }),
    groups: sessions,
  }
}

type SessionWindow = Extract<WindowSpec, { kind: 'session' }>

function columnsOf(node: PlanNodeOf<'aggregate'>, { lambdas, env, report }: OperatorContext): readonly Column[] {
  const identityOf = (lineage: Lineage): Uint8Array => report.identity(lineage)
  const own = (field: string): CustomAggregator => customAggregator(node, field, lambdas, env.siteOf)
  return node.params.fields.map(field => makeColumn(field, identityOf, own))
}

/** Who takes the rows of a node's table, and how closed ones are handed on. */
function outlets(
  { id }: PlanNode,
  { plan, lambdas, tally, linked, rows }: OperatorContext,
): Pick<RowEndsOptions, 'ends' | 'emit'> {
  return {
    ends: tableEnds(plan, id, lambdas, {
      view: name => tally(TALLY.view(name)),
      closed: closed => tally(TALLY.handed(closed)),
      rows: (node, branch) => (rowKey, stored) => rows(node).take(branch, rowKey, stored),
    }),
    emit: (closed, ...element) => linked().emit[closed]?.(...element),
  }
}

const presentOf =
  ({ id }: PlanNode, { linked }: OperatorContext): ((slot: number) => unknown) =>
  slot =>
    (linked().present[id] as Linked['present'][string])(slot)
