// `joinWithin`: pairs of elements of equal key whose times lie within bounds, and halves without a partner.
//
// Promises: after a flush every pair of the elements so far has been emitted exactly once, whenever its halves came; an
// unmatched half is emitted once no partner can come any more (semantics.md 3.11). The state holds a half for as long
// as a partner can come.
// Not here: finding pairs (`pair-window.ts`), and the form of rows (`half.ts`).

import { type Inlet, type Lineage, LineagePath } from '../../emitted/emitted-module.ts'
import type { Recorder } from '../../emitted/recorder.ts'
import type { PlanNodeOf } from '../../plan/plan.ts'
import { unencodableReason } from '../../result/refusals.ts'
import type { ChangeSink, Environment } from '../../state/environment.ts'
import { PendingRows } from '../../state/pending-rows.ts'
import { TABLE } from '../../state/row-codec.ts'
import { RowCursor } from '../../state/row-cursor.ts'
import type { Row, Rows } from '../../state/rows.ts'
import { compareBytes, concatBytes } from '../../values/bytes.ts'
import { canonicalBytes, decodeBytes, Unencodable } from '../../values/canonical.ts'
import { pairIdentity } from '../../values/identity.ts'
import { type CheckSize, keptCheck } from '../aggregate/group-size.ts'
import { type Emit, emitterOf } from '../emit.ts'
import type { Flush, Operator } from '../operator.ts'
import type { OperatorContext, OperatorPorts } from '../operator-ports.ts'
import { pairValue } from '../pair-value.ts'
import { repeatedIdentity } from '../repeated-identity.ts'
import {
  decodeHalf,
  encodeHalf,
  encodePackedHalf,
  type Half,
  halfRow,
  indexedRow,
  indexKey,
  type JoinSide,
  keyLength,
  rowKeyFrom,
} from './half.ts'
import { PairWindow } from './pair-window.ts'

export function makeJoinWithin(node: PlanNodeOf<'joinWithin'>, parts: OperatorContext): OperatorPorts {
  const emit = emitterOf(node, parts)
  const operator = new JoinWithinOperator(node, parts.env, parts.report, emit, keptCheck(parts, node, 8))
  return { operator, inlet: operator }
}

/** In place of a row among the changes: the half is deleted. */
const FORGOTTEN = new Uint8Array(0)
const PRESENT = Uint8Array.of(1)

class JoinWithinOperator implements Inlet, Operator {
  readonly partials: string
  readonly #node: PlanNodeOf<'joinWithin'>
  readonly #index: string
  readonly #env: Environment
  readonly #report: Recorder
  readonly #emit: Emit
  readonly #checkSize: CheckSize
  readonly #fresh: PendingRows
  /** Of the present flush: rows of the state that change, and new entries of the index. */
  readonly #changes: PendingRows
  readonly #expiries: PendingRows
  #now = Number.NEGATIVE_INFINITY

  constructor(node: PlanNodeOf<'joinWithin'>, env: Environment, report: Recorder, emit: Emit, checkSize: CheckSize) {
    this.#checkSize = checkSize
    this.#node = node
    this.partials = TABLE.state(node.id)
    this.#index = TABLE.index(node.id)
    this.#env = env
    this.#report = report
    this.#emit = emit
    this.#fresh = new PendingRows(env.newSorter)
    this.#changes = new PendingRows(env.newSorter)
    this.#expiries = new PendingRows(env.newSorter)
  }

  add(branch: number, key: unknown, value: unknown, time: number, lineage: Lineage): void {
    this.#take(branch, lineage, identity => encodeHalf({ side: branch as JoinSide, key, time, identity }, value))
  }

  addPacked(branch: number, key: unknown, value: Uint8Array, time: number, lineage: Lineage): void {
    this.#take(branch, lineage, identity => encodePackedHalf({ side: branch as JoinSide, key, time, identity }, value))
  }

