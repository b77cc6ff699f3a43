// The emitted functions of a job: `link(target)`, which binds one function for each source, for each node that emits
// what it held, and for each aggregation.
//
// Promises: nothing of the plan is looked at per record; steps are fused into the loop that feeds them, up to a size
// that the engine still optimises. The contract is `core/emitted/emitted-module.ts`. The code of each word is in
// `words/`.

import type { Plan, PlanNode } from '../../core/plan/plan.ts'
import { EMITTING_KINDS } from '../../core/plan/words.ts'
import { layout, text } from './code.ts'
import { SCAN_NAMES } from './decoder/decoder.ts'
import { emitStep, takesElements } from './emitters.ts'
import { type Consumer, consumersOf, type ElementNames, type Flow } from './flow.ts'
import { presentFunction } from './words/aggregate.ts'
import { branchLineage } from './words/merge.ts'
import { sourceFunction } from './words/source.ts'

/** Steps that are fused into one function; what comes after them is a function of its own. */
const MAX_FUSED = 16

/** The text of `function link(target) {...}`. It uses `lambdas`, which must be in scope. */
export function emitLink(plan: Plan): string {
  return layout(new LinkEmitter(plan).link())
}

class LinkEmitter implements Flow {
  readonly plan: Plan
  readonly #consumers: ReadonlyMap<string, readonly Consumer[]>
  readonly #statements: string[] = []
  readonly #lambdas = new Map<string, string>()
  /** Functions for everything behind a node that is reached from several places. */
  readonly #functions = new Map<string, string>()
  /** Names of whether nodes are run. */
  readonly #running = new Map<string, string>()
  /** Functions that are called but not emitted yet. */
  readonly #pending: (() => void)[] = []
  #count = 0
  #fused = 0

  constructor(plan: Plan) {
    this.plan = plan
    this.#consumers = consumersOf(plan)
  }

  link(): string {
    const sources: string[] = []
    const emitting: string[] = []
    const present: string[] = []
    for (const node of this.plan.nodes) {
      this.#fused = 0
      const entry = (value: string): string => `[${text(node.id)}]: ${value},`
      if (node.kind === 'source') sources.push(entry(sourceFunction(this, node)))
      else if (EMITTING_KINDS.has(node.kind)) emitting.push(entry(this.#emitFunction(node)))
      else if (node.kind === 'aggregate') present.push(entry(presentFunction(node)))
    }
    for (let write = this.#pending.shift(); write !== undefined; write = this.#pending.shift()) write()
    return `function link(target) {
      const { report, api } = target
      const { FAIL, LineagePath, plain } = api
      const { ${SCAN_NAMES.join(', ')} } = api.scan
      ${this.#statements.join('\n')}
      return {
        sources: {
          ${sources.join('\n')}
        },
        emit: {
          ${emitting.join('\n')}
        },
        present: {
          ${present.join('\n')}
        },
      }
    }`
  }

  consumers(id: string): readonly Consumer[] {
    return (this.#consumers.get(id) ?? []).filter(c => takesElements(c.node.kind))
  }

  behind(id: string, element: ElementNames): string {
    const consumers = this.consumers(id)
    const steps = consumers.map(consumer => this.#handOver(consumer, element))
    // Of a stream that several read, some may not be run (`LinkTarget.runs`); one that one reads is run for that one.
    if (consumers.length < 2) return steps.join('\n')
    return steps.map((step, i) => `if (${this.#runs((consumers[i] as Consumer).node)}) {\n${step}\n}`).join('\n')
  }

  lambda(node: PlanNode, slot: string): string | undefined {
    if (!Object.hasOwn(node.lambdas, slot)) return undefined
    const at = `lambdas[${text(node.id)}][${text(slot)}]`
    let name = this.#lambdas.get(at)
    if (name === undefined) {
      name = this.fresh('lambda')
      this.#lambdas.set(at, name)
      this.setup(`const ${name} = ${at}`)
    }
    return name
  }

  fresh(prefix: string): string {
    return `${prefix}$${++this.#count}`
  }

  setup(statements: string): void {
    this.#statements.push(statements)
  }

  /** The name of whether a node is run. */
  #runs({ id }: PlanNode): string {
    let name = this.#running.get(id)
    if (name === undefined) {
      name = this.fresh('runs')
      this.#running.set(id, name)
      this.setup(`const ${name} = target.runs?.(${text(id)}) !== false`)
    }
    return name
  }

  /** Fuses the step where this place alone reaches it and the function is not too big yet; else emits a call. */
  #handOver(consumer: Consumer, element: ElementNames): string {
    if (consumer.node.kind !== 'merge' && this.#fused < MAX_FUSED) {
      this.#fused++
      return emitStep(this, consumer, element)
    }
    const { value, time, key, keyed, lineage, asOf } = element
    const handed = consumer.node.kind === 'merge' ? branchLineage(lineage, consumer.branch) : lineage
    const more = asOf === undefined ? [] : [asOf]
    return `${this.#functionFor(consumer, element)}(${[value, time, key, keyed, handed, ...more].join(', ')})`
  }

  /**
   * A function that gives an element to a step; for a merge, to everything behind it. Its body is emitted later,
   * without recursion.
   */
  #functionFor(consumer: Consumer, { keyed, asOf }: ElementNames): string {
    const merges = consumer.node.kind === 'merge'
    const place = merges ? consumer.node.id : `${consumer.branch} ${consumer.node.id}`
    const known = this.#functions.get(place)
    if (known !== undefined) return known
    const name = this.fresh(merges ? 'merged' : 'step')
    this.#functions.set(place, name)
    // Streams that are merged are all keyed or all not, by their types; a job without types may mix them.
    const names = { value: 'value', time: 'time', key: 'key', keyed: merges ? 'keyed' : keyed, lineage: 'lineage' }
    // Only joins are given versions of a table's topic so, each by a function of its own.
    const element = asOf === undefined ? names : { ...names, asOf: 'asOf' }
    this.#pending.push(() => {
      this.#fused = 1
      const body = merges ? this.behind(consumer.node.id, element) : emitStep(this, consumer, element)
      this.setup(
        `function ${name}(value, time, key, keyed, lineage${asOf === undefined ? '' : ', asOf'}) {\n${body}\n}`,
      )
    })
    return name
  }

  #emitFunction(node: PlanNode): string {
    const name = this.fresh(node.kind)
    const element = { value: 'value', time: 'time', key: 'key', keyed: 'true', lineage: 'lineage' }
    const body = this.behind(node.id, element)
    this.setup(`function ${name}(key, value, time, lineage) {\n${body}\n}`)
    return name
  }
}
