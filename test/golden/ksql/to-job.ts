// From statements to a job: each form of SQL as the words that mean the same.
//
// Promises: decides by the form of a statement, never by the name of a case. Throws `NotExpressible` for forms that the
// language does not have.

import {
  type Aggregation,
  collectList,
  collectSet,
  count,
  type Duration,
  histogram,
  hopping,
  type Job,
  job,
  last,
  max,
  min,
  session,
  source,
  sum,
  table,
  topK,
  tumbling,
} from '../../../dsl/index.ts'
import { topicOf } from './cases.ts'
import { type Aggregates, type Context, evaluate, type Row, type Scope } from './evaluate.ts'
import type { Expression, Join, Properties, Query, SelectItem, Statement, WindowClause } from './sql.ts'

export class NotExpressible extends Error {}

/** A row in the job: the values of each relation by alias. */
type Rows = Scope
type Lambda = (value: Rows, record: Info) => unknown
interface Info {
  readonly key: unknown
  readonly time: number
  readonly window?: { readonly start: number; readonly end: number }
}

/** Streams and tables without types, which TypeScript cannot infer from SQL. */
interface AnyStream {
  map(fn: Lambda): AnyStream
  mapValues(fn: Lambda): AnyStream
  filter(fn: Lambda): AnyStream
  keyBy(fn: Lambda): AnyStream
  window(window: unknown): AnyStream
  aggregate(fields: object): AnyTable
  joinWithin(other: AnyStream, options: object): AnyStream
  joinTable(table: AnyTable, options: object): AnyStream
  to(topic: string, options?: object): unknown
}
interface AnyTable {
  mapValues(fn: Lambda): AnyTable
  filter(fn: Lambda): AnyTable
  joinTables(other: AnyTable, options: object): AnyTable
}

interface Source {
  readonly columns: readonly string[]
  readonly stream: AnyStream | null
  readonly table: AnyTable | null
  /** The declared table; a stream can be joined with no other. */
  readonly declared: AnyTable | null
}

export interface MadeJob {
  readonly job: Job
  readonly kind: 'stream' | 'table'
  /** Names of the value's columns, in order. */
  readonly columns: readonly string[]
  readonly windowed: WindowClause | null
}

/** `fed`: topics of derived relations that the job reads instead of computing them. */
export function toJob(
  statements: readonly Statement[],
  properties: Readonly<Record<string, unknown>>,
  fed: ReadonlySet<string>,
): MadeJob {
  const sources = new Map<string, Source>()
  const legacy = properties['ksql.functions.substring.legacy.args'] === true
  let made: (Source & { windowed: WindowClause | null }) | null = null
  for (const statement of statements) {
    if (statement.query === null) sources.set(statement.name, declare(statement))
    else {
      made = new Derivation(statement.query, sources, legacy).derive(statement.kind)
      sources.set(statement.name, fed.has(topicOf(statement)) ? declare(statement, made.columns) : made)
    }
  }
  if (made === null) throw new NotExpressible('no statement derives anything')
  const { columns, windowed, stream, table: view } = made
  if (view !== null) return { job: job('golden', { result: view } as never), kind: 'table', columns, windowed }
  const output = (stream as AnyStream).map(value => value[''] ?? null).to('result', { key: (_: Row, r: Info) => r.key })
  return { job: job('golden', { result: output } as never), kind: 'stream', columns, windowed }
}

/** In the model of the cases nothing is late without a window's grace, so every source has a day of disorder. */
const DISORDER = '1d'

function declare(statement: Statement, known: readonly string[] | null = null): Source {
  const { kind, name, properties } = statement
  if (properties.WINDOW_TYPE !== undefined)
    throw new NotExpressible('keys that hold a window are bytes of another system')
  const columns = known ?? statement.columns?.map(c => c.name)
  if (columns === undefined) throw new NotExpressible('columns of a schema registry')
  const options = { disorder: DISORDER, ...timeOf(properties) } as object
  const named = (value: unknown): Rows => ({ [name]: value as Row })
  if (kind === 'TABLE') {
    const declared = table(topicOf(statement), options) as unknown as AnyTable
    return { columns, stream: null, table: declared.mapValues(named as Lambda), declared }
  }
  const stream = source(topicOf(statement), options) as unknown as AnyStream
  const withKey = stream.map((value, record) => {
    return { [name]: { ...(value as Row), ROWKEY: record.key, ROWTIME: record.time } }
  })
  return { columns, stream: withKey, table: null, declared: null }
}

function timeOf({ TIMESTAMP: column, TIMESTAMP_FORMAT: format }: Properties): object {
  if (column === undefined) return {}
  const name = column.toUpperCase()
  return { time: (value: Row) => (format === undefined ? value[name] : Date.parse(String(value[name]))) }
}

const AGGREGATES = [
  'COUNT',
  'SUM',
  'MIN',
  'MAX',
  'TOPK',
  'TOPKDISTINCT',
  'COLLECT_LIST',
  'COLLECT_SET',
  'HISTOGRAM',
  'TEST_UDAF',
]