  #take(branch: number, lineage: Lineage, encode: (identity: Uint8Array) => ReturnType<typeof encodeHalf>): void {
    try {
      const { rowKey, row } = encode(this.#report.identity(lineage))
      this.#fresh.add(rowKey, row)
    } catch (error) {
      // One record may come through both sides: each is an element of its own.
      const half = new LineagePath(lineage, branch)
      if (error instanceof Unencodable) {
        this.#report.badValue(this.#node.id, half, unencodableReason('value', error.reason))
      } else this.#report.threw(this.#node.id, half, error)
    }
  }

  flush({ now, sink }: Flush): void {
    this.#now = now
    this.#pairFresh()
    this.#write(this.#takeDue(sink), sink)
  }

  takePartials(): Rows {
    return this.#fresh.take()
  }

  addPartials(rows: Rows): void {
    this.#fresh.addSorted(rows)
  }

  /** Walks the fresh halves of each key together with those that the state has of it. */
  #pairFresh(): void {
    const { beforeMs, afterMs } = this.#node.params
    const reach = Math.max(beforeMs, afterMs)
    const leave = (half: Half): void => this.#leave(half)
    const pair = (left: Half, right: Half): void => this.#pair(left, right)
    const window = new PairWindow({ beforeMs, afterMs, pair, leave, checkSize: this.#checkSize })
    let stored: StoredHalves | null = null
    try {
      let last: Half | undefined
      for (const [rowKey, row] of this.#fresh.take()) {
        const half = decodeHalf(rowKey, row, true)
        const keyBytes = half.rowKey.subarray(0, keyLength(half.rowKey))
        if (last === undefined || !isOfKey(last.rowKey, keyBytes)) {
          endOfKey(window, stored, last, reach)
          stored = new StoredHalves(this.#env, this.partials, keyBytes, half.time - reach)
        } else if (compareBytes(last.rowKey, half.rowKey) === 0) throw this.#repeated()
        for (const before of (stored as StoredHalves).takeBefore(half.rowKey)) window.add(before)
        if ((stored as StoredHalves).isAt(half.rowKey)) throw this.#repeated()
        window.add(half)
        last = half
      }
      endOfKey(window, stored, last, reach)
      stored = null
    } finally {
      stored?.close()
    }
  }

  /** A half that can meet no other one in this flush. */
  #leave(half: Half): void {
    const expiry = this.#expiryOf(half.side, half.time)
    if (expiry < this.#now) {
      if (!half.matched) this.#alone(half, expiry)
      if (!half.fresh) this.#changes.add(half.rowKey, FORGOTTEN)
      return
    }
    // Whether it was matched matters only where it would be emitted alone.
    const matched = half.matched && this.#showsAlone(half.side)
    if (half.fresh) this.#expiries.add(indexKey(expiry, half.rowKey), PRESENT)
    if (half.fresh || matched !== half.wasMatched) this.#changes.add(half.rowKey, halfRow(half.value, matched))
  }

  /**
   * Removes from the index the halves for which no partner can come any more, and gives the keys of their rows, sorted.
   */
  #takeDue(sink: ChangeSink): PendingRows {
    const due = new PendingRows(this.#env.newSorter)
    const { state } = this.#env
    if (state !== null && this.#now !== Number.NEGATIVE_INFINITY) {
      const to = this.#now === Number.POSITIVE_INFINITY ? undefined : canonicalBytes(this.#now)
      for (const [key] of state.range(this.#index, undefined, to)) {
        due.add(indexedRow(key), PRESENT)
        sink.putSorted(this.#index, key, null)
      }
    }
    // The last times of what stays are not before W, so these keys sort after those of what goes.
    for (const [key, value] of this.#expiries.take()) sink.putSorted(this.#index, key, value)
    return due
  }

  /** Writes changed rows and deletes due ones, in one pass by key. */
  #write(dueRows: PendingRows, sink: ChangeSink): void {
    const due = new RowCursor(dueRows.take())
    for (const [rowKey, row] of this.#changes.take()) {
      while (due.key !== undefined && compareBytes(due.key, rowKey) < 0) this.#forget(due, sink)
      if (due.isAt(rowKey)) due.advance() // it went through the window in this flush: the next line deletes it
      sink.putSorted(this.partials, rowKey, row.length === FORGOTTEN.length ? null : row)
    }
    while (due.key !== undefined) this.#forget(due, sink)
  }

  /** A half of the state that met no fresh one in this flush. */
  #forget(due: RowCursor, sink: ChangeSink): void {
    const rowKey = due.key as Uint8Array
    const half = decodeHalf(rowKey, this.#env.state?.get(this.partials, rowKey) as Uint8Array, false)
    if (!half.matched) this.#alone(half, this.#expiryOf(half.side, half.time))
    sink.putSorted(this.partials, rowKey, null)
    due.advance()
  }

  #pair(left: Half, right: Half): void {
    const time = Math.max(left.time, right.time)
    const identity = pairIdentity(left.identity, right.identity)
    this.#emit({ time, identity }, keyOf(left), pairValue(left.value, right.value))
  }

  #alone(half: Half, time: number): void {
    if (!this.#showsAlone(half.side)) return
    const left = half.side === 0 ? half : null
    const right = half.side === 1 ? half : null
    const identity = pairIdentity(left?.identity ?? null, right?.identity ?? null)
    this.#emit({ time, identity }, keyOf(half), pairValue(left?.value ?? null, right?.value ?? null))
  }

  #showsAlone(side: JoinSide): boolean {
    const { type } = this.#node.params
    return type === 'full' || type === (side === 0 ? 'left' : 'right')
  }

  /** The last time that a partner may have. */
  #expiryOf(side: JoinSide, time: number): number {
    const { beforeMs, afterMs } = this.#node.params
    return time + (side === 0 ? afterMs : beforeMs)
  }

