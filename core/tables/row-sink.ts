// The rows of a table that keeps no slots (sessions, joined tables) on their way out: to views with their digests, and to
// `closed` nodes. What `table-rows.ts` is to tables of groups.
//
// Promises: a view's digest counts exactly the rows that its table holds; a row that an unchanged value would rewrite is
// left alone; each chain runs once for a row; rows may come in any order and go to the sink in that of their keys.
// Leaves to the node: which rows have changed or close, each no more than once in a flush.

import type { Recorder } from '../emitted/recorder.ts'
import type { ChangeSink, Environment } from '../state/environment.ts'
import { PendingRows } from '../state/pending-rows.ts'
import { VIEW_ERROR, VIEW_VALUE, type ViewError } from '../state/row-codec.ts'
import { RowCursor } from '../state/row-cursor.ts'
import type { Row, Rows } from '../state/rows.ts'
import { ByteReader, ByteWriter, compareBytes } from '../values/bytes.ts'
import { canonicalBytes, decodeValue, encodeValue } from '../values/canonical.ts'
import { windowIdentity } from '../values/identity.ts'
import { ClosedRow, type EmitClosed } from './closed-row.ts'
import type { RowPlace, RowPlaces } from './row-place.ts'
import type { RowOutcome } from './table-chain.ts'
import { type EndView, type TableEnd, takesChanges } from './table-sink.ts'

export interface RowEndsOptions {
  readonly ends: readonly TableEnd[]
  readonly places: RowPlaces
  readonly emit: EmitClosed
  readonly env: Environment
  readonly report: Recorder
}

/** What has happened to a row. */
export interface RowEvent {
  /** Its value is another one than at the last flush, or it was not there. */
  readonly changed: boolean
  /** Its window closes now. */
  readonly closes: boolean
  /** No view holds a row of this key yet, so that none needs to be looked for. */
  readonly isNew?: boolean
}

/** First byte of a waiting row: VIEW_VALUE, VIEW_ERROR or GONE, with the bits of the event. */
const GONE = 2
const KIND = 3
const CHANGED = 4
const CLOSES = 8
const NEW = 16

export class RowEnds {
  readonly #o: RowEndsOptions
  readonly #waiting: PendingRows
  readonly #w = new ByteWriter(256)
  /** Whether no lambda stands between the table and those who take its changes. */
  readonly #allPlain: boolean
  #sink: ChangeSink | null = null
  #keepNow = Number.NEGATIVE_INFINITY

  constructor(options: RowEndsOptions) {
    this.#o = options
    this.#waiting = new PendingRows(options.env.newSorter)
    this.#allPlain = options.ends.every(end => end.chain.plain || !takesChanges(end))
  }

  /** Begins a flush; `keepNow` is the watermark before `final` (decision 9). */
  begin(sink: ChangeSink, keepNow: number): void {
    this.#sink = sink
    this.#keepNow = keepNow
  }

  /** Takes in a row with its value before any word on the table; `absent` where it is gone. Copies the bytes of the key. */
  put(rowKey: Uint8Array, outcome: RowOutcome, { changed, closes, isNew = false }: RowEvent): void {
    const { ends } = this.#o
    if (!ends.some(end => (changed && takesChanges(end)) || (closes && end.closed.length > 0))) return
    const w = this.#w
    w.reset()
    const kind = outcome.kind === 'value' ? VIEW_VALUE : outcome.kind === 'error' ? VIEW_ERROR : GONE
    w.byte(kind | (changed ? CHANGED : 0) | (closes ? CLOSES : 0) | (isNew ? NEW : 0))
    if (outcome.kind === 'value') encodeValue(w, outcome.value)
    else if (outcome.kind === 'error') encodeValue(w, outcome.error)
    this.#waiting.add(rowKey, w.view())
  }

  /** Ends the flush: brings all views up to date, drops what `keep` no longer keeps, hands closed rows on. */
  finish(): void {
    const old = this.#o.ends.flatMap(end => end.views.map(view => new OldRows(view, this.#oldRows(end, view))))
    for (const [rowKey, waiting] of this.#waiting.take()) this.#flush(rowKey.slice(), waiting, old)
    for (const rows of old) for (; rows.key !== undefined; rows.advance()) this.#drop(rows)
    this.#sink = null
  }

  #flush(rowKey: Uint8Array, waiting: Uint8Array, old: readonly OldRows[]): void {
    const bits = waiting[0] as number
    if ((bits & CLOSES) === 0 && (bits & KIND) === VIEW_VALUE && this.#allPlain) {
      return this.#settlePlain(rowKey, waiting, old, (bits & NEW) !== 0)
    }
    const place = this.#o.places.placeOf(rowKey)
    const row = Object.freeze({ key: place.key, window: place.window })
    const given = outcomeOf(waiting)
    const closed = (bits & CLOSES) === 0 ? null : this.#closedRow(rowKey, place)
    let next = 0
    const { ends, emit, report } = this.#o
    for (const end of ends) {
      const rows = old.slice(next, next + end.views.length)
      next += rows.length
      const closes = closed !== null && end.closed.length > 0
      const changes = (bits & CHANGED) !== 0 && takesChanges(end)
      if (!closes && !changes) continue
      const outcome = given.kind === 'value' ? end.chain.run(given.value, row) : given
      if (changes) {
        const stored = outcome.kind === 'absent' ? null : this.#stored(outcome)
        for (const take of end.joins) take(rowKey, stored)
        const kept = this.#isOld(end, place) ? null : stored
        for (const one of rows) this.#change(one, rowKey, kept, (bits & NEW) !== 0)
      }
      if (closes) closed.emitTo(end, outcome, emit, report)
    }
  }

