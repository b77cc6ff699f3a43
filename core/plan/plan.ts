// The plan: what a job is, as plain data. Nodes in topological order, no functions.
//
// Promises: the compiler writes it, every executor and the reference read it, and it is the whole meaning of a job
// except the bodies of the author's lambdas, which the emitted module has under the same node ids.

import type { RowDialect } from '../log/row-layout.ts'
import type { CalendarUnit } from '../time/civil-days.ts'
import type { AggregationSpec } from './aggregation-spec.ts'
import type { Expression } from './expression.ts'
import type { SchemaDocument, Uses } from './schema.ts'

export type WindowSpec =
  | { readonly kind: 'global' }
  | { readonly kind: 'tumbling'; readonly sizeMs: number; readonly offsetMs: number }
  | { readonly kind: 'hopping'; readonly sizeMs: number; readonly everyMs: number; readonly offsetMs: number }
  | { readonly kind: 'session'; readonly gapMs: number }
  /** `tz`: a name of the tz database, such as `Europe/Berlin`. */
  | { readonly kind: 'calendar'; readonly unit: CalendarUnit; readonly tz: string }

/** What is left out is as RFC 4180 says; where the log says how its rows are laid out, that counts. */
export interface CsvFormat extends Partial<RowDialect> {
  readonly kind: 'csv'
  readonly columns: readonly string[]
  /** Words that stand for nothing in every column, instead of those that are known anyway. */
  readonly nulls?: readonly string[]
  /** Numbers and booleans in JSON's forms alone. Default false. */
  readonly strict?: boolean
}

export type FormatSpec =
  | { readonly kind: 'json' }
  | { readonly kind: 'lines' }
  | { readonly kind: 'bytes' }
  | CsvFormat
  /**
   * By the lambdas `decode` and `encode` of the node. `definition` is what of the format is in no lambda, such as a
   * schema.
   */
  | { readonly kind: 'custom'; readonly name: string; readonly definition: string | null }

/**
 * Parameters of each node kind. A word of the language has a line here; exhaustive tables that lack its part do not
 * compile.
 */
export interface NodeParams {
  source: {
    readonly topic: string
    readonly format: FormatSpec
    readonly disorderMs: number
    readonly aheadMs: number | null
    /**
     * `used`: only the parts of a record that lambdas use must be of the declared type; the source's schema holds no
     * others.
     */
    readonly validate: 'full' | 'used'
    /**
     * Records are versions of keys: the lambda `key` gives the key (default: the record's own, as text), and a record
     * without value deletes the key that `deletedKey` gives (default: the same).
     */
    readonly upserts: boolean
  }
  map: Record<string, never>
  filter: Record<string, never>
  flatMap: Record<string, never>
  keyBy: Record<string, never>
  mapValues: Record<string, never>
  filterKeys: Record<string, never>
  flatMapKeys: Record<string, never>
  merge: Record<string, never>
  /** `bare`: a short form such as `.count()`; the value of a row is the one field itself, not an object. */
  aggregate: { readonly window: WindowSpec; readonly fields: readonly AggregationSpec[]; readonly bare: boolean }
  mapTable: Record<string, never>
  filterTable: Record<string, never>
  keep: { readonly keepMs: number }
  closed: Record<string, never>
  /** Drops rows whose value is null: of keys that an upsert has deleted. */
  existing: Record<string, never>
  /** `zero`: the canonical bytes of the state before the first element, as hexadecimal digits. */
  scan: { readonly zero: string }
  /** `withinMs`: null for `distinct`: only the first of equal elements is ever emitted. */
  distinct: { readonly withinMs: number | null }
  /**
   * Inputs: the left stream, the stream of versions. `versions`: what makes one newer than another, its time (and
   * identity), or its offset where they are the records of a table's topic. `at`: whether a version of the element's
   * own time counts (`same`, also where it is left out) or only those before it.
   */
  joinTable: {
    readonly type: 'inner' | 'left'
    readonly versions: 'time' | 'offset'
    readonly at?: 'same' | 'before'
  }
  output: {
    readonly topic: string
    readonly partitions: number
    readonly keyed: boolean
    /** Most bytes of a record, its key and its value; where it is left out any size passes. */
    readonly maxBytes?: number
    /** How values are written. */
    readonly format: FormatSpec
  }
  /** Data of the job itself, which the lambda `rows` holds: `[key, value]` pairs. `snapshot` is a hash of them. */
  lookup: { readonly type: 'inner' | 'left'; readonly snapshot: string }
  /** Inputs: the left stream, the right one. Pairs with `t_right` from `t_left - before` to `t_left + after`. */
  joinWithin: {
    readonly beforeMs: number
    readonly afterMs: number
    readonly type: 'inner' | 'left' | 'right' | 'full'
  }
  /** Inputs: the left table, the right one, which have the same windows. */
  joinTables: { readonly type: 'inner' | 'left' | 'full'; readonly window: WindowSpec }
  /** A topic that each changed row of a view is written to: its records depend on the commits, and are not compared. */
  changes: { readonly topic: string; readonly partitions: number; readonly format: FormatSpec }
}

export type NodeKind = keyof NodeParams

/** What static analysis knows of one lambda. */
export interface LambdaFacts {
  /** `path:line:column` of the lambda, path relative to the job's folder; null in an uncompiled job. */
  readonly at: string | null
  /** Whether the second parameter (record, or row of a table) is used. */
  readonly usesRecord: boolean
  /** Which parts of the value are used: of the first parameter, of the second one of `scan`. */
  readonly uses: Uses
  /** What the lambda computes of the value, where that is all that it does; left out otherwise. */
  readonly expression?: Expression
  /** The beginning of a hash of what it is, by which two plans are compared. Plans of older versions lack it. */
  readonly id?: string
}

interface NodeBase<K extends NodeKind> {
  /**
   * Stable under reformatting and under edits of other views: kind, a hash of all that defines the node, an ordinal
   * among equals.
   */
  readonly id: string
  readonly kind: K
  readonly inputs: readonly string[]
  readonly params: NodeParams[K]
  /** By slot (lambda-place.ts); for aggregations by field and slot: `FIELD.of`. */
  readonly lambdas: Readonly<Record<string, LambdaFacts>>
  /** `path:line:column` of the call that made the node. */
  readonly at: string | null
  /** Hash of everything that defines this node, its inputs included. */
  readonly hash: string
  /**
   * Of a source, and of a node that holds elements: the parts of the value that it emits which anything behind it uses.
   * Left out: it may be any.
   */
  readonly uses?: Uses
}

export interface SourceNode extends NodeBase<'source'> {
  readonly schema: SchemaDocument
  /** Everything declared is validated all the same. */
  readonly uses: Uses
}

export type PlanNode = { [K in NodeKind]: K extends 'source' ? SourceNode : NodeBase<K> }[NodeKind]
export type PlanNodeOf<K extends NodeKind> = Extract<PlanNode, { kind: K }>

export interface PlanResult {
  readonly name: string
  readonly kind: 'view' | 'output'
  readonly node: string
  /** The plan hash of this view or output. */
  readonly hash: string
  /** The declared types of a view's rows, no part of the hash; left out where they are not known. */
  readonly row?: RowTypes | undefined
}

export interface RowTypes {
  readonly key: SchemaDocument
  readonly value: SchemaDocument
}

export interface Plan {
  readonly format: 1
  readonly job: string
  readonly nodes: readonly PlanNode[]
  /** Sorted by name. */
  readonly results: readonly PlanResult[]
}

/** The author's closures, by node id and slot. */
export type Lambdas = Readonly<Record<string, Readonly<Record<string, (...args: never[]) => unknown>>>>
