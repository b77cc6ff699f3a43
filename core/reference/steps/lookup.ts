// lookup: each element with the row of its key in a snapshot. The whole snapshot is read through for each element.

import type { PlanNodeOf } from '../../plan/plan.ts'
import { compareValues } from '../../values/canonical.ts'
import { type Element, recordOf } from '../element.ts'
import type { LambdaRunner } from '../lambda-runner.ts'
import { keysOf } from './lists.ts'

export function lookUpElement(runner: LambdaRunner, node: PlanNodeOf<'lookup'>, e: Element): Element[] {
  const keys = runner.has(node, 'key') ? lookupKey(runner, node, e) : [e.key]
  const rows = runner.call(node, 'rows', []) as readonly (readonly [unknown, unknown])[]
  return keys.flatMap(key => {
    const row = rows.find(([name]) => compareValues(name, key) === 0)
    if (row === undefined && node.params.type === 'inner') return []
    return [{ ...e, value: { left: e.value, right: row === undefined ? null : row[1] } }]
  })
}

function lookupKey(runner: LambdaRunner, node: PlanNodeOf<'lookup'>, e: Element): readonly unknown[] {
  const result = runner.run(node, 'key', e.identity, [e.value, recordOf(e)])
  return result.ok ? keysOf(runner, node, e, [result.value]) : []
}