  /** As `#flush`, for an open row that every view stores as it waits: nothing of it need be read. */
  #settlePlain(rowKey: Uint8Array, waiting: Uint8Array, old: readonly OldRows[], isNew: boolean): void {
    const w = this.#w
    w.reset()
    w.byte(VIEW_VALUE)
    w.bytes(waiting.subarray(1))
    const stored = w.view()
    for (const end of this.#o.ends) for (const take of end.joins) take(rowKey, stored)
    for (const one of old) this.#change(one, rowKey, stored, isNew)
  }

  /** Brings one view's row up to date; null takes it away. Rows that `keep` drops and that lie before it go first. */
  #change(rows: OldRows, rowKey: Uint8Array, value: Uint8Array | null, isNew: boolean): void {
    const { table, tally, changed } = rows.view
    for (; rows.key !== undefined && compareBytes(rows.key, rowKey) < 0; rows.advance()) this.#drop(rows)
    if (rows.isAt(rowKey)) rows.advance()
    const before = isNew ? undefined : this.#o.env.state?.get(table, rowKey)
    if (before !== undefined) {
      if (value !== null && compareBytes(before, value) === 0) return
      tally.remove(rowKey, before)
    }
    if (value !== null) tally.add(rowKey, value)
    if (value === null && before === undefined) return
    this.#sink?.putSorted(table, rowKey, value)
    for (const take of changed) take(rowKey, value)
  }

  #closedRow(rowKey: Uint8Array, { key, keyAt, window }: RowPlace): ClosedRow | null {
    if (window === undefined) return null
    const identity = windowIdentity(rowKey.subarray(keyAt), window.start, window.end)
    return new ClosedRow(key, this.#o.places.closedTime(window.end), identity)
  }

  /** What a view stores of a row; the bytes are valid until the next call. */
  #stored(outcome: Exclude<RowOutcome, { kind: 'absent' }>): Uint8Array {
    const w = this.#w
    w.reset()
    w.byte(outcome.kind === 'value' ? VIEW_VALUE : VIEW_ERROR)
    encodeValue(w, outcome.kind === 'value' ? outcome.value : outcome.error)
    return w.view()
  }

  /** Whether `keep` drops a row from the views of an end (decision 9). */
  #isOld({ chain }: TableEnd, { window }: RowPlace): boolean {
    if (chain.keepMs === null || window === undefined) return false
    return window.end <= this.#keepNow - chain.keepMs && this.#o.places.isClosed(window.end, this.#keepNow)
  }

  /** The rows of a view that `keep` drops now. */
  *#oldRows(end: TableEnd, { table }: EndView): Generator<Row> {
    const { env, places } = this.#o
    const bound = end.chain.keepMs === null ? null : places.closedBefore(this.#keepNow - end.chain.keepMs)
    if (env.state === null || bound === null) return
    for (const row of env.state.range(table, undefined, canonicalBytes(bound))) {
      if (this.#isOld(end, places.placeOf(row[0]))) yield row
    }
  }

  #drop(rows: OldRows): void {
    const { table, tally, changed } = rows.view
    const key = rows.key as Uint8Array
    tally.remove(key, rows.value)
    this.#sink?.putSorted(table, key, null)
    for (const take of changed) take(key, null)
  }
}

/** The rows that `keep` drops from one view, in order. */
class OldRows extends RowCursor {
  readonly view: EndView

  constructor(view: EndView, rows: Rows) {
    super(rows)
    this.view = view
  }
}

function outcomeOf(waiting: Uint8Array): RowOutcome {
  const kind = (waiting[0] as number) & KIND
  if (kind === GONE) return { kind: 'absent' }
  const decoded = decodeValue(new ByteReader(waiting, 1))
  if (kind === VIEW_VALUE) return { kind: 'value', value: decoded }
  return { kind: 'error', error: decoded as ViewError, thrown: undefined }
}
