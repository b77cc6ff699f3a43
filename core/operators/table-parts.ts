// What operators that make a table have in common: the columns of an aggregation, and the options of the table sink.

import type { Column } from '../aggregations/columns/column.ts'
import { makeColumn } from '../aggregations/columns/make-column.ts'
import { customAggregator } from '../aggregations/custom/custom-aggregator.ts'
import type { CustomAggregator } from '../aggregations/custom/custom-column.ts'
import type { Lineage, Linked } from '../emitted/emitted-module.ts'
import { Regions } from '../kernel/regions.ts'
import type { PlanNode, PlanNodeOf, WindowSpec } from '../plan/plan.ts'
import { DIGEST } from '../state/digests.ts'
import { tableConsumers } from '../tables/consumers.ts'
import { rowPlaces } from '../tables/row-place.ts'
import type { TableSinkOptions } from '../tables/table-sink.ts'
import type { OperatorContext } from './operator-ports.ts'

/** In the order of the node's fields. */
export function columnsOf(
  node: PlanNodeOf<'aggregate'>,
  { lambdas, env, report, kernel }: OperatorContext,
): readonly Column[] {
  const lineages = {
    identityOf: (lineage: Lineage) => report.identity(lineage),
    positionOf: (lineage: Lineage) => report.position(lineage as number),
  }
  const own = (field: string): CustomAggregator => customAggregator(node, field, lambdas, env.siteOf)
  const arrays = new Regions(kernel().memory)
  return node.params.fields.map(field => makeColumn(field, lineages, own, arrays))
}

/** The value of a slot's row, by the emitted function. */
export const presentOf =
  ({ id }: PlanNode, { linked }: OperatorContext): ((slot: number) => unknown) =>
  slot =>
    (linked().present[id] as Linked['present'][string])(slot)

/** The options of the sink of a node's table. */
export function sinkOptions(
  { id }: PlanNode,
  window: WindowSpec,
  { plan, lambdas, env, report, digest, linked, rows }: OperatorContext,
): TableSinkOptions {
  return {
    env,
    report,
    places: rowPlaces(window),
    consumers: tableConsumers(plan, id, lambdas, {
      view: name => digest(DIGEST.view(name)),
      closed: closed => digest(DIGEST.emitted(closed)),
      byWindow: env.viewsByWindow === true,
      rows: (node, branch) => (rowKey, stored) => rows(node).take(branch, rowKey, stored),
    }),
    emit: (closed, ...element) => linked().emit[closed]?.(...element),
  }
}
