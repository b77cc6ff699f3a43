// A functions module without a compiler: closures over plan and lambdas that do what emitted code does, slowly and
// plainly.
//
// Promises: keeps the whole contract of `core/emitted/emitted-module.ts`, so executor and runtimes can be tested
// without the emitter, and the emitter against it. Not here: the checks of what a lambda gave (runtime API).

import { ABI } from '../../core/emitted/abi.ts'
import type {
  FunctionsModule,
  Lineage,
  Linked,
  LinkTarget,
  SourcePartition,
} from '../../core/emitted/emitted-module.ts'
import { FAIL } from '../../core/emitted/emitted-module.ts'
import type { Chunk } from '../../core/log/chunk.ts'
import { type AggregationSpec, takesOf } from '../../core/plan/aggregation-spec.ts'
import type { Lambdas, Plan, PlanNode, PlanNodeOf, SourceNode } from '../../core/plan/plan.ts'
import { EMITTING_KINDS, WORDS } from '../../core/plan/words.ts'
import { normalise } from '../../core/values/canonical.ts'

interface Element {
  readonly time: number
  readonly lineage: Lineage
  readonly value: unknown
  readonly keyed: boolean
  readonly key: unknown
  /** Of a version of a table's topic: from when joins may see it. */
  readonly asOf?: number
}

type Push = (element: Element) => void
type Lambda = (...args: readonly unknown[]) => unknown

/** The module of a program; `files` stays empty, since nothing was compiled. */
export function interpretedModule(program: { readonly plan: Plan; readonly lambdas: Lambdas }): FunctionsModule {
  return {
    ...program,
    abi: ABI,
    files: [],
    usedIntl: () => false,
    link: target => new Interpreter(program, target).linked(),
  }
}

class Interpreter {
  readonly #plan: Plan
  readonly #lambdas: Lambdas
  readonly #target: LinkTarget

  constructor({ plan, lambdas }: { plan: Plan; lambdas: Lambdas }, target: LinkTarget) {
    this.#plan = plan
    this.#lambdas = lambdas
    this.#target = target
  }

  linked(): Linked {
    const sources: Record<string, Linked['sources'][string]> = {}
    const emit: Record<string, Linked['emit'][string]> = {}
    const present: Record<string, Linked['present'][string]> = {}
    for (const node of this.#plan.nodes) {
      if (node.kind === 'source') sources[node.id] = this.#source(node)
      else if (node.kind === 'aggregate') present[node.id] = this.#present(node)
      else if (EMITTING_KINDS.has(node.kind)) {
        const push = this.#behind(node.id)
        emit[node.id] = (key, value, time, lineage) => push({ time, lineage, value, keyed: true, key })
      }
    }
    return { sources, emit, present }
  }