  #repeated(): Error {
    return repeatedIdentity(this.#node.id, `${this.#node.id} have the same key, time and identity`)
  }
}

/** The halves of one key in the state, from a time on. */
class StoredHalves extends RowCursor {
  readonly #rows: Iterator<Row>

  constructor({ state }: Environment, table: string, keyBytes: Uint8Array, from: number) {
    const bound = (time: number): Uint8Array => rowKeyFrom(keyBytes, time)
    const stored = state?.range(table, bound(from), bound(Number.POSITIVE_INFINITY)) ?? []
    const rows = stored[Symbol.iterator]()
    super({ [Symbol.iterator]: () => rows })
    this.#rows = rows
  }

  *takeBefore(rowKey: Uint8Array): Generator<Half> {
    for (; this.key !== undefined && compareBytes(this.key, rowKey) < 0; this.advance()) {
      yield decodeHalf(this.key, this.value, false)
    }
  }

  close(): void {
    this.#rows.return?.()
  }
}

/** Lets the last fresh half of a key meet the stored ones after it. */
function endOfKey(window: PairWindow, stored: StoredHalves | null, last: Half | undefined, reach: number): void {
  if (stored === null || last === undefined) return
  if (stored.key !== undefined) {
    const keyBytes = last.rowKey.subarray(0, keyLength(last.rowKey))
    const bound = rowKeyFrom(keyBytes, last.time + reach)
    for (const half of stored.takeBefore(concatBytes([bound, AFTER_ALL]))) window.add(half)
  }
  stored.close()
  window.end()
}

/** Sorts after any side and identity. */
const AFTER_ALL = Uint8Array.of(255)

/** A prefix test is enough: rows come in order, so no earlier row is of a longer key that begins with these bytes. */
const isOfKey = (rowKey: Uint8Array, keyBytes: Uint8Array): boolean =>
  rowKey.length > keyBytes.length && compareBytes(rowKey.subarray(0, keyBytes.length), keyBytes) === 0

const keyOf = (half: Half): unknown => decodeBytes(half.rowKey)
