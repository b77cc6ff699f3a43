// The registry of words: one line for each kind of node, from which every table by kind is derived.
//
// Promises: plain data. A word says how an author spells it and which arguments are lambdas, what it takes and makes,
// what it keeps and until when it holds elements, and by which name the compiler finds its emitter, the executor its
// operator, the reference its evaluation, and the plan its rule of used fields. Tables by those names are exhaustive by
// their types, so a line here is a type error in each table that lacks its part (CONTRIBUTING.md, "Adding a word").
// Not here: parameters (`NodeParams`, plan.ts), aggregations (aggregation-spec.ts), what a word means
// (docs/semantics.md).

import type { CallLambdas, LambdaPlace } from './lambda-place.ts'
import type { NodeKind } from './plan.ts'

export interface Word {
  /** How an author spells it, with the lambdas of that call. The first one is what messages call it. */
  readonly calls: Readonly<Record<string, CallLambdas>>
  /** What its inputs are: elements of a stream, of a keyed one, or rows of a table. */
  readonly takes: 'nothing' | 'elements' | 'keyed elements' | 'rows'
  /** How many inputs it has. */
  readonly inputs: 0 | 1 | 2 | 'many'
  readonly makes: 'elements' | 'keyed elements' | 'rows' | 'records'
  /** What the state keeps for it between commits; null where it keeps nothing. */
  readonly keeps: string | null
  /** When an element that it holds is emitted, W being its watermark; null where it holds none or emits none. */
  readonly emits: string | null
  /** Rule of what it needs of its input's value (compiler/5-plan). */
  readonly needs: string
  /** Its emitter (compiler/7-emit/words); null where emitted code gives it no elements. */
  readonly emitter: string | null
  /** Its operator (core/executor/operators.ts); null where elements and rows only pass through. */
  readonly operator: string | null
  /** Its evaluation by the reference (core/reference/evaluations.ts). */
  readonly reference: string
}

/** A lambda as the first argument, whose result is kept as `keptAs`. */
const fn = (keptAs: string | null, more: Partial<LambdaPlace> = {}): CallLambdas => ({
  fn: { argument: 0, keptAs, ...more },
})
const option = (property: string, keptAs: string | null): LambdaPlace => ({ argument: 1, property, keptAs })
const by: CallLambdas = { by: { argument: 0, keptAs: 'what is told apart' } }

const KEY = { key: option('key', 'a key') }
const TIME = { time: option('time', null) }

/** A step: a word on elements that keeps nothing. */
const STEP = { takes: 'elements', inputs: 1, makes: 'elements', keeps: null, emits: null, operator: null } as const
const KEYED_STEP = { ...STEP, takes: 'keyed elements', makes: 'keyed elements' } as const
/** A word on rows, which is part of a chain of lambdas (core/tables). */
const TABLE_WORD = {
  takes: 'rows',
  inputs: 1,
  makes: 'rows',
  keeps: null,
  emits: null,
  needs: 'presence',
  emitter: null,
  operator: null,
} as const
/** An ordered operator: takes the elements of each key in order. */
const IN_ORDER = { takes: 'keyed elements', makes: 'keyed elements', emits: 'time < W' } as const

