// What the methods of streams and tables do: each makes one node of the graph.
//
// Promises: frozen values, no side effect. Arguments that types would refuse are refused here too, in a sentence.
// A word that takes more than a lambda makes its node in the file of its name; the types that an author sees are in
// `streams.ts`.

import type { AggregationSpec } from '../../core/plan/aggregation-spec.ts'
import type { GraphLambda, GraphNode } from '../../core/plan/graph.ts'
import type { WindowSpec } from '../../core/plan/plan.ts'
import { aggregationParts } from '../aggregations/aggregations.ts'
import { durationMs } from '../duration.ts'
import { fieldName } from '../names.ts'
import { Call, NODE, nodeIn, wordFor } from '../node.ts'
import { windowSpec } from '../window.ts'
import { changesNode } from './changes.ts'
import { dedupeNode, distinctNode } from './distinct.ts'
import { joinTableNode } from './join-table.ts'
import { joinTablesNode } from './join-tables.ts'
import { joinWithinNode } from './join-within.ts'
import { lookupNode } from './lookup.ts'
import { mergeNode } from './merge.ts'
import { scanNode } from './scan.ts'
import type { Stream } from './streams.ts'
import { tableWindow } from './table-window.ts'
import { outputNode } from './to.ts'
import { newestNode } from './to-table.ts'

const VERSIONS: unique symbol = Symbol.for('lyrebird.versions') as never

/** The table of the newest versions in a stream of them. */
export function upsertsOf(call: Call, versions: GraphNode): TableValue {
  return new TableValue(newestNode(call, versions), versions)
}

/** A stream behind a source node. */
export function streamOf<T>(node: GraphNode): Stream<T> {
  return new Pipeline(node, false) as unknown as Stream<T>
}

function versionsOf(value: unknown): GraphNode | null {
  return typeof value === 'object' && value !== null && VERSIONS in value ? (value[VERSIONS] as GraphNode | null) : null
}

type LambdaStep = 'map' | 'filter' | 'flatMap' | 'keyBy' | 'mapValues' | 'filterKeys' | 'flatMapKeys'

/** Stream and KeyedStream. */
class Pipeline {
  readonly [NODE]: GraphNode
  readonly keyed: boolean

  constructor(node: GraphNode, keyed: boolean) {
    this[NODE] = node
    this.keyed = keyed
    Object.freeze(this)
  }

  map(...given: unknown[]): Pipeline {
    return this.#step('map', given)
  }

  filter(...given: unknown[]): Pipeline {
    return this.#step('filter', given)
  }

  flatMap(...given: unknown[]): Pipeline {
    return this.#step('flatMap', given)
  }

  keyBy(...given: unknown[]): Pipeline {
    return this.#step('keyBy', given, true)
  }

  mapValues(...given: unknown[]): Pipeline {
    return this.#keyedCall('mapValues', given).#step('mapValues', given)
  }

  filterKeys(...given: unknown[]): Pipeline {
    return this.#keyedCall('filterKeys', given).#step('filterKeys', given)
  }

  flatMapKeys(...given: unknown[]): Pipeline {
    return this.#keyedCall('flatMapKeys', given).#step('flatMapKeys', given)
  }

  merge(...given: unknown[]): Pipeline {
    return new Pipeline(mergeNode(new Call(given), this[NODE], this.keyed), this.keyed)
  }

  lookup(...given: unknown[]): Pipeline {
    return new Pipeline(lookupNode(new Call(given), this[NODE], this.keyed), this.keyed)
  }

  joinWithin(...given: unknown[]): Pipeline {
    const call: Call = new Call(given)
    this.#keyedCall('joinWithin', given)
    const other = call.args[0]
    if (!(nodeIn(other) !== null && (other as Pipeline).keyed === true)) {
      const word = nodeIn(other) !== null && (other as Pipeline).keyed === false ? 'not-keyed' : 'bad-argument'
      call.fail(word, `joinWithin() takes another keyed stream, got ${wordFor(other)}.`)
    }
    return new Pipeline(joinWithinNode(call, this[NODE], nodeIn(other) as GraphNode), true)
  }

