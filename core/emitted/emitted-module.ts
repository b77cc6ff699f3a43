// What the emitted functions module offers and what it is linked against.
//
// Promises: batch and stream run the very same emitted functions; an executor supplies group tables, inlets, output
// buffers, the reporter and the api, and gets back one function per source node and one per emitting node. An emitted
// module imports nothing from `core`: all that it needs is in its `LinkTarget`.
// Not here: the code itself (`compiler/7-emit`), and what it must do exactly (`test/support/interpreted-module.ts`, the
// same behaviour without a compiler).

import type { Column } from '../aggregations/columns/column.ts'
import type { DecodeProgram } from '../kernel/decode/program.ts'
import type { RecordColumns } from '../kernel/decode/record-columns.ts'
import type { TextColumn } from '../kernel/decode/text-column.ts'
import type { Chunk } from '../log/chunk.ts'
import type { Lambdas, Plan } from '../plan/plan.ts'
import type { Scan } from '../scan/scan.ts'
import type { CalendarUnit } from '../time/civil-days.ts'

/**
 * Where an element came from: a record of the current chunk, the identity of an element that a node has emitted, or a
 * branch of another
 * lineage.
 */
export type Lineage = number | Uint8Array | LineagePath

/** A lineage with an index: that among the results of a `flatMap` or `flatMapKeys`, or of a branch of a `merge`. */
export class LineagePath {
  readonly parent: Lineage
  readonly index: number
  constructor(parent: Lineage, index: number) {
    this.parent = parent
    this.index = index
  }
}

/** What a source node remembers of one partition. */
export interface SourcePartition {
  /** Greatest event time so far (`T`); -Infinity while there is none. */
  maxTime: number
  /**
   * The longest step, in ms, by which one record has moved `T`: 0 for the first record with a time, -1 while there is
   * none.
   */
  leap: number
  /** Index in the present chunk of the record or tick that made this step; not written where none did. */
  leapAt: number
  /** The event time that it moved `T` to. */
  leapTime: number
}

/**
 * Reads the records first <= i < last of a chunk through one source node and everything fused behind it. For each
 * record, in this order: a tick (`chunk.ticks[i]` = 1) moves `state.maxTime` to its timestamp, where that is an event
 * time, and ends there; decode; time; `ahead`; late iff `time < maxTime - disorder`; `maxTime` moves to the time in any
 * case; the rest (semantics.md 2.1).
 *
 * No record of a table's topic is late (3.8). An aggregation behind it gets a version's own time; a join gets as the
 * time the greater of that and `maxTime - disorder` before the record, and the own time as `by`. A record that is a
 * dead letter goes on as a deletion of `api.deletedKey`, both times `maxTime - disorder`, unless that is -Infinity.
 */
export type SourceFunction = (chunk: Chunk, first: number, last: number, state: SourcePartition) => void
/**
 * Emits one element to everything behind a node that held it: a closed row, a joined pair, a scanned element. The
 * lineage is the element's identity.
 */
export type EmitFunction = (key: unknown, value: unknown, time: number, lineage: Uint8Array) => void

export interface Linked {
  readonly sources: Readonly<Record<string, SourceFunction>>
  /** By node of a kind in `EMITTING_KINDS`. */
  readonly emit: Readonly<Record<string, EmitFunction>>
  /**
   * By aggregate node: the value of a row from its columns, `columns[f].present(slot)` by field name, or bare. Fields
   * are in the order that `normalise` gives them, since a lambda may see it.
   */
  readonly present: Readonly<Record<string, (slot: number) => unknown>>
}

/**
 * The table of groups that emitted code of an aggregation writes into.
 *
 * For one element, emitted code first computes the inputs of all fields, in the order of their names (`<` of strings):
 * `of` (without a lambda: the element's value) through the function of the api that `takesOf` of its kind names,
 * `input` for values; an author's aggregation puts the result through its `lift` and that through `api.input`; then
 * `by` (without a lambda: the result of `of`) through `api.input`. The first field that fails ends the element, with
 * one dead letter that names the field (semantics.md 5.2). Then it sets the key, and for each window: `slotAt` once
 * and `columns[f].add` for each field. `add` takes the slot and what `takesOf` says
 * (`core/plan/aggregation-spec.ts`): `of`, `by`, time and lineage, as far as it names them, in this order.
 */
