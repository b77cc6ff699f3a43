// Emitted code of an aggregation: extractors, window starts, columns.
//
// Promises: the inputs of all fields are computed before anything is added, in the order of their names, and the first
// that fails excludes the element (semantics.md 5.2). Window starts are exact over the whole range of event times.

import { type AggregationSpec, type Takes, takesOf } from '../../../core/plan/aggregation-spec.ts'
import type { PlanNodeOf, WindowSpec } from '../../../core/plan/plan.ts'
import { property, text } from '../code.ts'
import type { ElementNames, Flow } from '../flow.ts'
import { callLambda, checkBounded, checkInput, checkNumeric } from '../lambda.ts'

type AggregateNode = PlanNodeOf<'aggregate'>

interface Input {
  readonly statements: string
  /** Arguments of `add` past the slot. */
  readonly add: readonly string[]
}

export function aggregateStep(flow: Flow, node: AggregateNode, element: ElementNames): string {
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
  const addTo = (start: string): string => `const ${slot} = ${groups}.slotAt(${start})\n${adds.join('\n')}`
  return `${block}: {
      ${statements.join('\n')}
      ${enterKey(flow, groups, element)}
      ${eachWindow(flow, window, element.time, addTo)}
    }`
}

function enterKey(flow: Flow, groups: string, { key, keyText, keyParts }: ElementNames): string {
  const enter = `${groups}.enter(${key})`
  if (keyParts !== undefined) {
    return `if (${keyParts.test}) {
        ${keyParts.write(flow, `${groups}.keyWriter`)}
        ${groups}.enterWritten()
      } else ${enter}`
  }
  if (keyText === undefined) return enter
  return `if (${keyText.test}) ${groups}.enterText(${keyText.cells}, j)\nelse ${enter}`
}

function inputOf(flow: Flow, node: AggregateNode, spec: AggregationSpec, element: ElementNames, block: string): Input {
  const takes = takesOf(spec)
  if (takes.of === 'nothing') return { statements: '', add: [] }
  const part = new Part(flow, node, spec.name, element, block)
  const of = part.of(CHECKS[takes.of])
  const lifted = takes.of === 'state' ? part.lift(of.name) : of
  const by = takes.by ? part.by(of.name) : null
  return {
    statements: [of, ...(lifted === of ? [] : [lifted]), ...(by === null ? [] : [by])]
      .map(p => p.statements)
      .join('\n'),
    add: [lifted.name, ...(by === null ? [] : [by.name]), ...(takes.orderKey ? [element.time, element.lineage] : [])],
  }
}

const CHECKS: Readonly<Record<Exclude<Takes['of'], 'nothing'>, typeof checkInput>> = {
  numeric: checkNumeric,
  bounded: checkBounded,
  value: checkInput,
  state: checkInput,
}

/** Statements, and the variable that holds what they compute. */
interface Worked {
  readonly statements: string
  readonly name: string
}

/** What the lambdas of one field give, checked. */
class Part {
  readonly #flow: Flow
  readonly #node: AggregateNode
  readonly #field: string
  readonly #element: ElementNames
  readonly #block: string

  constructor(flow: Flow, node: AggregateNode, field: string, element: ElementNames, block: string) {
    this.#flow = flow
    this.#node = node
    this.#field = field
    this.#element = element
    this.#block = block
  }

  /** Without a lambda the element's value. */
  of(check: typeof checkInput): Worked {
    if (this.#has('of')) return this.#call('of', this.#element.value, check)
    const into = this.#flow.fresh('x')
    return { statements: `let ${into} = ${this.#element.value}\n${this.#check(check, into)}`, name: into }
  }

  /** Without a lambda what `of` gave. */
  by(of: string): Worked {
    return this.#has('by') ? this.#call('by', this.#element.value, checkInput) : { statements: '', name: of }
  }

  /** The author's state of one value, by `lift`. */
  lift(of: string): Worked {
    return this.#call('lift', of, checkInput, true)
  }

  #has(part: string): boolean {
    return this.#flow.lambda(this.#node, `${this.#field}.${part}`) !== undefined
  }

  #call(part: string, argument: string, check: typeof checkInput, alone = false): Worked {
    const into = this.#flow.fresh('x')
    const [element, block, field] = [this.#element, this.#block, this.#field]
    const slot = `${field}.${part}`
    const call = callLambda(this.#flow, { node: this.#node, slot, argument, into, block, element, field, alone })
    return { statements: `let ${into}\n${call}\n${this.#check(check, into)}`, name: into }
  }

  #check(check: typeof checkInput, input: string): string {
    return check(this.#node, input, this.#element, this.#block, this.#field)
  }
}

/** Sizes and offsets below this keep every product and sum of the quick formula exact. */
const QUICK = 2 ** 40

function eachWindow(flow: Flow, window: WindowSpec, time: string, addTo: (start: string) => string): string {
  if (window.kind === 'global') return addTo('0')
  if (window.kind === 'session') return addTo(time)
  const start = flow.fresh('start')
  if (window.kind === 'calendar') {
    const startOf = flow.fresh('startOf')
    flow.setup(`const ${startOf} = api.calendar(${text(window.unit)}, ${text(window.tz)})`)
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
 * The greatest `offset + n * every` at or before the time. Division and floor are exact or one step off, which is
 * corrected; all numbers on the way are integers below 2^53.
 */
function firstStart(start: string, time: string, every: number, offset: number): string {
  if (every >= QUICK || Math.abs(offset) >= QUICK) return `let ${start} = api.windowStart(${time}, ${every}, ${offset})`
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
