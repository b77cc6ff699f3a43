// The table sink of rows without slots: those of sessions and of joined tables.
//
// Promises: those of table-sink.ts; each chain runs once for a row; rows may come in any order and are flushed in that
// of their keys. The operator says which rows have changed or close, each no more than once in a flush.

import type { PackedRows } from '../state/packed-rows.ts'
import { PendingRows } from '../state/pending-rows.ts'
import { VIEW_ERROR, VIEW_VALUE, type ViewError } from '../state/row-codec.ts'
import { RowCursor } from '../state/row-cursor.ts'
import { ByteReader, compareBytes } from '../values/bytes.ts'
import { canonicalBytes, decodeValue, encodeValue } from '../values/canonical.ts'
import { blake2sPart } from '../values/multiset-digest.ts'
import type { ClosedRow } from './closed-row.ts'
import { type TableConsumer, takesChanges, type ViewConsumer } from './consumers.ts'
import type { RowPlace } from './row-place.ts'
import type { RowOutcome } from './table-chain.ts'
import { TableSink, type TableSinkOptions } from './table-sink.ts'

/** What has happened to a row. */
interface RowEvent {
  /** Its value differs from that at the last flush, or it was absent. */
  readonly changed: boolean
  /** Its window closes now. */
  readonly closes: boolean
  /** No view holds a row of this key yet, so none is looked up. */
  readonly isNew?: boolean
}

/** First byte of a waiting row: VIEW_VALUE, VIEW_ERROR or GONE, with the bits of the event. */
const GONE = 2
const KIND = 3
const CHANGED = 4
const CLOSES = 8
const NEW = 16

export class RowTableSink extends TableSink {
  readonly #waiting: PendingRows
  /** Whether there is no lambda between the table and any consumer that takes its changes. */
  readonly allPlain: boolean
  /** Whether it matters to any consumer that a row closes: to what follows it as an element, or to `keep`. */
  readonly #takesClosing: boolean
  /** For rows that no view can hold an older one of. */
  readonly #noneOld: readonly OldRows[]
  readonly #hash = new Uint32Array(4)

  constructor(options: TableSinkOptions) {
    super(options)
    this.#waiting = new PendingRows(options.env.newSorter)
    this.allPlain = options.consumers.every(consumer => consumer.chain.plain || !takesChanges(consumer))
    this.#takesClosing = options.consumers.some(c => c.closed.length > 0 || c.chain.keepMs !== null)
    this.#noneOld = options.consumers.flatMap(c => c.views.map(view => new OldRows(view, [])))
  }

