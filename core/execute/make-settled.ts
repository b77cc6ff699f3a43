// The nodes that a machine settles, by kind: one exhaustive table.
//
// Promises: everything that a node needs of the machine is in `Parts`. Leaves to one file per family: what the nodes do.

import { makeEncoder } from '../encode/encoder.ts'
import { makeColumn } from '../fold/make-column.ts'
import type { Lambdas, NodeKind, Plan, PlanNode, PlanNodeOf } from '../plan.ts'
import { Aggregates } from './aggregates.ts'
import type { GroupAccess, Inlet, Linked, Origin, OutputAccess } from './contract.ts'
import type { Environment } from './environment.ts'
import { GroupTable } from './group-table.ts'
import { OutputBuffer } from './output-buffer.ts'
import type { Recorder } from './recorder.ts'
import { rowValueWriter } from './row-value.ts'
import type { SettledNode } from './settled.ts'
import { tableEnds, viewsOn } from './table-ends.ts'
import { TableRows } from './table-rows.ts'
import { TALLY, type Tally } from './tally.ts'

/** What nodes need of their machine. */
export interface Parts {
  readonly plan: Plan
  readonly lambdas: Lambdas
  readonly env: Environment
  readonly report: Recorder
  tally(name: string): Tally
  /** The emitted functions. They are linked after all nodes have been made. */
  linked(): Linked
}

/** A node as the machine sees it, and as emitted code does. */
export interface Made {
  readonly settled: SettledNode
  readonly groups?: GroupAccess & { readonly size: number; endChunk(): void }
  readonly inlet?: Inlet
  readonly output?: OutputAccess
}

type Maker<K extends NodeKind> = (node: PlanNodeOf<K>, parts: Parts) => Made

/** Kinds without a line of work at settling: elements and rows pass through them. */
const MAKERS: { readonly [K in NodeKind]: Maker<K> | null } = {
  aggregate: makeAggregate,
  closed: null,
  filter: null,
  filterKeys: null,
  filterTable: null,
  flatMap: null,
  flatMapKeys: null,
  keep: null,
  keyBy: null,
  map: null,
  mapTable: null,
  mapValues: null,
  merge: null,
  output: makeOutput,
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

function makeAggregate(node: PlanNodeOf<'aggregate'>, { plan, lambdas, env, report, tally, linked }: Parts): Made {
  const { window, fields, bare } = node.params
  const identityOf = (origin: Origin): Uint8Array => report.identity(origin)
  const columns = fields.map(field => makeColumn(field, identityOf))
  const groups = new GroupTable(columns, window.kind !== 'global', viewsOn(plan, node.id, lambdas))
  const rows = new TableRows({
    groups,
    ends: tableEnds(plan, node.id, lambdas, {
      view: name => tally(TALLY.view(name)),
      closed: closed => tally(TALLY.handed(closed)),
    }),
    writeValue: rowValueWriter(fields, bare, columns),
    present: slot => (linked().present[node.id] as Linked['present'][string])(slot),
    handOn: (closed, ...element) => linked().handOn[closed]?.(...element),
    size: window.kind === 'global' ? null : window.sizeMs,
    env,
    report,
  })
  return { settled: new Aggregates({ node, groups, rows, env }), groups }
}
