// Plans and lambdas by hand, without language and compiler: `new PlanBuilder().source('t', ...)`, one method for each
// node kind.
//
// Promises: nodes in topological order (a node can only be built on one that exists); ids as given, or kind and number.

import type { AggregationKind, AggregationParams, AggregationSpec } from '../../../core/plan/aggregation-spec.ts'
import type {
  FormatSpec,
  LambdaFacts,
  Lambdas,
  NodeKind,
  NodeParams,
  Plan,
  PlanNode,
  PlanResult,
  WindowSpec,
} from '../../../core/plan/plan.ts'
import { ANY_JSON, type SchemaDocument } from '../../../core/plan/schema.ts'
import type { CalendarUnit } from '../../../core/time/civil-days.ts'
import { bytesToHex } from '../../../core/values/bytes.ts'
import { canonicalBytes } from '../../../core/values/canonical.ts'

/** A lambda that declares the types of its parameters; the plan has none. */
export type TestLambda = (...args: never[]) => unknown

export interface SourceOptions {
  readonly id?: string
  readonly time?: TestLambda
  /** Default 0. */
  readonly disorderMs?: number
  readonly aheadMs?: number
  /** Default json. */
  readonly format?: FormatSpec
  /** Of a custom format. */
  readonly decode?: TestLambda
  /** Whether it reads upserts. */
  readonly upserts?: boolean
  readonly key?: TestLambda
  readonly deletedKey?: TestLambda
  /** Default any JSON. */
  readonly schema?: SchemaDocument
}

/** The zero of an author's own aggregation is a value here. */
export type FieldOptions = FieldLambdas &
  { [K in AggregationKind]: { readonly kind: K } & Omit<AggregationParams[K], 'zero'> }[AggregationKind]

export interface FieldLambdas {
  readonly of?: TestLambda
  readonly by?: TestLambda
  /** Of the author's own aggregations, with the three lambdas. */
  readonly zero?: unknown
  readonly lift?: TestLambda
  readonly plus?: TestLambda
  readonly present?: TestLambda
}

export const GLOBAL: WindowSpec = { kind: 'global' }
export const tumbling = (sizeMs: number, offsetMs = 0): WindowSpec => ({ kind: 'tumbling', sizeMs, offsetMs })
export const hopping = (sizeMs: number, everyMs: number, offsetMs = 0): WindowSpec => ({
  kind: 'hopping',
  sizeMs,
  everyMs,
  offsetMs,
})
export const session = (gapMs: number): WindowSpec => ({ kind: 'session', gapMs })
export const calendar = (unit: CalendarUnit, tz: string): WindowSpec => ({ kind: 'calendar', unit, tz })

const FACTS: LambdaFacts = { at: null, usesRecord: true, uses: true }

/** Every method that adds a node returns its id. */
export class PlanBuilder {
  readonly #nodes: PlanNode[] = []
  readonly #results: PlanResult[] = []
  readonly #lambdas: Record<string, Record<string, TestLambda>> = {}

  source(topic: string, options: SourceOptions = {}): string {
    const { format = { kind: 'json' }, disorderMs = 0, aheadMs = null, schema = ANY_JSON, time, decode } = options
    const { upserts = false, key, deletedKey } = options
    const params = { topic, format, disorderMs, aheadMs, validate: 'full' as const, upserts }
    const lambdas: Record<string, TestLambda> = {}
    for (const [slot, fn] of Object.entries({ time, decode, key, deletedKey })) if (fn !== undefined) lambdas[slot] = fn
    return this.#add('source', [], params, lambdas, options.id, { schema, uses: true })
  }

  map = this.#step('map')
  filter = this.#step('filter')
  flatMap = this.#step('flatMap')
  keyBy = this.#step('keyBy')
  mapValues = this.#step('mapValues')
  filterKeys = this.#step('filterKeys')
  flatMapKeys = this.#step('flatMapKeys')
  mapTable = this.#step('mapTable')
  filterTable = this.#step('filterTable')

  merge(inputs: readonly string[], id?: string): string {
    return this.#add('merge', inputs, {}, {}, id)
  }

  aggregate(input: string, window: WindowSpec, fields: Readonly<Record<string, FieldOptions>>, id?: string): string {
    return this.#aggregate(input, window, fields, false, id)
  }

  /** A short form such as `.count()`: the value of a row is its single field, named by its kind. */
  bare(input: string, window: WindowSpec, field: FieldOptions, id?: string): string {
    return this.#aggregate(input, window, { [field.kind]: field }, true, id)
  }

  lookup(
    input: string,
    rows: readonly (readonly [unknown, unknown])[],
    options: { type?: 'inner' | 'left'; key?: TestLambda; id?: string } = {},
  ): string {
    const { type = 'inner', key, id } = options
    const lambdas = { rows: () => rows, ...(key === undefined ? {} : { key }) }
    return this.#add('lookup', [input], { type, snapshot: 'hash of the rows' }, lambdas, id)
  }