  /**
   * Takes a row with its value before any word on the table; `absent` where it is gone. Copies the bytes of the key.
   */
  put(rowKey: Uint8Array, outcome: RowOutcome, { changed, closes, isNew = false }: RowEvent): void {
    const { consumers } = this.options
    if (!consumers.some(c => (changed && takesChanges(c)) || (closes && c.closed.length > 0))) return
    const w = this.writer
    w.reset()
    const kind = outcome.kind === 'value' ? VIEW_VALUE : outcome.kind === 'error' ? VIEW_ERROR : GONE
    w.byte(kind | (changed ? CHANGED : 0) | (closes && this.#takesClosing ? CLOSES : 0) | (isNew ? NEW : 0))
    if (outcome.kind === 'value') encodeValue(w, outcome.value)
    else if (outcome.kind === 'error') encodeValue(w, outcome.error)
    this.#waiting.add(rowKey, w.view())
  }

  /** Whether `keep` drops rows of a view. */
  get dropsRows(): boolean {
    return this.options.consumers.some(consumer => consumer.chain.keepMs !== null)
  }

  /**
   * Flushes a changed row that no view holds yet, at once and unsorted: such rows come in the order of their keys, and
   * all of a flush come so. `bytes` are the key and, from `keyEnd` on, what a view stores. Only where all is plain.
   */
  flushNew(bytes: Uint8Array, keyEnd: number, closes: boolean): void {
    if (closes && this.#takesClosing) {
      const waiting = bytes.slice(keyEnd)
      waiting[0] = VIEW_VALUE | CHANGED | CLOSES | NEW
      return this.#flushRow(bytes.slice(0, keyEnd), waiting, this.#noneOld)
    }
    const [hash, end] = [this.#hash, bytes.length]
    for (const { views, joins } of this.options.consumers) {
      for (const take of joins) take(bytes.subarray(0, keyEnd), bytes.subarray(keyEnd))
      for (const view of views) {
        view.digest.addHash(blake2sPart(bytes, 0, end, hash), 0)
        this.putPart(view, bytes, 0, keyEnd, end)
        for (const take of view.changed) take(bytes.subarray(0, keyEnd), bytes.subarray(keyEnd))
      }
    }
  }

  /** Counts new rows in the digests of all views. `hashes` has four words for each. */
  countNew(hashes: Uint32Array): void {
    for (const { views } of this.options.consumers) for (const { digest } of views) digest.addHashes(hashes)
  }

  /**
   * As `flushNew` for all rows of a flush at once, where they are only stored and have been counted; in the order in
   * which views are stored.
   */
  storeAllNew(rows: () => PackedRows): void {
    for (const { views } of this.options.consumers)
      for (const { table } of views) this.sink?.putSortedRows(table, rows())
  }

  /** Ends the flush: brings all views up to date, drops what `keep` no longer keeps, emits closed rows. */
  override finish(): void {
    const old = this.options.consumers.flatMap(c => c.views.map(view => new OldRows(view, this.#oldRows(c, view))))
    for (const [rowKey, waiting] of this.#waiting.take()) this.#flushRow(rowKey.slice(), waiting, old)
    for (const rows of old) for (; rows.key !== undefined; rows.advance()) this.#drop(rows)
    super.finish()
  }

  #flushRow(rowKey: Uint8Array, waiting: Uint8Array, old: readonly OldRows[]): void {
    const bits = waiting[0] as number
    if ((bits & CLOSES) === 0 && (bits & KIND) === VIEW_VALUE && this.allPlain) {
      return this.#flushPlain(rowKey, waiting, old, (bits & NEW) !== 0)
    }
    const place = this.options.places.placeOf(rowKey)
    const row = Object.freeze({ key: place.key, window: place.window })
    const given = outcomeOf(waiting)
    const closed = (bits & CLOSES) === 0 ? null : this.#closing(rowKey, place)
    let next = 0
    const { consumers, emit, report } = this.options
    for (const consumer of consumers) {
      const rows = old.slice(next, next + consumer.views.length)
      next += rows.length
      const closes = closed !== null && consumer.closed.length > 0
      const changes = (bits & CHANGED) !== 0 && takesChanges(consumer)
      if (!closes && !changes) continue
      const outcome = given.kind === 'value' ? consumer.chain.run(given.value, row) : given
      if (changes) {
        const stored = outcome.kind === 'absent' ? null : this.#stored(outcome)
        for (const take of consumer.joins) take(rowKey, stored)
        const kept = this.isDropped(consumer, place.window?.end ?? null) ? null : stored
        for (const one of rows) this.#change(one, rowKey, kept, (bits & NEW) !== 0)
      }
      if (closes) closed.emitTo(consumer, outcome, emit, report)
    }
  }

  /** As `#flushRow`, for an open row that every view stores unchanged: its value is not decoded. */
  #flushPlain(rowKey: Uint8Array, waiting: Uint8Array, old: readonly OldRows[], isNew: boolean): void {
    const w = this.writer
    w.reset()
    w.byte(VIEW_VALUE)
    w.bytes(waiting.subarray(1))
    const stored = w.view()
    for (const { joins } of this.options.consumers) for (const take of joins) take(rowKey, stored)
    for (const one of old) this.#change(one, rowKey, stored, isNew)
  }

  /** Brings one view's row up to date; null deletes it. Rows before it that `keep` drops are dropped first. */
  #change(rows: OldRows, rowKey: Uint8Array, value: Uint8Array | null, isNew: boolean): void {
    const { digest, changed } = rows.view
    for (; rows.key !== undefined && compareBytes(rows.key, rowKey) < 0; rows.advance()) this.#drop(rows)
    if (rows.isAt(rowKey)) rows.advance()
    const before = isNew ? undefined : this.storedRow(rows.view, rowKey)
    if (before !== undefined) {
      if (value !== null && compareBytes(before, value) === 0) return
      digest.removeRow(rowKey, before)
    }
    if (value !== null) digest.addRow(rowKey, value)
    if (value === null && before === undefined) return
    this.putRow(rows.view, rowKey, value)
    for (const take of changed) take(rowKey, value)
  }

  #closing(rowKey: Uint8Array, { key, keyAt, window }: RowPlace): ClosedRow | null {
    return window === undefined ? null : this.closedRow(key, rowKey.subarray(keyAt), window.start, window.end)
  }

  /** What a view stores of a row; the bytes are valid until the next call. */
  #stored(outcome: Exclude<RowOutcome, { kind: 'absent' }>): Uint8Array {
    this.writer.reset()
    this.writeOutcome(outcome)
    return this.writer.view()
  }

  /** The rows of a view that `keep` drops now. */
  *#oldRows(consumer: TableConsumer, { table }: ViewConsumer): Generator<readonly [Uint8Array, Uint8Array]> {
    const { env, places } = this.options
    const { keepMs } = consumer.chain
    const bound = keepMs === null ? null : places.closedBefore(this.keepNow - keepMs)
    if (env.state === null || bound === null) return
    for (const row of env.state.range(table, undefined, canonicalBytes(bound))) {
      if (this.isDropped(consumer, places.placeOf(row[0]).window?.end ?? null)) yield row
    }
  }

  #drop(rows: OldRows): void {
    this.drop(rows.view, rows.key as Uint8Array, rows.value)
  }
}

/** The rows that `keep` drops from one view, in order. */
class OldRows extends RowCursor {
  readonly view: ViewConsumer

  constructor(view: ViewConsumer, rows: Iterable<readonly [Uint8Array, Uint8Array]>) {
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
