// The operator of an aggregation over sessions: partial sessions merged with those of the state, rows replaced,
// sessions closed.
//
// Promises: after `flush` state, views and digests are those of all elements so far; each closed session is emitted
// exactly once, and its state is deleted then, since no element can reach a closed session any more (semantics.md 4.4).
// Nothing stays in memory from one flush to the next.
// Not here: sessions in memory (`session-table.ts`), and views and `closed` nodes on this table (`row-table-sink.ts`).
//
// State rows: (key, first time) -> last time and the states of the columns; an index (end, first time, key) that finds
// closing sessions. A key's open sessions are read when the key has a new element.

import { presented } from '../../aggregations/custom/custom-aggregator.ts'
import type { PlanNodeOf, WindowSpec } from '../../plan/plan.ts'
import { RowsInParts } from '../../spill/rows-in-parts.ts'
import type { RunsHandle } from '../../spill/spilled-runs.ts'
import type { ChangeSink, Environment } from '../../state/environment.ts'
import { PendingRows } from '../../state/pending-rows.ts'
import { TABLE } from '../../state/row-codec.ts'
import { leastKey, RowCursor } from '../../state/row-cursor.ts'
import { hasRows, type Rows } from '../../state/rows.ts'
import { RowTableSink } from '../../tables/row-table-sink.ts'
import { ByteReader, ByteWriter, compareBytes, concatBytes } from '../../values/bytes.ts'
import { canonicalBytes, decodeValue, encodeValue, skipValue } from '../../values/canonical.ts'
import { FEW_GROUPS, isFull, rangeLimit, sizeCheck } from '../aggregate/group-size.ts'
import { statePart } from '../aggregate/row-part.ts'
import { RowValue } from '../aggregate/row-value.ts'
import type { Flush, Operator } from '../operator.ts'
import type { OperatorContext, OperatorPorts } from '../operator-ports.ts'
import { columnsOf, presentOf, sinkOptions } from '../table-parts.ts'
import { FreshSessions, type FreshSessionsOptions } from './fresh-sessions.ts'
import { keyOfRow } from './session-parts.ts'
import { SCRATCH, SessionTable } from './session-table.ts'
import { SpilledSessions } from './spilled-sessions.ts'

/** A session, or a part of one, on its way to being merged. */
interface Part {
  readonly first: number
  readonly last: number
  readonly state: Uint8Array
  /** Whether it is a row of the committed state. */
  readonly stored: boolean
}

/** Parts that are neighbours: one session. */
interface Cluster {
  readonly parts: Part[]
  last: number
}

type SessionWindow = Extract<WindowSpec, { kind: 'session' }>

export function makeSession(
  node: PlanNodeOf<'aggregate'>,
  window: SessionWindow,
  context: OperatorContext,
): OperatorPorts {
  const { gapMs } = window
  const sessions = new SessionTable(columnsOf(node, context), gapMs, context.kernel())
  const rows = new RowTableSink(sinkOptions(node, window, context))
  const present = presentOf(node, context)
  const { env, plan } = context
  const { fields, bare } = node.params
  const value = new RowValue(fields, bare, sessions.columns)
  const limit = env.rowBytes ?? Number.POSITIVE_INFINITY
  const state = statePart(sessions.columns, limit, (w, slot) => sessions.writeState(w, slot))
  const checkSize = sizeCheck(plan, node, false, limit)
  const kernel = context.kernel
  const options = { node: node.id, gapMs, sessions, rows, value, state, present, env, checkSize, kernel }
  const operator = new SessionOperator(options)
  return { operator, groups: sessions }
}

interface SessionOptions extends FreshSessionsOptions {
  readonly node: string
  readonly env: Environment
}

const PUT = Uint8Array.of(1)
const DELETE = Uint8Array.of(0)
const NOTHING = new Uint8Array(0)

class SessionOperator implements Operator {
  readonly partials: string
  readonly #o: SessionOptions
  readonly #index: string
  readonly #spilled: SpilledSessions
  /** Changes of the index in this flush. */
  readonly #indexed: PendingRows
  readonly #key = new ByteWriter()
  readonly #value = new ByteWriter(256)
  #now = Number.NEGATIVE_INFINITY
  #sink: ChangeSink | null = null

  constructor(options: SessionOptions) {
    this.#o = options
    this.partials = TABLE.state(options.node)
    this.#index = TABLE.index(options.node)
    this.#spilled = new SpilledSessions(options)
    this.#indexed = new PendingRows(options.env.newSorter)
  }

