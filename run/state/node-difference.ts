// Why a node of one plan is not that of another: which step, and what of it, with its place in the author's file.
//
// Promises: where the hashes differ at least one reason; each step that was edited, added or taken out is named once,
// however many steps behind it follow from it. Steps are matched along their inputs: a step of another kind with a
// neighbour that fits was added or taken out.
// Not here: views and outputs (plan-changes.ts).

import type { Plan, PlanNode } from '../../core/plan/plan.ts'
import { nodeOf } from '../../core/plan/plan-index.ts'
import { WORDS } from '../../core/plan/words.ts'
import { compareValues } from '../../core/values/canonical.ts'

/** How far a step may have moved for it to be found again. */
const STEPS_APART = 8

interface TwoPlans {
  readonly before: Plan
  readonly now: Plan
}

/** One sentence for each reason; empty where the nodes mean the same. */
export function nodeDifferences(plans: TwoPlans, before: string, now: string): readonly string[] {
  const reasons = new Set<string>()
  new Comparison(plans, reasons).compare(nodeOf(plans.before, before), nodeOf(plans.now, now))
  return [...reasons]
}

class Comparison {
  readonly #plans: TwoPlans
  readonly #reasons: Set<string>
  readonly #seen = new Set<string>()

  constructor(plans: TwoPlans, reasons: Set<string>) {
    this.#plans = plans
    this.#reasons = reasons
  }

  compare(before: PlanNode, now: PlanNode): void {
    const pair = `${before.id} ${now.id}`
    if (before.hash === now.hash || this.#seen.has(pair)) return
    this.#seen.add(pair)
    if (before.kind !== now.kind) return this.#compareApart(before, now)
    const own = [...paramReasons(before, now), ...lambdaReasons(before, now)]
    for (const reason of own) this.#reasons.add(reason)
    const inputs = this.#inputsOf(this.#plans.before, before)
    const others = this.#inputsOf(this.#plans.now, now)
    if (inputs.length !== others.length) {
      this.#reasons.add(`${stepText(now)} has ${others.length} inputs, before it had ${inputs.length}`)
    } else {
      for (const [i, input] of inputs.entries()) this.compare(input, others[i] as PlanNode)
    }
    // Their definitions differ though nothing that is kept of them does.
    const sameInputs = inputs.length === others.length && inputs.every((input, i) => input.hash === others[i]?.hash)
    if (own.length === 0 && sameInputs) this.#reasons.add(`${stepText(now)} was edited`)
  }

  /** Steps of two kinds: one of them was added or taken out, or replaced by the other. */
  #compareApart(before: PlanNode, now: PlanNode): void {
    const added = this.#chainTo(this.#plans.now, now, before)
    const gone = this.#chainTo(this.#plans.before, before, now)
    if (added !== null && (gone === null || added.length <= gone.length)) {
      for (const step of added.slice(0, -1)) this.#reasons.add(`${stepText(step)} is new`)
      this.compare(before, added.at(-1) as PlanNode)
    } else if (gone !== null) {
      for (const step of gone.slice(0, -1)) this.#reasons.add(`${stepText(step)} is gone`)
      this.compare(gone.at(-1) as PlanNode, now)
    } else {
      this.#reasons.add(`${stepText(now)} is in place of ${stepText(before)}`)
    }
  }

  /** The steps from a node along first inputs to one of another's kind; null where there is none near. */
  #chainTo(plan: Plan, from: PlanNode, like: PlanNode): readonly PlanNode[] | null {
    const chain = [from]
    for (let at = from; chain.length <= STEPS_APART; ) {
      const input = at.inputs[0]
      if (input === undefined) return null
      at = nodeOf(plan, input)
      chain.push(at)
      if (at.kind === like.kind) return chain
    }
    return null
  }

  #inputsOf(plan: Plan, { inputs }: PlanNode): readonly PlanNode[] {
    return inputs.map(id => nodeOf(plan, id))
  }
}

