// The operator of an `aggregate` node: over sessions it is that of sessions.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { sharesState } from '../../plan/shares-state.ts'
import { viewsOn } from '../../tables/consumers.ts'
import { framesOf } from '../../time/frames.ts'
import type { OperatorContext, OperatorPorts } from '../operator-ports.ts'
import { makeSession } from '../session/session.ts'
import { columnsOf, presentOf, sinkOptions } from '../table-parts.ts'
import { AggregateOperator } from './aggregate.ts'
import { sizeCheck } from './group-size.ts'
import { GroupTable } from './group-table.ts'
import { GroupTableSink } from './group-table-sink.ts'
import { RowValue } from './row-value.ts'
import { ShownState } from './shown-state.ts'

export function makeAggregate(node: PlanNodeOf<'aggregate'>, context: OperatorContext): OperatorPorts {
  const { window, fields, bare } = node.params
  if (window.kind === 'session') return makeSession(node, window, context)
  const { plan, env } = context
  const columns = columnsOf(node, context)
  const frames = framesOf(window)
  const groups = new GroupTable(columns, {
    windowed: frames !== null,
    overlapping: window.kind === 'hopping' && window.sizeMs > window.everyMs,
    viewCount: viewsOn(plan, node.id),
    kernel: context.kernel(),
  })
  const rows = new GroupTableSink({
    ...sinkOptions(node, window, context),
    groups,
    value: new RowValue(fields, bare, columns),
    present: presentOf(node, context),
    shown: sharesState(plan, node.id) ? new ShownState(node) : null,
    frames,
  })
  const checkSize = sizeCheck(plan, node, frames !== null, env.rowBytes ?? Number.POSITIVE_INFINITY)
  return {
    operator: new AggregateOperator({ node, frames, groups, rows, env, checkSize, kernel: context.kernel }),
    groups,
  }
}