  flush({ now, keepNow, sink }: Flush): void {
    const { rows } = this.#o
    this.#now = now
    this.#sink = sink
    rows.begin(sink, keepNow)
    const isBack = this.#spilled.isEmpty || this.#spilled.bringBack()
    if (!isBack && rows.storesOnce) this.#flushSpilled(now, sink)
    else if (this.#isAllInMemory) {
      new FreshSessions(this.#o).flush(now, sink, { state: this.partials, index: this.#index })
      this.#o.sessions.clear()
    } else this.#mergeAll(sink)
    rows.finish()
    this.#sink = null
  }

  /** Whether no part of a session is elsewhere, and no view holds a row that `keep` drops now. */
  get #isAllInMemory(): boolean {
    const { state } = this.#o.env
    if (!this.#spilled.isEmpty) return false
    return state === null || (!this.#o.rows.dropsRows && !hasRows(state.range(this.partials)))
  }

  /** Sessions of some keys at a time. */
  #flushSpilled(now: number, sink: ChangeSink): void {
    this.#spilled.spill()
    const { kernel, env, sessions } = this.#o
    const limit = rangeLimit(env, sessions.columns)
    const rowsInParts = (): RowsInParts => new RowsInParts({ kernel, blocks: env.blocks, limit })
    const parts = { state: rowsInParts(), index: rowsInParts(), views: rowsInParts() }
    for (const _ of this.#spilled.ranges()) new FreshSessions(this.#o).putAside(now, parts)
    this.#spilled.dispose()
    if (!parts.state.isEmpty) sink.putSortedRows(this.partials, parts.state.sorted())
    if (!parts.index.isEmpty) sink.putSortedRows(this.#index, parts.index.sorted())
    this.#o.rows.storeAllNew(() => parts.views.sorted())
  }

  /** Merges what is in memory, what was spilled and what the state holds. */
  #mergeAll(sink: ChangeSink): void {
    const fresh = new RowCursor(this.#spilled.take())
    const due = new RowCursor(this.#dueRows())
    for (let row = leastKey(fresh.key, due.key); row !== undefined; row = leastKey(fresh.key, due.key)) {
      this.#flushKey(keyOfRow(row).slice(), fresh, due)
    }
    for (const [key, change] of this.#indexed.take()) sink.putSorted(this.#index, key, change[0] === 1 ? NOTHING : null)
  }

  get isFull(): boolean {
    return isFull(this.#o.env, this.#o.sessions)
  }

  /** Puts all sessions aside where there are too many in memory. */
  spill(bytes = Number.POSITIVE_INFINITY): void {
    if (this.isFull || this.bytes > bytes) this.#spilled.spill()
  }

  get bytes(): number {
    return this.#o.sessions.bytes
  }

  takeRuns(): RunsHandle | null {
    if (this.#spilled.isEmpty && this.#o.sessions.size < FEW_GROUPS) return null
    this.#spilled.spill()
    return this.#spilled.handOver()
  }

  addRuns(runs: RunsHandle): void {
    this.#spilled.takeOver(runs)
  }

  takePartials(): Rows {
    return this.#spilled.take()
  }

  /** Into sessions in memory, as long as there is room for them. */
  addPartials(rows: Rows): void {
    for (const [rowKey, value] of rows) {
      this.spill()
      const key = keyOfRow(rowKey)
      const first = decodeValue(new ByteReader(rowKey, key.length)) as number
      const r = new ByteReader(value)
      const last = decodeValue(r) as number
      this.#o.sessions.addPart(key, first, last, r)
    }
  }

  /** State keys of the sessions that close now unless a fresh part joins them, sorted. */
  #dueRows(): Rows {
    const { state, newSorter } = this.#o.env
    const due = new PendingRows(newSorter)
    if (state === null || this.#now === Number.NEGATIVE_INFINITY) return due.take()
    for (const [indexKey] of state.range(this.#index, undefined, canonicalBytes(this.#now))) {
      const reader = new ByteReader(indexKey)
      skipValue(reader)
      const first = indexKey.subarray(reader.position)
      skipValue(reader)
      this.#key.reset()
      this.#key.bytes(indexKey.subarray(reader.position))
      this.#key.bytes(first.subarray(0, first.length - (indexKey.length - reader.position)))
      due.add(this.#key.view(), NOTHING)
    }
    return due.take()
  }

  /**
   * Flushes all sessions of one key that have changed or close: takes fresh and stored parts in the order of their
   * first times.
   */
  #flushKey(key: Uint8Array, fresh: RowCursor, due: RowCursor): void {
    const { env, gapMs } = this.#o
    const ofKey = env.state?.range(this.partials, key, stateKey(key, Number.POSITIVE_INFINITY)) ?? []
    const stored = new RowCursor(ofKey)
    let cluster: Cluster | null = null
    for (;;) {
      const freshFirst = isOf(fresh, key) ? firstOf(fresh, key) : Number.POSITIVE_INFINITY
      const storedFirst = stored.key === undefined ? Number.POSITIVE_INFINITY : firstOf(stored, key)
      const first = Math.min(freshFirst, storedFirst)
      // After the last fresh part and the last due session, the state's sessions stay unchanged.
      const apart: boolean = cluster === null || first - cluster.last > gapMs
      if (freshFirst === Number.POSITIVE_INFINITY && apart && !isOf(due, key)) break
      if (first === Number.POSITIVE_INFINITY) break
      const source = first === storedFirst ? stored : fresh
      const part = partOf(first, source.value, source === stored)
      while (isOf(due, key) && firstOf(due, key) <= first) due.advance()
      source.advance()
      if (cluster === null || apart) {
        if (cluster !== null) this.#flushSession(key, cluster)
        cluster = { parts: [part], last: part.last }
      } else {
        cluster.parts.push(part)
        cluster.last = Math.max(cluster.last, part.last)
      }
    }
    if (cluster !== null) this.#flushSession(key, cluster)
    stored.stop()
  }

  #flushSession(key: Uint8Array, { parts, last }: Cluster): void {
    const { sessions, present, rows, gapMs, checkSize } = this.#o
    const first = (parts[0] as Part).first
    const end = last + gapMs
    const closes = end < this.#now
    const stored = parts.filter(part => part.stored)
    const changed = stored.length < parts.length
    if (!changed && !closes) return
    sessions.clearSlot(SCRATCH)
    let bytes = 0
    for (const { state } of parts) {
      bytes += state.length
      checkSize(bytes, () => key)
      sessions.mergeState(SCRATCH, new ByteReader(state))
    }
    const same = stored.find(part => part.first === first && part.last === last)
    const outcome = presented(() => present(SCRATCH))
    rows.put(viewKey(key, first, end), outcome, { changed, closes, isNew: same === undefined })
    this.#putState(
      key,
      first,
      last,
      closes,
      stored.some(part => part.first === first),
    )
    if (same === undefined && !closes) this.#indexed.add(indexKey(key, first, end), PUT)
    for (const part of stored) {
      if (part !== same) {
        rows.put(viewKey(key, part.first, part.last + gapMs), { kind: 'absent' }, { changed: true, closes: false })
      }
      if (part !== same || closes) this.#indexed.add(indexKey(key, part.first, part.last + gapMs), DELETE)
      if (part.first !== first) this.#sink?.putSorted(this.partials, stateKey(key, part.first), null)
    }
  }

  /** Writes the state of the session in SCRATCH, or deletes its row where it closes. */
  #putState(key: Uint8Array, first: number, last: number, closes: boolean, existed: boolean): void {
    if (closes && !existed) return
    const w = this.#value
    w.reset()
    encodeValue(w, last)
    if (!closes) this.#o.sessions.writeState(w, SCRATCH)
    this.#sink?.putSorted(this.partials, stateKey(key, first), closes ? null : w.view())
  }
}

/** Compares whole keys: the bytes of one may begin with those of another, if its text goes on with a zero. */
const isOf = ({ key: row }: RowCursor, key: Uint8Array): boolean =>
  row !== undefined && compareBytes(keyOfRow(row), key) === 0

/** The session's first time, which follows the key in a row key. */
const firstOf = ({ key: row }: RowCursor, key: Uint8Array): number =>
  decodeValue(new ByteReader(row as Uint8Array, key.length)) as number

/** Copies the bytes of the value. */
function partOf(first: number, value: Uint8Array, stored: boolean): Part {
  const reader = new ByteReader(value)
  const last = decodeValue(reader) as number
  return { first, last, state: value.slice(reader.position), stored }
}

const stateKey = (key: Uint8Array, first: number): Uint8Array => concatBytes([key, canonicalBytes(first)])
const viewKey = (key: Uint8Array, first: number, end: number): Uint8Array =>
  concatBytes([canonicalBytes(first), canonicalBytes(end), key])
const indexKey = (key: Uint8Array, first: number, end: number): Uint8Array =>
  concatBytes([canonicalBytes(end), canonicalBytes(first), key])