export const WORDS = {
  source: {
    calls: { source: TIME, table: { ...TIME, ...KEY, deletedKey: option('deletedKey', 'a key') } },
    takes: 'nothing',
    inputs: 0,
    makes: 'elements',
    keeps: null,
    emits: null,
    needs: 'source',
    emitter: null,
    operator: null,
    reference: 'source',
  },
  map: { ...STEP, calls: { map: fn(null) }, needs: 'lambda', emitter: 'map', reference: 'map' },
  filter: { ...STEP, calls: { filter: fn(null) }, needs: 'lambda and value', emitter: 'filter', reference: 'filter' },
  flatMap: { ...STEP, calls: { flatMap: fn(null) }, needs: 'lambda', emitter: 'flatMap', reference: 'flatMap' },
  keyBy: {
    ...STEP,
    calls: { keyBy: fn('a key') },
    makes: 'keyed elements',
    needs: 'lambda and value',
    emitter: 'keyBy',
    reference: 'keyBy',
  },
  mapValues: { ...KEYED_STEP, calls: { mapValues: fn(null) }, needs: 'lambda', emitter: 'map', reference: 'map' },
  filterKeys: {
    ...KEYED_STEP,
    calls: { filterKeys: fn(null) },
    needs: 'value',
    emitter: 'filter',
    reference: 'filter',
  },
  flatMapKeys: {
    ...KEYED_STEP,
    calls: { flatMapKeys: fn('a key', { many: true }) },
    needs: 'value',
    emitter: 'flatMapKeys',
    reference: 'flatMapKeys',
  },
  merge: { ...STEP, calls: { merge: {} }, inputs: 'many', needs: 'value', emitter: 'merge', reference: 'merge' },
  lookup: { ...STEP, calls: { lookup: KEY }, needs: 'left and key', emitter: 'lookup', reference: 'lookup' },
  aggregate: {
    calls: { aggregate: {} },
    takes: 'keyed elements',
    inputs: 1,
    makes: 'rows',
    keeps: 'a row for each group, until its window closes',
    emits: null,
    needs: 'aggregations',
    emitter: 'aggregate',
    operator: 'aggregate',
    reference: 'aggregate',
  },
  mapTable: { ...TABLE_WORD, calls: { mapValues: fn(null) }, reference: 'mapTable' },
  filterTable: { ...TABLE_WORD, calls: { filter: fn(null) }, reference: 'filterTable' },
  keep: { ...TABLE_WORD, calls: { keep: {} }, reference: 'keep' },
  existing: { ...TABLE_WORD, calls: { toTable: {} }, reference: 'existing' },
  closed: {
    ...TABLE_WORD,
    calls: { closed: {} },
    makes: 'keyed elements',
    emits: 'the window closes',
    reference: 'closed',
  },
  joinTables: {
    ...TABLE_WORD,
    calls: { joinTables: {} },
    inputs: 2,
    keeps: 'both sides of each row, until its window closes',
    operator: 'joinTables',
    reference: 'joinTables',
  },
  changes: {
    ...TABLE_WORD,
    calls: { changes: {} },
    makes: 'records',
    keeps: 'the rows last written, where no view holds them',
    operator: 'changes',
    reference: 'changes',
  },
  scan: {
    ...IN_ORDER,
    calls: { scan: { fn: { argument: 1, keptAs: 'a state', value: 1 } } },
    inputs: 1,
    keeps: 'elements that wait, and the state of each key',
    needs: 'lambda',
    emitter: 'hold',
    operator: 'scan',
    reference: 'scan',
  },
  distinct: {
    ...IN_ORDER,
    calls: { distinct: by, dedupe: by },
    inputs: 1,
    keeps: 'elements that wait, and what was emitted, for as long as it matters',
    needs: 'whole value',
    emitter: 'distinct',
    operator: 'distinct',
    reference: 'distinct',
  },
  joinTable: {
    ...IN_ORDER,
    calls: { joinTable: {} },
    inputs: 2,
    keeps: 'elements that wait, and the newest version of each key',
    needs: 'whole value',
    emitter: 'hold',
    operator: 'joinTable',
    reference: 'joinTable',
  },
  joinWithin: {
    calls: { joinWithin: {} },
    takes: 'keyed elements',
    inputs: 2,
    makes: 'keyed elements',
    keeps: 'each half, for as long as a partner can come',
    emits: 'both halves are there, or no partner can come any more',
    needs: 'whole value',
    emitter: 'hold',
    operator: 'joinWithin',
    reference: 'joinWithin',
  },
  output: {
    calls: { to: KEY },
    takes: 'elements',
    inputs: 1,
    makes: 'records',
    keeps: 'elements that wait to be written',
    emits: null,
    needs: 'whole value',
    emitter: 'output',
    operator: 'output',
    reference: 'output',
  },
} as const satisfies { readonly [K in NodeKind]: Word }

type WordOf<K extends NodeKind> = (typeof WORDS)[K]

/** The names that tables are keyed by. */
export type EmitterName = NonNullable<WordOf<NodeKind>['emitter']>
export type OperatorName = NonNullable<WordOf<NodeKind>['operator']>
export type ReferenceName = WordOf<NodeKind>['reference']
export type NeedsRule = WordOf<NodeKind>['needs']

/** Kinds of nodes whose word has this name for its emitter, operator or evaluation. */
export type KindsWith<Part extends 'emitter' | 'operator' | 'reference' | 'needs', Name> = {
  [K in NodeKind]: WordOf<K>[Part] extends Name ? (WordOf<K>[Part] extends null ? never : K) : never
}[NodeKind]

/**
 * Kinds whose nodes hold elements or rows and emit elements when they flush. What they have emitted is counted and
 * compared (semantics.md 1.2), and past them a lambda sees time and key only (2.9).
 */
export const EMITTING_KINDS: ReadonlySet<NodeKind> = new Set(
  (Object.keys(WORDS) as NodeKind[]).filter(kind => WORDS[kind].emits !== null),
)

/** Calls of the words that hold elements with their whole value, until they flush or for longer. */
export function callsThatHold(): ReadonlySet<string> {
  const holding = Object.values(WORDS).filter(word => word.needs === 'whole value' && word.makes === 'keyed elements')
  return new Set([WORDS.existing, ...holding].flatMap(word => Object.keys(word.calls)))
}

/** Lambdas by the call that takes them: every spelling of every word. */
export function callLambdas(): Readonly<Record<string, CallLambdas>> {
  const calls: Record<string, CallLambdas> = {}
  for (const { calls: spelt } of Object.values(WORDS)) {
    for (const [name, lambdas] of Object.entries(spelt)) calls[name] = { ...calls[name], ...lambdas }
  }
  return calls
}