  #lambda(node: PlanNode, slot: string): Lambda | undefined {
    return this.#lambdas[node.id]?.[slot] as Lambda | undefined
  }

  /** Calls a lambda; where it throws, reports a dead letter and gives FAIL. */
  #call(node: PlanNode, slot: string, e: Element, argument: unknown, field?: string): unknown {
    const { report } = this.#target
    try {
      const record = report.record(e.lineage, e.time, e.key, e.keyed)
      return (this.#lambda(node, slot) as Lambda)(argument, record)
    } catch (error) {
      report.threw(node.id, e.lineage, error, field)
      return FAIL
    }
  }

  /** `#call` that refuses promises. */
  #run(node: PlanNode, slot: string, e: Element, argument: unknown): unknown {
    const result = this.#call(node, slot, e, argument)
    return result !== FAIL && this.#target.api.isPromise(node.id, e.lineage, result) ? FAIL : result
  }

  /** Pushes into everything behind a node, once for each input that it is. */
  #behind(id: string): Push {
    const pushes = this.#plan.nodes.flatMap(node =>
      node.inputs.flatMap((input, branch) => (input === id ? [this.#step(node, branch)] : [])),
    )
    return element => {
      for (const push of pushes) push(element)
    }
  }

  #step(node: PlanNode, branch: number): Push {
    const { api, outputs } = this.#target
    if (node.kind === 'aggregate') return this.#aggregate(node)
    if (node.kind === 'output') {
      const access = outputs[node.id] as LinkTarget['outputs'][string]
      const byLambda = this.#lambda(node, 'key') !== undefined
      return e => {
        const key = byLambda ? this.#run(node, 'key', e, e.value) : e.key
        if (key !== FAIL) access.add(byLambda || node.params.keyed, key, e.value, e.time, e.lineage)
      }
    }
    if (WORDS[node.kind].emitter === 'hold') return this.#hold(node, branch)
    if (node.kind === 'distinct') return this.#distinct(node, branch)
    const push = this.#behind(node.id)
    const child = (e: Element, index: number): Lineage => new api.LineagePath(e.lineage, index)
    switch (node.kind) {
      case 'map':
      case 'mapValues':
        return e => {
          const value = this.#run(node, 'fn', e, e.value)
          if (value !== FAIL) push({ ...e, value })
        }
      case 'filter':
      case 'filterKeys':
        return e => {
          const kept = this.#run(node, 'fn', e, node.kind === 'filter' ? e.value : e.key)
          if (kept !== FAIL && kept) push(e)
        }
      case 'flatMap':
        return e => {
          const given = this.#call(node, 'fn', e, e.value)
          const list = given === FAIL ? FAIL : api.list(node.id, e.lineage, given)
          if (list === FAIL) return
          for (const [index, value] of list.entries()) push({ ...e, value, lineage: child(e, index) })
        }
      case 'flatMapKeys':
        return e => {
          const given = this.#call(node, 'fn', e, e.key)
          const keys = given === FAIL ? FAIL : api.keys(node.id, e.lineage, given)
          if (keys === FAIL) return
          for (const [index, key] of keys.entries()) push({ ...e, key, lineage: child(e, index) })
        }
      case 'keyBy':
        return e => {
          const given = this.#call(node, 'fn', e, e.value)
          const key = given === FAIL ? FAIL : api.key(node.id, e.lineage, given)
          if (key !== FAIL) push({ ...e, keyed: true, key })
        }
      case 'lookup': {
        const find = api.snapshot((this.#lambda(node, 'rows') as Lambda)() as [unknown, unknown][])
        const byLambda = this.#lambda(node, 'key') !== undefined
        return e => {
          const given = byLambda ? this.#call(node, 'key', e, e.value) : e.key
          const key = given === FAIL || !byLambda ? given : api.key(node.id, e.lineage, given)
          if (key === FAIL) return
          const right = find(key)
          if (right !== undefined || node.params.type === 'left')
            push({ ...e, value: { left: e.value, right: right ?? null } })
        }
      }
      case 'joinWithin': {
        const inlet = this.#target.inlets[node.id] as LinkTarget['inlets'][string]
        return e => inlet.add(branch, e.key, e.value, e.time, e.lineage)
      }
      case 'merge':
        return e => push({ ...e, lineage: child(e, branch) })
      default:
        // The executor runs words on tables and `closed`: nothing is pushed into them.
        return () => {}
    }
  }

  #hold(node: PlanNode, branch: number): Push {
    const inlet = this.#target.inlets[node.id] as LinkTarget['inlets'][string]
    return e => {
      if (e.asOf === undefined) inlet.add(branch, e.key, e.value, e.time, e.lineage)
      else inlet.add(branch, e.key, e.value, e.asOf, e.lineage, e.time)
    }
  }

  #distinct(node: PlanNode, branch: number): Push {
    const inlet = this.#target.inlets[node.id] as LinkTarget['inlets'][string]
    return e => {
      const by = this.#lambda(node, 'by') === undefined ? e.value : this.#run(node, 'by', e, e.value)
      if (by !== FAIL) inlet.add(branch, e.key, e.value, e.time, e.lineage, by)
    }
  }

  #source(node: SourceNode): Linked['sources'][string] {
    const { api, report } = this.#target
    const push = this.#behind(node.id)
    const { disorderMs, upserts } = node.params
    return (chunk, first, last, state) => {
      for (let i = first; i < last; i++) {
        if (chunk.ticks?.[i] === 1) {
          const time = api.timestamp(chunk, i)
          if (api.isTime(time)) advance(state, time, i)
          continue
        }
        const bound = state.maxTime - disorderMs
        const element = this.#accept(node, chunk, i)
        if (element !== null) advance(state, element.time, i)
        if (upserts) this.#upsert(node, chunk, i, element, bound, push)
        else if (element !== null && element.time < bound) report.late(node.id, i, element.time)
        else if (element !== null) push(element)
      }
    }
  }

  /** The element of a record, or null where it is a dead letter. */
  #accept(node: SourceNode, chunk: Chunk, i: number): Element | null {
    const { api, report } = this.#target
    const { aheadMs, upserts } = node.params
    const deletes = upserts && (chunk.valueStart[i] as number) < 0
    const value = deletes ? null : report.decodeSlow(node.id, i)
    if (value === FAIL) return null
    const time = deletes ? api.time(node.id, i, api.timestamp(chunk, i), true) : this.#time(node, chunk, i, value)
    if (Number.isNaN(time)) return null
    if (aheadMs !== null && !(time - api.timestamp(chunk, i) <= aheadMs)) {
      report.ahead(node.id, i)
      return null
    }
    return { time, lineage: i, value, keyed: false, key: null }
  }

  /** A version, or the deletion that a dead letter is. */
  #upsert(node: SourceNode, chunk: Chunk, i: number, e: Element | null, bound: number, push: Push): void {
    const { api } = this.#target
    const deletes = (chunk.valueStart[i] as number) < 0
    const key = e === null ? FAIL : this.#upsertKey(node, e, deletes)
    if (e !== null && key !== FAIL) return push({ ...e, keyed: true, key, asOf: Math.max(e.time, bound) })
    if (bound === Number.NEGATIVE_INFINITY) return
    const lost = api.deletedKey(node.id, i, bound, this.#lambda(node, 'deletedKey') ?? null)
    if (lost !== FAIL) push({ time: bound, lineage: i, value: null, keyed: true, key: lost, asOf: bound })
  }

  #upsertKey(node: SourceNode, e: Element, deletes: boolean): unknown {
    const { api, report } = this.#target
    try {
      const record = report.record(e.lineage, e.time, null, false) as { readonly key: unknown }
      const lambda = this.#lambda(node, deletes ? 'deletedKey' : 'key')
      const key = lambda === undefined ? record.key : deletes ? lambda(record) : lambda(e.value, record)
      return api.key(node.id, e.lineage, key)
    } catch (error) {
      report.threw(node.id, e.lineage, error)
      return FAIL
    }
  }

  #time(node: SourceNode, chunk: Chunk, i: number, value: unknown): number {
    const { api, report } = this.#target
    const lambda = this.#lambda(node, 'time')
    if (lambda === undefined) return api.time(node.id, i, api.timestamp(chunk, i), true)
    let time: unknown
    try {
      time = lambda(value, report.sourceRecord(i))
    } catch (error) {
      report.threw(node.id, i, error)
      return Number.NaN
    }
    return api.time(node.id, i, time, false)
  }

  #aggregate(node: PlanNodeOf<'aggregate'>): Push {
    const { api, groups } = this.#target
    const table = groups[node.id] as LinkTarget['groups'][string]
    const { fields, window } = node.params
    const sorted = fields
      .map((field, column) => ({ field, column }))
      .sort((a, b) => (a.field.name < b.field.name ? -1 : 1))
    return e => {
      const inputs: unknown[][] = []
      for (const { field, column } of sorted) {
        const input = this.#input(node, field, e)
        if (input === FAIL) return
        inputs[column] = input
      }
      const addTo = (start: number): void => {
        table.enter(e.key)
        const slot = table.slotAt(start)
        for (const [column, input] of inputs.entries()) {
          const add = table.columns[column]?.add as (slot: number, ...input: unknown[]) => void
          add.call(table.columns[column], slot, ...input)
        }
      }
      if (window.kind === 'global') return addTo(0)
      if (window.kind === 'session') return addTo(e.time)
      if (window.kind === 'calendar') return addTo(api.calendar(window.unit, window.tz)(e.time))
      const every = window.kind === 'tumbling' ? window.sizeMs : window.everyMs
      let start = api.windowStart(e.time, every, window.offsetMs)
      for (; start + window.sizeMs > e.time; start -= every) addTo(start)
    }
  }

  /** The arguments of `add` past the slot, or FAIL. */
  #input(node: PlanNode, spec: AggregationSpec, e: Element): unknown[] | typeof FAIL {
    const takes = takesOf(spec)
    const { name } = spec
    if (takes.of === 'nothing') return []
    const { api } = this.#target
    const given =
      this.#lambda(node, `${name}.of`) === undefined ? e.value : this.#call(node, `${name}.of`, e, e.value, name)
    if (given === FAIL) return FAIL
    const check = takes.of === 'numeric' || takes.of === 'bounded' ? takes.of : 'input'
    const of = api[check](node.id, e.lineage, given, name)
    if (of === FAIL) return FAIL
    const moment = takes.orderKey ? [e.time, e.lineage] : []
    if (takes.of === 'state') return this.#lift(node, name, e, of)
    if (!takes.by) return [of, ...moment]
    if (this.#lambda(node, `${name}.by`) === undefined) return [of, of, ...moment]
    const result = this.#call(node, `${name}.by`, e, e.value, name)
    const by = result === FAIL ? FAIL : api.input(node.id, e.lineage, result, name)
    return by === FAIL ? FAIL : [of, by, ...moment]
  }

  /** The state of one value in an author's aggregation; `lift` gets the value alone. */
  #lift(node: PlanNode, field: string, e: Element, of: unknown): unknown[] | typeof FAIL {
    const { api, report } = this.#target
    let lifted: unknown
    try {
      lifted = (this.#lambda(node, `${field}.lift`) as Lambda)(of)
    } catch (error) {
      report.threw(node.id, e.lineage, error, field)
      return FAIL
    }
    const state = api.input(node.id, e.lineage, lifted, field)
    return state === FAIL ? FAIL : [state]
  }

  #present(node: PlanNodeOf<'aggregate'>): Linked['present'][string] {
    const { columns } = this.#target.groups[node.id] as LinkTarget['groups'][string]
    const { fields, bare } = node.params
    return slot =>
      bare
        ? columns[0]?.present(slot)
        : normalise(Object.fromEntries(fields.map(({ name }, column) => [name, columns[column]?.present(slot)])))
  }
}

function advance(state: SourcePartition, time: number, i: number): void {
  if (time <= state.maxTime) return
  const leap = state.maxTime === Number.NEGATIVE_INFINITY ? 0 : time - state.maxTime
  if (leap > state.leap) {
    state.leap = leap
    state.leapAt = i
    state.leapTime = time
  }
  state.maxTime = time
}
