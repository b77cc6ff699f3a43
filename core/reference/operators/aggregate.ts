// Aggregation: elements to the rows of a table, one for each key and window.
//
// Promises: all extractors of an element run before it counts anywhere; one that fails excludes it from every field and
// window, with one dead letter that names the alphabetically first field that fails.

import { type AggregationSpec, takesOf } from '../../plan/aggregation-spec.ts'
import type { PlanNodeOf, WindowSpec } from '../../plan/plan.ts'
import { inputFault, unencodableReason } from '../../result/refusals.ts'
import type { TimeWindow } from '../../time/time-window.ts'
import { bytesToHex } from '../../values/bytes.ts'
import { canonicalBytes, normalise, Unencodable } from '../../values/canonical.ts'
import { customResult } from '../aggregations/custom/custom-aggregation.ts'
import type { Input } from '../aggregations/table/aggregation.ts'
import { resultOf } from '../aggregations/table/aggregations.ts'
import { compareElements, type Element, recordOf } from '../element.ts'
import type { LambdaRunner, Outcome } from '../lambda-runner.ts'
import type { Row } from '../tables.ts'
import { windowsAt } from '../windows.ts'
import { sessionsOf } from './session.ts'

type AggregateNode = PlanNodeOf<'aggregate'>

/** Inputs of one element by field name. */
type Inputs = ReadonlyMap<string, Input>

interface Group {
  readonly key: unknown
  readonly window: TimeWindow | undefined
  readonly members: Inputs[]
}

export function aggregateRows(runner: LambdaRunner, node: AggregateNode, elements: readonly Element[]): Row[] {
  const counted = [...elements].sort(compareElements).flatMap(element => {
    const inputs = extract(runner, node, element)
    return inputs === null ? [] : [{ element, inputs }]
  })
  const windowsOf = windowFinder(
    node.params.window,
    counted.map(c => c.element),
  )
  const groups = new Map<string, Group>()
  for (const { element, inputs } of counted) {
    for (const window of windowsOf(element)) {
      const name = `${window?.start} ${bytesToHex(canonicalBytes(element.key))}`
      const group = groups.get(name) ?? { key: element.key, window, members: [] }
      groups.set(name, group)
      group.members.push(inputs)
    }
  }
  const session = node.params.window.kind === 'session'
  return [...groups.values()].map(({ key, window, members }) => ({
    key,
    window,
    session,
    outcome: present(runner, node, members),
  }))
}

/** The windows of each of some elements: all that are counted, since they make the sessions. */
function windowFinder(
  spec: WindowSpec,
  elements: readonly Element[],
): (element: Element) => readonly (TimeWindow | undefined)[] {
  if (spec.kind !== 'session') return element => windowsAt(spec, element.time)
  const sessions = sessionsOf(spec.gapMs, elements)
  return element => [sessions.get(element)]
}

/** An error row where a field has no result, the first of them. */
function present(runner: LambdaRunner, node: AggregateNode, members: readonly Inputs[]): Row['outcome'] {
  const { fields, bare } = node.params
  const results = fields.map(field => {
    const inputs = members.map(m => m.get(field.name) as Input)
    const states = inputs.map(i => i.of)
    const outcome =
      field.kind === 'custom' ? customResult(runner, node, field, states) : { value: resultOf(field, inputs) }
    return { name: field.name, outcome }
  })
  const failed = results.find(r => 'error' in r.outcome)
  if (failed !== undefined) return failed.outcome
  const values = results.map(({ name, outcome }) => [name, 'value' in outcome ? outcome.value : undefined] as const)
  return { value: normalise(bare ? values[0]?.[1] : Object.fromEntries(values)) }
}

/** The inputs of all fields, or null where one fails. */
function extract(runner: LambdaRunner, node: AggregateNode, element: Element): Inputs | null {
  const inputs = new Map<string, Input>()
  for (const field of [...node.params.fields].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const input = extractField(runner, node, element, field)
    if (!input.ok) return null
    inputs.set(field.name, input.value)
  }
  return inputs
}

function extractField(
  runner: LambdaRunner,
  node: AggregateNode,
  element: Element,
  field: AggregationSpec,
): Outcome<Input> {
  const { identity, time, version } = element
  const about = { identity, time, version }
  if (field.kind === 'count') return { ok: true, value: { of: undefined, by: undefined, ...about } }
  const args = [element.value, recordOf(element)]
  const of = extractPart(runner, node, element, field, 'of', args, element.value)
  if (!of.ok) return of
  if (field.kind === 'custom') {
    const state = extractPart(runner, node, element, field, 'lift', [of.value], undefined)
    return state.ok ? { ok: true, value: { of: state.value, by: undefined, ...about } } : state
  }
  const by = extractPart(runner, node, element, field, 'by', args, of.value)
  return by.ok ? { ok: true, value: { of: of.value, by: by.value, ...about } } : by
}

/** What one lambda of a field gives, in canonical form; `fallback` where the field has no such lambda. */
function extractPart(
  runner: LambdaRunner,
  node: AggregateNode,
  element: Element,
  field: AggregationSpec,
  part: 'of' | 'by' | 'lift',
  args: readonly unknown[],
  fallback: unknown,
): Outcome<unknown> {
  const slot = `${field.name}.${part}`
  const { identity } = element
  return runner.guard<unknown>(node, slot, identity, field.name, () => {
    const given: Outcome<unknown> = runner.has(node, slot)
      ? runner.run(node, slot, identity, args, field.name)
      : { ok: true, value: fallback }
    if (!given.ok) return given
    const reason = part === 'of' ? inputFault(takesOf(field).of, given.value) : null
    if (reason !== null) return runner.refuse(node, slot, identity, reason, field.name)
    try {
      return { ok: true, value: normalise(given.value) }
    } catch (error) {
      if (!(error instanceof Unencodable)) throw error
      return runner.refuse(node, slot, identity, unencodableReason('value', error.reason), field.name)
    }
  })
}