class Derivation {
  readonly #query: Query
  readonly #sources: ReadonlyMap<string, Source>
  readonly #legacy: boolean

  constructor(query: Query, sources: ReadonlyMap<string, Source>, legacy: boolean) {
    this.#query = query
    this.#sources = sources
    this.#legacy = legacy
  }

  derive(kind: Statement['kind']): Source & { windowed: WindowClause | null } {
    const { where, groupBy, window } = this.#query
    const columns = this.#items().map(([name]) => name)
    const from = this.#from()
    if (from.stream === null) {
      if (groupBy.length > 0) throw new NotExpressible('an aggregation over a table that changes would take rows back')
      let view = from.table as AnyTable
      if (where !== null) view = view.filter(scope => this.#value(where, { scope }))
      const selected = view.mapValues(scope => ({ '': this.#select({ scope }) }))
      return { columns, stream: null, table: selected.mapValues(v => v['']), declared: null, windowed: null }
    }
    const stream = where === null ? from.stream : from.stream.filter(scope => this.#value(where, { scope }))
    if (kind === 'TABLE')
      return { columns, stream: null, table: this.#aggregate(stream), declared: null, windowed: window }
    return { columns, stream: this.#project(stream), table: null, declared: null, windowed: null }
  }

  #project(stream: AnyStream): AnyStream {
    const { partitionBy } = this.#query
    const rekeyed =
      partitionBy === null
        ? stream
        : stream
            .filter(scope => this.#value(partitionBy, { scope }) !== null)
            .keyBy(scope => String(this.#value(partitionBy, { scope })))
    return rekeyed.map(scope => ({ '': this.#select({ scope }) }))
  }

  #relation(name: string): Source {
    const found = this.#sources.get(name)
    if (found === undefined) throw new Error(`no relation ${name}`)
    return found
  }

  #from(): { stream: AnyStream | null; table: AnyTable | null } {
    const { from, join } = this.#query
    const left = this.#relation(from.name)
    const renamed: Lambda = scope => ({ [from.alias]: Object.values(scope)[0] as Row })
    if (join === null)
      return { stream: left.stream?.map(renamed) ?? null, table: left.table?.mapValues(renamed) ?? null }
    const right = this.#relation(join.right.name)
    const both: Lambda = value => {
      const { left: l, right: r } = value as { left: Rows | null; right: Rows | null }
      return {
        [from.alias]: l === null ? null : (Object.values(l)[0] ?? null),
        [join.right.alias]: r && (Object.values(r)[0] ?? null),
      }
    }
    if (left.stream === null) {
      const [a, b] = [left.table as AnyTable, right.table as AnyTable]
      return { stream: null, table: a.joinTables(b, { type: join.type }).mapValues(both) }
    }
    const keyed = left.stream.keyBy(this.#joinKey(from.alias))
    if (right.stream !== null) {
      const [before, after] = join.within as readonly [number, number]
      const bounds = { before: `${before}ms`, after: `${after}ms`, type: join.type }
      return {
        stream: keyed.joinWithin(right.stream.keyBy(this.#joinKey(join.right.alias)), bounds).mapValues(both),
        table: null,
      }
    }
    const joined = keyed.joinTable(right.declared as AnyTable, { type: join.type })
    const named: Lambda = value => {
      const { left: l, right: r } = value as unknown as { left: Rows; right: Row | null }
      return { [from.alias]: Object.values(l)[0] as Row, [join.right.alias]: r }
    }
    return { stream: joined.mapValues(named), table: null }
  }

  /** The side of the join's condition that belongs to one relation, as text, since keys of topics are text. */
  #joinKey(alias: string): Lambda {
    const [a, b] = (this.#query.join as Join).on
    const own = a.kind === 'dot' && a.of.kind === 'column' && a.of.name === alias ? a : b
    return scope => String(this.#value(own, { scope: { [alias]: Object.values(scope)[0] as Row } }))
  }

  #aggregate(stream: AnyStream): AnyTable {
    const { groupBy, window, having } = this.#query
    const calls = this.#calls()
    const keyed = stream.keyBy(scope => groupBy.map(e => String(this.#value(e, { scope }))).join('|+|'))
    const fields: Record<string, Aggregation<Rows, unknown, unknown>> = { row: last() }
    for (const [name, e] of calls) fields[name] = this.#aggregation(e)
    const windowed = window === null ? keyed : keyed.window(windowOf(window))
    const context = (row: Readonly<Record<string, unknown>>, info: Info): Context => {
      const results: [string, unknown][] = [...calls].map(([name, e]) => [JSON.stringify(e), presented(e, row[name])])
      results.push([BOUND('WINDOWSTART'), info.window?.start ?? null], [BOUND('WINDOWEND'), info.window?.end ?? null])
      const aggregates: Aggregates = new Map(results.map(([e, v]) => [e, v ?? null]))
      return { scope: row.row as Scope, aggregates }
    }
    const rows = windowed.aggregate(fields)
    const kept = having === null ? rows : rows.filter((row, info) => this.#value(having, context(row, info)))
    return kept.mapValues((row, info) => this.#select(context(row, info)))
  }

  /** Aggregate calls of the statement, each under a name. */
  #calls(): ReadonlyMap<string, Expression & { kind: 'call' }> {
    const found = new Map<string, Expression & { kind: 'call' }>()
    const visit = (e: Expression): void => {
      if (e.kind === 'call' && AGGREGATES.includes(e.name)) {
        if (![...found.values()].some(f => JSON.stringify(f) === JSON.stringify(e))) found.set(`a${found.size}`, e)
      } else if (e.kind === 'call') e.args.forEach(visit)
      else if (e.kind === 'binary') [e.left, e.right].forEach(visit)
      else if (e.kind === 'not') visit(e.of)
    }
    for (const { expression } of this.#query.items) visit(expression)
    if (this.#query.having !== null) visit(this.#query.having)
    return found
  }

  #aggregation({ name, args }: Expression & { kind: 'call' }): Aggregation<Rows, unknown, unknown> {
    const of = (scope: Rows): never => this.#value(args[0] as Expression, { scope }) as never
    const k = args[1]?.kind === 'literal' ? (args[1].value as 2) : 2
    switch (name) {
      case 'COUNT':
        return count()
      case 'SUM':
      case 'TEST_UDAF': // adds its arguments
        return sum(of) as Aggregation<Rows, unknown, unknown>
      case 'MIN':
        return min(of)
      case 'MAX':
        return max(of)
      case 'TOPK':
        return topK(k, of, of)
      case 'TOPKDISTINCT':
      case 'COLLECT_SET':
        return collectSet(of)
      case 'COLLECT_LIST':
        return collectList(of)
      default:
        return histogram(of)
    }
  }

  #select(context: Context): Row {
    return Object.fromEntries(this.#items().map(([name, item]) => [name, this.#value(item, context)]))
  }

  #value(e: Expression, context: Context): unknown {
    return evaluate(e, { ...context, legacySubstring: this.#legacy })
  }

  /** The selected columns, `*` expanded, each with its name. */
  #items(): readonly (readonly [string, Expression])[] {
    const { items, from, join } = this.#query
    const named: (readonly [string, Expression])[] = []
    for (const [index, item] of items.entries()) {
      const { expression, alias } = item
      // The key of a record is no part of its value.
      if (expression.kind === 'column' && expression.name === 'ROWKEY' && alias === null) continue
      if (expression.kind !== 'star') named.push([nameOf(item, index, name => this.#isAmbiguous(name)), expression])
      else named.push(...this.#star(expression.of ?? from.alias, join !== null))
    }
    return named
  }

  /** Whether both relations of a join have the column, so that its name needs the alias. */
  #isAmbiguous(name: string): boolean {
    const { from, join } = this.#query
    return join !== null && [from, join.right].every(r => this.#relation(r.name).columns.includes(name))
  }

  #star(alias: string, joined: boolean): (readonly [string, Expression])[] {
    const { from, join } = this.#query
    const relation = alias === from.alias ? from : join?.right
    const { columns } = this.#relation((relation ?? from).name)
    const all = joined ? [...columns, 'ROWTIME', 'ROWKEY'] : columns
    return all.map(name => {
      const expression: Expression = { kind: 'dot', of: { kind: 'column', name: alias }, name }
      return [joined ? `${alias}_${name}` : name, expression] as const
    })
  }
}

const BOUND = (name: string): string => JSON.stringify({ kind: 'call', name, args: [] } satisfies Expression)

function nameOf({ alias, expression: e }: SelectItem, index: number, ambiguous: (name: string) => boolean): string {
  if (alias !== null) return alias
  if (e.kind === 'column') return e.name
  if (e.kind === 'dot' && e.of.kind === 'column') return ambiguous(e.name) ? `${e.of.name}_${e.name}` : e.name
  if (e.kind === 'field') return `${nameOf({ alias: null, expression: e.of }, index, ambiguous)}__${e.name}`
  return `KSQL_COL_${index}`
}

/** The result of a word in the form of the SQL function. */
function presented({ name, args }: Expression & { kind: 'call' }, value: unknown): unknown {
  if (name === 'HISTOGRAM') {
    return Object.fromEntries((value as { value: string; count: number }[]).map(h => [h.value, h.count]))
  }
  if (name !== 'TOPKDISTINCT') return value
  const k = args[1]?.kind === 'literal' ? (args[1].value as number) : 0
  return [...(value as unknown[])].reverse().slice(0, k)
}

function windowOf({ kind, sizeMs, everyMs }: WindowClause): unknown {
  if (kind === 'SESSION') return session(ms(sizeMs))
  return kind === 'TUMBLING' ? tumbling(ms(sizeMs)) : hopping(ms(sizeMs), ms(everyMs) as never)
}

const ms = (duration: number): Duration => `${BigInt(duration)}ms`