  scan(...given: unknown[]): Pipeline {
    return new Pipeline(scanNode(new Call(given), this.#keyedCall('scan', given)[NODE]), true)
  }

  distinct(...given: unknown[]): Pipeline {
    return new Pipeline(distinctNode(new Call(given), this.#keyedCall('distinct', given)[NODE]), true)
  }

  dedupe(...given: unknown[]): Pipeline {
    return new Pipeline(dedupeNode(new Call(given), this.#keyedCall('dedupe', given)[NODE]), true)
  }

  toTable(...given: unknown[]): TableValue {
    return upsertsOf(new Call(given), this.#keyedCall('toTable', given)[NODE])
  }

  joinTable(...given: unknown[]): Pipeline {
    const call: Call = new Call(given)
    this.#keyedCall('joinTable', given)
    const versions = versionsOf(call.args[0])
    if (versions === null) {
      const other = nodeIn(call.args[0]) === null ? wordFor(call.args[0]) : 'one that does not keep its versions'
      call.fail('bad-argument', `joinTable() takes a table(...) or the table that toTable() makes, got ${other}.`)
    }
    return new Pipeline(joinTableNode(call, this[NODE], versions), true)
  }

  to(...given: unknown[]): OutputValue {
    return new OutputValue(outputNode(new Call(given), this[NODE], this.keyed))
  }

  window(...given: unknown[]): Windowed {
    const call: Call = new Call(given)
    this.#keyedCall('window', given)
    const spec = windowSpec(call.args[0])
    if (spec === null)
      call.fail(
        'bad-argument',
        `window() takes tumbling(...), hopping(...), session(...) or calendar(...), got ${wordFor(call.args[0])}.`,
      )
    return new Windowed(this[NODE], spec)
  }

  aggregate(...given: unknown[]): TableValue {
    return this.#everywhere('aggregate', given).aggregate(...given)
  }

  count(...given: unknown[]): TableValue {
    return this.#everywhere('count', given).count(...given)
  }

  sum(...given: unknown[]): TableValue {
    return this.#everywhere('sum', given).sum(...given)
  }

  min(...given: unknown[]): TableValue {
    return this.#everywhere('min', given).min(...given)
  }

  max(...given: unknown[]): TableValue {
    return this.#everywhere('max', given).max(...given)
  }

  mean(...given: unknown[]): TableValue {
    return this.#everywhere('mean', given).mean(...given)
  }

  #step(kind: LambdaStep, given: readonly unknown[], keyed = this.keyed): Pipeline {
    const call: Call = new Call(given)
    const fn = call.lambda(call.args[0], 'fn', `${kind}()`)
    return new Pipeline(call.node(kind, [this[NODE]], {}, { fn }), keyed)
  }

  #keyedCall(word: string, given: readonly unknown[]): this {
    if (!this.keyed) new Call(given).fail('not-keyed', `${word}() needs a keyed stream: call keyBy(...) first.`)
    return this
  }

  #everywhere(word: string, given: readonly unknown[]): Windowed {
    return new Windowed(this.#keyedCall(word, given)[NODE], { kind: 'global' })
  }
}

/** WindowedStream. It has no node of its own: the window is part of the aggregation. */
class Windowed {
  readonly #node: GraphNode
  readonly #window: WindowSpec

  constructor(node: GraphNode, window: WindowSpec) {
    this.#node = node
    this.#window = window
    Object.freeze(this)
  }

  aggregate(...given: unknown[]): TableValue {
    const call: Call = new Call(given)
    const fields = call.args[0]
    if (typeof fields !== 'object' || fields === null || Array.isArray(fields) || Object.keys(fields).length === 0) {
      call.fail('bad-argument', 'aggregate() takes its fields as an object: aggregate({ views: count() }).')
    }
    return this.#table(call, fields as Record<string, unknown>, false)
  }

  count(...given: unknown[]): TableValue {
    return this.#short('count', given)
  }

  sum(...given: unknown[]): TableValue {
    return this.#short('sum', given)
  }

  min(...given: unknown[]): TableValue {
    return this.#short('min', given)
  }

  max(...given: unknown[]): TableValue {
    return this.#short('max', given)
  }

  mean(...given: unknown[]): TableValue {
    return this.#short('mean', given)
  }

  /** A table by its fields, sorted by name: their order in the source does not count. */
  #table(call: Call, fields: Readonly<Record<string, unknown>>, bare: boolean): TableValue {
    const specs: AggregationSpec[] = []
    const lambdas: Record<string, GraphLambda> = {}
    for (const name of Object.keys(fields).sort()) {
      const parts = aggregationParts(fields[name])
      if (parts === null) {
        call.fail(
          'bad-argument',
          `aggregate() takes aggregations such as count(); field ${name} is ${wordFor(fields[name])}.`,
        )
      }
      specs.push({ name: fieldName(name, call), ...parts.spec })
      for (const [part, lambda] of Object.entries(parts.lambdas)) lambdas[`${name}.${part}`] = lambda
    }
    return new TableValue(call.node('aggregate', [this.#node], { window: this.#window, fields: specs, bare }, lambdas))
  }

  /** `.sum(f)` is an aggregation with one field, named after its kind, whose value is the row's. */
  #short(kind: 'count' | 'sum' | 'min' | 'max' | 'mean', given: readonly unknown[]): TableValue {
    const call: Call = new Call(given)
    const of = kind === 'count' ? {} : { [`${kind}.of`]: call.lambda(call.args[0], 'of', `${kind}()`) }
    const params = { window: this.#window, fields: [{ name: kind, kind }], bare: true }
    return new TableValue(call.node('aggregate', [this.#node], params, of))
  }
}

class TableValue {
  readonly [NODE]: GraphNode
  /** Of a table of upserts the node of its versions; null for other tables. */
  readonly [VERSIONS]: GraphNode | null

  constructor(node: GraphNode, versions: GraphNode | null = null) {
    this[NODE] = node
    this[VERSIONS] = versions
    Object.freeze(this)
  }

  mapValues(...given: unknown[]): TableValue {
    const call: Call = new Call(given)
    return this.#next(call, 'mapTable', { fn: call.lambda(call.args[0], 'fn', 'mapValues()') })
  }

  filter(...given: unknown[]): TableValue {
    const call: Call = new Call(given)
    return this.#next(call, 'filterTable', { fn: call.lambda(call.args[0], 'fn', 'filter()') })
  }

  keep(...given: unknown[]): TableValue {
    const call: Call = new Call(given)
    this.#windowed(call, 'keep')
    const keepMs = durationMs(call.args[0], 'the duration of keep()', call.callId)
    return new TableValue(call.node('keep', [this[NODE]], { keepMs }))
  }

  closed(...given: unknown[]): Pipeline {
    const call: Call = new Call(given)
    this.#windowed(call, 'closed')
    return new Pipeline(call.node('closed', [this[NODE]], {}), true)
  }

  joinTables(...given: unknown[]): TableValue {
    const call: Call = new Call(given)
    const other = call.args[0]
    if (!(other instanceof TableValue)) {
      call.fail('bad-argument', `joinTables() takes another table, got ${wordFor(other)}.`)
    }
    return new TableValue(joinTablesNode(call, this[NODE], other[NODE]))
  }

  changes(...given: unknown[]): ChangesValue {
    const call: Call = new Call(given)
    if (call.args.length > 0) call.fail('bad-argument', 'changes() takes nothing: changes().to(topic, options).')
    return new ChangesValue(this[NODE])
  }

  #next(call: Call, kind: 'mapTable' | 'filterTable', lambdas: Readonly<Record<string, GraphLambda>>): TableValue {
    return new TableValue(call.node(kind, [this[NODE]], {}, lambdas))
  }

  #windowed(call: Call, word: string): void {
    if (tableWindow(this[NODE]).kind !== 'global') return
    call.fail('not-windowed', `${word}() needs a table with windows: call window(...) before the aggregation.`)
  }
}

/** What `changes()` gives. It has no node until `to()` gives it a topic. */
class ChangesValue {
  readonly #table: GraphNode

  constructor(table: GraphNode) {
    this.#table = table
    Object.freeze(this)
  }

  to(...given: unknown[]): OutputValue {
    return new OutputValue(changesNode(new Call(given), this.#table))
  }
}

class OutputValue {
  readonly [NODE]: GraphNode

  constructor(node: GraphNode) {
    this[NODE] = node
    Object.freeze(this)
  }
}