export interface GroupAccess {
  /** In the order of the node's fields. */
  readonly columns: readonly Column[]
  /** Sets the key, normalised, for the windows that follow. */
  enter(key: unknown): void
  /** As `enter`, for the text of record i of the present batch, which lies in the kernel's memory. */
  enterText(texts: TextColumn, i: number): void
  /** As `enter`, for a key whose canonical bytes have been written. */
  enterWritten(): void
  readonly keyWriter: KeyAccess
  /**
   * The slot of the key's group in a window, made if there is none yet, and marked as changed. `windowStart` is 0 for
   * the global window, and the element's own time for sessions.
   */
  slotAt(windowStart: number): number
}

/** Writes a composite key by its parts. Marks are the canonical bytes between them. */
export interface KeyAccess {
  /** Begins a key with its first marks. */
  begin(marks: Uint8Array): void
  marks(marks: Uint8Array): void
  text(part: string): void
  /** A text by its place in the kernel's memory. */
  textAt(address: number, length: number): void
  /** A part of any other type. */
  value(part: unknown): void
}

/** Where emitted code reports late records and dead letters. Each call is counted and kept; nothing is dropped. */
export interface Reporter {
  /** The chunk that numeric lineages point into from now on. */
  enter(chunk: Chunk): void
  /** Whether records of the chunk's log have keys. */
  readonly carriesKeys: boolean
  /** Decodes record i with the obvious decoder; reports a dead letter and returns FAIL where it does not decode. */
  decodeSlow(node: string, i: number): unknown
  badTime(node: string, i: number, value: unknown): void
  /** Record i has no timestamp, where its source needs one. */
  noTimestamp(node: string, i: number): void
  ahead(node: string, i: number): void
  late(node: string, i: number, time: number): void
  /**
   * A lambda, or an iterator or getter of what it gave, threw. Throws what must end the run (typed failures, stack
   * overflow).
   */
  threw(node: string, lineage: Lineage, error: unknown, field?: string): void
  badValue(node: string, lineage: Lineage, reason: string, field?: string): void
  identity(lineage: Lineage): Uint8Array
  /**
   * The second argument of a lambda: the record in the log, or time and key past an aggregation. `keyed`: past a
   * `keyBy`.
   */
  record(lineage: Lineage, time: number, key: unknown, keyed: boolean): unknown
  /** The second argument of a source's `time` lambda. */
  sourceRecord(i: number): unknown
}

/** A node that holds elements until it flushes: a join, `scan`, `distinct`. */
export interface Inlet {
  /**
   * Takes an element of the node's input number `branch`. Key and value may be anything that a lambda gave or a source
   * decoded; `by` is what the node's `by` lambda gave, where it has one. What has no canonical bytes is a dead letter
   * of the node.
   */
  add(branch: number, key: unknown, value: unknown, time: number, lineage: Lineage, by?: unknown): void
  /** As `add`, for a value in canonical bytes, which are valid for the call. */
  addPacked(branch: number, key: unknown, value: Uint8Array, time: number, lineage: Lineage, by?: unknown): void
}

/** A node that takes the changed rows of its input tables. */
export interface RowInlet {
  /** `stored` is what a view stores of the row, null where it is gone. Copies what it is given. */
  take(branch: number, rowKey: Uint8Array, stored: Uint8Array | null): void
}

export interface OutputAccess {
  /**
   * Holds an element until it may be written: in (time, identity) order, once time < W. `key` is what the `key` lambda
   * gave where there is one (promises refused before), else the stream's key where `params.keyed`; `keyed` says that
   * there is one.
   */
  add(keyed: boolean, key: unknown, value: unknown, time: number, lineage: Lineage): void
}

/**
 * What emitted code needs of `core`, bound to the reporter: every check of what a lambda gave is here once. A function
 * that may refuse reports the dead letter itself and then returns `FAIL` (or NaN, or true, as it says); the caller
 * drops the element.
 */
