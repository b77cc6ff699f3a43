// Emitted code of an aggregation: extractors, window starts, columns.
//
// Promises: the inputs of all fields are worked out before anything is counted, in the order of their names, and the first that fails
// ends the element (decision 7). Window starts are exact over the whole range of event times.

import type { AggregationSpec, PlanNodeOf, WindowSpec } from '../../core/plan.ts'
import { property, text } from './code.ts'
import type { ElementNames, Flow } from './flow.ts'
import { callLambda, checkInput, checkNumeric } from './lambda.ts'

type AggregateNode = PlanNodeOf<'aggregate'>

interface Input {
  readonly statements: string
  /** Arguments of `add` past the slot. */
  readonly add: readonly string[]
}

export function foldElement(flow: Flow, node: AggregateNode, element: ElementNames): string {
  const { fields, window } = node.params
  const block = flow.fresh('fold')
  const groups = flow.fresh('groups')
  const columns = fields.map(() => flow.fresh('column'))
  flow.setup(`const ${groups} = target.groups[${text(node.id)}]`)
  columns.forEach((column, index) => {
    flow.setup(`const ${column} = ${groups}.columns[${index}]`)
  })
  const order = fields.map((spec, index) => ({ spec, index })).sort((a, b) => (a.spec.name < b.spec.name ? -1 : 1))
  const inputs: Input[] = []
  const statements = order.map(({ spec, index }) => {
    const input = inputOf(flow, node, spec, element, block)
    inputs[index] = input
    return input.statements
  })
  const slot = flow.fresh('slot')
  const adds = columns.map((column, index) => `${column}.add(${[slot, ...(inputs[index] as Input).add].join(', ')})`)
  const addTo = (start: string): string =>
    `const ${slot} = ${groups}.slotFor(${start}, ${element.key})\n${adds.join('\n')}`
  return `${block}: {
      ${statements.join('\n')}
      ${eachWindow(flow, window, element.time, addTo)}
    }`
}

function inputOf(flow: Flow, node: AggregateNode, spec: AggregationSpec, element: ElementNames, block: string): Input {
  const { kind, name } = spec
  if (kind === 'count') return { statements: '', add: [] }
  const numeric = kind === 'sum' || kind === 'mean'
  const of = part(flow, node, `${name}.of`, element, block, name, numeric, element.value)
  if (kind === 'first' || kind === 'last') return { ...of, add: [of.name, element.time, element.origin] }
  if (kind !== 'minBy' && kind !== 'maxBy' && kind !== 'topK') return { ...of, add: [of.name] }
  const by = part(flow, node, `${name}.by`, element, block, name, false, null)
  return {
    statements: `${of.statements}\n${by.statements}`,
    add: [of.name, by.name === '' ? of.name : by.name, element.time, element.origin],
  }
}

/** One lambda's result, checked; `fallback` stands for it where the field has no such lambda, null for nothing at all. */
function part(
  flow: Flow,
  node: AggregateNode,
  slot: string,
  element: ElementNames,
  block: string,
  name: string,
  numeric: boolean,
  fallback: string | null,
): { statements: string; name: string } {
  const has = flow.lambda(node, slot) !== undefined
  if (!has && fallback === null) return { statements: '', name: '' }
  const into = flow.fresh('x')
  const get = has
    ? `let ${into}\n${callLambda(flow, { node, slot, argument: element.value, into, block, element, field: name })}`
    : `let ${into} = ${fallback}`
  const check = numeric ? checkNumeric : checkInput
  return { statements: `${get}\n${check(node, into, element, block, name)}`, name: into }
}

/** Sizes and offsets below this keep every product and sum of the quick formula exact. */
const QUICK = 2 ** 40

function eachWindow(flow: Flow, window: WindowSpec, time: string, addTo: (start: string) => string): string {
  if (window.kind === 'global') return addTo('0')
  if (window.kind === 'session') return addTo(time)
  const start = flow.fresh('start')
  if (window.kind === 'calendar') {
    const startOf = flow.fresh('startOf')
    flow.setup(`const ${startOf} = kit.calendar(${text(window.unit)}, ${text(window.tz)})`)
    return `const ${start} = ${startOf}(${time})\n${addTo(start)}`
  }
  const every = window.kind === 'tumbling' ? window.sizeMs : window.everyMs
  const first = firstStart(start, time, every, window.offsetMs)
  if (window.kind === 'tumbling') return `${first}\n${addTo(start)}`
  return `${first}
    for (; ${start} + ${window.sizeMs} > ${time}; ${start} -= ${every}) {
      ${addTo(start)}
    }`
}

/**
 * The greatest `offset + n * every` at or before the time. Division and floor are right or one step off, which is put right; all
 * numbers on the way are integers below 2^53.
 */
function firstStart(start: string, time: string, every: number, offset: number): string {
  if (every >= QUICK || Math.abs(offset) >= QUICK) return `let ${start} = kit.windowStart(${time}, ${every}, ${offset})`
  const since = offset === 0 ? time : offset > 0 ? `(${time} - ${offset})` : `(${time} + ${-offset})`
  const back = offset === 0 ? '' : ` + ${offset}`
  return `let ${start} = Math.floor(${since} / ${every}) * ${every}${back}
    if (${start} > ${time}) ${start} -= ${every}
    else if (${start} + ${every} <= ${time}) ${start} += ${every}`
}

/** A function that builds the value of a row from the columns. */
export function presentFunction(node: AggregateNode): string {
  const columns = `const columns = target.groups[${text(node.id)}].columns`
  const present = (index: number): string => `columns[${index}].present(slot)`
  const { fields, bare } = node.params
  const value = bare
    ? present(0)
    : `({ ${fields.map(({ name }, index) => `${property(name)}: ${present(index)}`).join(', ')} })`
  return `(() => {
      ${columns}
      return slot => ${value}
    })()`
}