/** A step as an author would name it, with its place: `filter (jobs/a.ts:7:4)`. */
function stepText({ kind, params, at }: PlanNode): string {
  const word = Object.keys(WORDS[kind].calls)[0] ?? kind
  const topic = 'topic' in params ? ` ${params.topic}` : ''
  return `${kind === 'source' && params.upserts ? 'table' : word}${topic}${placeText(at)}`
}

const placeText = (at: string | null): string => (at === null ? '' : ` (${at})`)

/** Fields of aggregations by name, every other parameter by its own. */
function paramReasons(before: PlanNode, now: PlanNode): readonly string[] {
  const [old, own] = [before.params, now.params] as unknown as [Params, Params]
  const reasons: string[] = []
  for (const name of new Set([...Object.keys(old), ...Object.keys(own)])) {
    if (name === 'fields') reasons.push(...fieldReasons(now, fieldsOf(old), fieldsOf(own)))
    else if (!isSame(old[name], own[name])) {
      const was = old[name] === undefined ? 'not set' : valueText(old[name])
      const is = own[name] === undefined ? 'not set' : valueText(own[name])
      reasons.push(`${name} of ${stepText(now)} is ${is}, before it was ${was}`)
    }
  }
  if (before.kind === 'source' && now.kind === 'source' && !isSame(before.schema, now.schema)) {
    reasons.push(`the type of ${stepText(now)} was edited`)
  }
  return reasons
}

type Params = Readonly<Record<string, unknown>>
type Field = Params & { readonly name: string; readonly kind: string }

const fieldsOf = ({ fields }: Params): readonly Field[] => fields as readonly Field[]

function fieldReasons(now: PlanNode, before: readonly Field[], fields: readonly Field[]): readonly string[] {
  const old = new Map(before.map(field => [field.name, field]))
  const reasons: string[] = []
  for (const field of fields) {
    const was = old.get(field.name)
    old.delete(field.name)
    if (was === undefined) reasons.push(`the field ${field.name} of ${stepText(now)} is new`)
    else if (was.kind !== field.kind) {
      reasons.push(`the field ${field.name} of ${stepText(now)} is ${field.kind}, before it was ${was.kind}`)
    } else if (!isSame(was, field)) reasons.push(`the options of ${field.name} in ${stepText(now)} were edited`)
  }
  for (const name of old.keys()) reasons.push(`the field ${name} of ${stepText(now)} is gone`)
  return reasons
}

function lambdaReasons(before: PlanNode, now: PlanNode): readonly string[] {
  const reasons: string[] = []
  const fields = new Set('fields' in now.params ? now.params.fields.map(({ name }) => name) : [])
  for (const [slot, { id, at }] of Object.entries(now.lambdas)) {
    const old = before.lambdas[slot]
    const name = lambdaText(slot)
    if (old === undefined) {
      // A field that is new is told as such.
      if (!slot.includes('.') || fields.has(slot.slice(0, slot.lastIndexOf('.'))))
        reasons.push(`${name} in ${stepText(now)} is new`)
    } else if (id !== undefined && old.id !== undefined && id !== old.id) {
      reasons.push(`${name} in ${stepText({ ...now, at: at ?? now.at } as PlanNode)} was edited`)
    }
  }
  for (const slot of Object.keys(before.lambdas)) {
    if (now.lambdas[slot] === undefined && !slot.includes('.')) {
      reasons.push(`${lambdaText(slot)} in ${stepText(now)} is gone`)
    }
  }
  return reasons
}

/** The lambda of a slot: that of `sum(v => v.bytes)` in a field is `the lambda of bytes`. */
function lambdaText(slot: string): string {
  const dot = slot.lastIndexOf('.')
  const [field, part] = [slot.slice(0, Math.max(0, dot)), slot.slice(dot + 1)]
  const word = part === 'fn' || part === 'of' ? 'the lambda' : `the lambda ${part}`
  return field === '' ? word : `${word} of ${field}`
}

/** As JSON, since a plan that was stored has no undefined values. */
const isSame = (a: unknown, b: unknown): boolean => compareValues(plain(a) ?? null, plain(b) ?? null) === 0

const plain = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)))

function valueText(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 77)}...` : text
}
