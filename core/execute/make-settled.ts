// The nodes that a machine settles, by kind: one exhaustive table.
//
// Promises: everything that a node needs of the machine is in `Parts`. Leaves to one file per family: what the nodes do.

import { makeEncoder } from '../encode/encoder.ts'
import type { Column } from '../fold/column.ts'
import type { OwnFold } from '../fold/custom.ts'
import { makeColumn } from '../fold/make-column.ts'
import { framesOf } from '../frames.ts'
import { type NodeKind, type PlanNode, type PlanNodeOf, tableRoot, type WindowSpec } from '../plan.ts'
import { rowPlaces } from '../row-place.ts'
import { Aggregates } from './aggregates.ts'
import { Changelog } from './changelog.ts'
import type { Linked, Origin } from './contract.ts'
import { GroupTable } from './group-table.ts'
import { JoinedTables } from './join/join-tables.ts'
import { makeJoinWithin } from './join/join-within.ts'
import type { Made, Parts } from './made.ts'
import { makeDistinct } from './ordered/distinct-node.ts'
import { makeJoinTable } from './ordered/join-table-node.ts'
import { makeScan } from './ordered/scan-node.ts'
import { OutputBuffer } from './output-buffer.ts'
import { ownFold } from './own-fold.ts'
import { RowEnds, type RowEndsOptions } from './row-ends.ts'
import { rowValueWriter } from './row-value.ts'
import { SessionTable } from './session-table.ts'
import { Sessions } from './sessions.ts'
import { tableEnds, viewsOn } from './table-ends.ts'
import { TableRows } from './table-rows.ts'
import { TALLY } from './tally.ts'

type Maker<K extends NodeKind> = (node: PlanNodeOf<K>, parts: Parts) => Made

/** Kinds without a line of work at settling: elements and rows pass through them. */
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

/** Null for a node that has nothing to settle. */
export function makeSettled(node: PlanNode, parts: Parts): Made | null {
  const maker = MAKERS[node.kind] as Maker<NodeKind> | null
  return maker === null ? null : maker(node, parts)
}

function makeOutput(node: PlanNodeOf<'output'>, { lambdas, report, env, tally }: Parts): Made {
  const encode = makeEncoder(node.params.format, lambdas[node.id]?.encode)
  const buffer = new OutputBuffer(node.id, node.params.partitions, encode, report, env, tally(TALLY.handed(node.id)))
  return { settled: buffer, output: buffer }
}

function makeChanges(node: PlanNodeOf<'changes'>, { plan, lambdas, env }: Parts): Made {
  const encode = makeEncoder(node.params.format, lambdas[node.id]?.encode)
  const { window } = tableRoot(plan, node.id).params
  const changelog = new Changelog(node, rowPlaces(window), encode, env)
  return { settled: changelog, rows: changelog }
}

function makeJoinTables(node: PlanNodeOf<'joinTables'>, parts: Parts): Made {
  const { env, report } = parts
  const places = rowPlaces(node.params.window)
  const rows = new RowEnds({ ...outlets(node, parts), places, env, report })
  const joined = new JoinedTables({ node, places, rows, env })
  return { settled: joined, rows: joined }
}

function makeAggregate(node: PlanNodeOf<'aggregate'>, parts: Parts): Made {
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
  return { settled: new Aggregates({ node, frames, groups, rows, env }), groups }
}

function makeSessions(node: PlanNodeOf<'aggregate'>, window: SessionWindow, parts: Parts): Made {
  const { env, report } = parts
  const sessions = new SessionTable(columnsOf(node, parts), window.gapMs)
  const rows = new RowEnds({ ...outlets(node, parts), places: rowPlaces(window), env, report })
  const present = presentOf(node, parts)
  return {
    settled: new Sessions({ node: node.id, gapMs: window.gapMs, sessions, rows, present, env }),
    groups: sessions,
  }
}

type SessionWindow = Extract<WindowSpec, { kind: 'session' }>

function columnsOf(node: PlanNodeOf<'aggregate'>, { lambdas, env, report }: Parts): readonly Column[] {
  const identityOf = (origin: Origin): Uint8Array => report.identity(origin)
  const own = (field: string): OwnFold => ownFold(node, field, lambdas, env.siteOf)
  return node.params.fields.map(field => makeColumn(field, identityOf, own))
}

/** Who takes the rows of a node's table, and how closed ones are handed on. */
function outlets(
  { id }: PlanNode,
  { plan, lambdas, tally, linked, rows }: Parts,
): Pick<RowEndsOptions, 'ends' | 'handOn'> {
  return {
    ends: tableEnds(plan, id, lambdas, {
      view: name => tally(TALLY.view(name)),
      closed: closed => tally(TALLY.handed(closed)),
      rows: (node, branch) => (rowKey, stored) => rows(node).take(branch, rowKey, stored),
    }),
    handOn: (closed, ...element) => linked().handOn[closed]?.(...element),
  }
}

const presentOf =
  ({ id }: PlanNode, { linked }: Parts): ((slot: number) => unknown) =>
  slot =>
    (linked().present[id] as Linked['present'][string])(slot)