export interface RuntimeApi {
  readonly FAIL: typeof FAIL
  readonly LineagePath: typeof LineagePath
  /**
   * Whether what a lambda computes may be computed without calling it, where it is an expression. False under a
   * debugger: breakpoints in lambdas are met.
   */
  readonly plain: boolean
  /** What emitted decoders are made of. */
  readonly scan: Scan
  /** The columns that the kernel reads records into by a program. */
  recordColumns(program: DecodeProgram): RecordColumns
  /** Event time from what the `time` lambda or the log gave (-0 becomes 0); NaN where it is none. */
  time(node: string, i: number, value: unknown, fromLog: boolean): number
  /** The log's own timestamp of record i; NaN where it has none. Throws `log-lacks` where the log has none at all. */
  timestamp(chunk: Chunk, i: number): number
  /** True where a number is an event time: an integer in range. */
  isTime(value: number): boolean
  /** Greatest `offset + n * every` at or before the time, exact over the whole range of event times. */
  windowStart(time: number, every: number, offset: number): number
  /** A function that gives the start of the calendar window that a time lies in. */
  calendar(unit: CalendarUnit, tz: string): (time: number) => number
  /** True, with a dead letter, where a lambda's result is a promise. Need be called for objects and functions only. */
  isPromise(node: string, lineage: Lineage, value: unknown, field?: string): boolean
  /** What `keyBy` gave, normalised; FAIL where it is a promise or has no canonical bytes. */
  key(node: string, lineage: Lineage, value: unknown): unknown
  /**
   * The key that record i would delete if it had no value: by the lambda, without one the record's own as text. FAIL,
   * without a dead letter, where that cannot be told.
   */
  deletedKey(node: string, i: number, time: number, lambda: ((record: unknown) => unknown) | null): unknown
  /** The whole list that a `flatMap` lambda gave; FAIL where it is a promise or no list. */
  list(node: string, lineage: Lineage, value: unknown): readonly unknown[] | typeof FAIL
  /**
   * All keys that a `flatMapKeys` lambda gave, normalised; FAIL where they are no list or one of them has no canonical
   * bytes.
   */
  keys(node: string, lineage: Lineage, value: unknown): readonly unknown[] | typeof FAIL
  /** Input of `sum` and the like; FAIL where it is neither number nor bigint. */
  numeric(node: string, lineage: Lineage, value: unknown, field: string): number | bigint | typeof FAIL
  /** The same, where NaN fails too. */
  bounded(node: string, lineage: Lineage, value: unknown, field: string): number | bigint | typeof FAIL
  /**
   * The rows of a snapshot, `[key, value]` each, to be found by their normalised keys; undefined where there is none.
   */
  snapshot(rows: readonly (readonly [unknown, unknown])[]): (key: unknown) => unknown
  /** Any other input of an aggregation, normalised; FAIL where it is a promise or has no canonical bytes. */
  input(node: string, lineage: Lineage, value: unknown, field: string): unknown
}

export interface LinkTarget {
  /** By aggregate node. */
  readonly groups: Readonly<Record<string, GroupAccess>>
  /** By node that holds elements. */
  readonly inlets: Readonly<Record<string, Inlet>>
  /** By output node. */
  readonly outputs: Readonly<Record<string, OutputAccess>>
  readonly report: Reporter
  readonly api: RuntimeApi
  /**
   * Whether a node is run; all are where this is left out. Emitted code asks it once, of the nodes that share an input
   * with others: what is given to a node that is not run is dropped in any case.
   */
  readonly runs?: (node: string) => boolean
}

/** Returned by a decoder for a record that it does not accept. */
export const FAIL: unique symbol = Symbol.for('lyrebird.fail') as never

/** A part of a job: some results with what they need. */
export interface JobPart {
  readonly results: readonly string[]
  /** Ids of nodes whose late records and dead letters are not kept. */
  readonly silent: readonly string[]
}

export interface FunctionsModule {
  /** The ABI number that it was emitted for (abi.ts). */
  readonly abi: number
  readonly plan: Plan
  readonly lambdas: Lambdas
  /** The author's files, relative to the job's folder; used to find the author's place in a stack trace. */
  readonly files: readonly string[]
  /** What is run of the job, where that is not all (reduced-module.ts). */
  readonly part?: JobPart
  /** Whether the job has formatted anything through `Intl` in this thread, so that results depend on ICU. */
  usedIntl(): boolean
  link(target: LinkTarget): Linked
}