  joinWithin(left: string, right: string, params: NodeParams['joinWithin'], id?: string): string {
    return this.#add('joinWithin', [left, right], params, {}, id)
  }

  joinTables(left: string, right: string, params: NodeParams['joinTables'], id?: string): string {
    return this.#add('joinTables', [left, right], params, {}, id)
  }

  changes(table: string, topic: string, options: { partitions?: number; id?: string } = {}): string {
    const params = { topic, partitions: options.partitions ?? 1, format: { kind: 'json' as const } }
    return this.#add('changes', [table], params, {}, options.id)
  }

  keep(input: string, keepMs: number, id?: string): string {
    return this.#add('keep', [input], { keepMs }, {}, id)
  }

  existing(input: string, id?: string): string {
    return this.#add('existing', [input], {}, {}, id)
  }

  scan(input: string, zero: unknown, fn: TestLambda, id?: string): string {
    return this.#add('scan', [input], { zero: bytesToHex(canonicalBytes(zero)) }, { fn }, id)
  }

  distinct(input: string, options: { by?: TestLambda; withinMs?: number; id?: string } = {}): string {
    const { by, withinMs = null, id } = options
    return this.#add('distinct', [input], { withinMs }, by === undefined ? {} : { by }, id)
  }

  joinTable(left: string, versions: string, type: 'inner' | 'left' = 'inner', id?: string): string {
    const { kind } = this.#nodes.find(node => node.id === versions) as PlanNode
    return this.#add('joinTable', [left, versions], { type, versions: kind === 'source' ? 'offset' : 'time' }, {}, id)
  }

  closed(input: string, id?: string): string {
    return this.#add('closed', [input], {}, {}, id)
  }

  to(
    input: string,
    topic: string,
    options: {
      partitions?: number
      keyed?: boolean
      maxBytes?: number
      key?: TestLambda
      format?: FormatSpec
      encode?: TestLambda
      id?: string
    } = {},
  ): string {
    const { partitions = 1, keyed = false, format = { kind: 'json' }, key, encode, maxBytes } = options
    const lambdas = { ...(key === undefined ? {} : { key }), ...(encode === undefined ? {} : { encode }) }
    return this.#add(
      'output',
      [input],
      { topic, partitions, keyed, ...(maxBytes === undefined ? {} : { maxBytes }), format },
      lambdas,
      options.id,
    )
  }

  view(name: string, node: string): this {
    this.#results.push({ name, kind: 'view', node, hash: `hash of ${name}` })
    return this
  }

  output(name: string, node: string): this {
    this.#results.push({ name, kind: 'output', node, hash: `hash of ${name}` })
    return this
  }

  program(job = 'test'): { plan: Plan; lambdas: Lambdas } {
    const results = [...this.#results].sort((a, b) => (a.name < b.name ? -1 : 1))
    return { plan: { format: 1, job, nodes: [...this.#nodes], results }, lambdas: this.#lambdas }
  }

  #step(kind: NodeKind): (input: string, fn: TestLambda, id?: string) => string {
    return (input, fn, id) => this.#add(kind, [input], {}, { fn }, id)
  }

  #aggregate(
    input: string,
    window: WindowSpec,
    fields: Readonly<Record<string, FieldOptions>>,
    bare: boolean,
    id: string | undefined,
  ): string {
    const specs: AggregationSpec[] = []
    const lambdas: Record<string, TestLambda> = {}
    for (const [name, { of, by, lift, plus, present, zero, ...spec }] of Object.entries(fields)) {
      if (spec.kind === 'custom') specs.push({ name, ...spec, zero: bytesToHex(canonicalBytes(zero)) })
      else specs.push({ name, ...spec })
      for (const [part, lambda] of Object.entries({ of, by, lift, plus, present })) {
        if (lambda !== undefined) lambdas[`${name}.${part}`] = lambda
      }
    }
    return this.#add('aggregate', [input], { window, fields: specs, bare }, lambdas, id)
  }

  #add<K extends NodeKind>(
    kind: K,
    inputs: readonly string[],
    params: NodeParams[K],
    lambdas: Record<string, TestLambda>,
    id = `${kind}-${this.#nodes.length}`,
    more: object = {},
  ): string {
    const facts = Object.fromEntries(Object.keys(lambdas).map(slot => [slot, FACTS]))
    const node = { id, kind, inputs, params, lambdas: facts, at: null, hash: `hash of ${id}`, ...more }
    this.#nodes.push(node as unknown as PlanNode)
    this.#lambdas[id] = lambdas
    return id
  }
}
