// The rows of an aggregate's table on their way out: to views with their digests, and to `closed` nodes.
//
// Promises: a view's digest counts exactly the rows that its table holds; a row that an unchanged value would rewrite
// is left alone.
// Leaves to `aggregates.ts`: which rows have changed or close; to `table-chain.ts`: the lambdas on tables.

import { presented } from '../../aggregations/custom/custom-aggregator.ts'
import type { Recorder } from '../../emitted/recorder.ts'
import type { ChangeSink, Environment } from '../../state/environment.ts'
import { VIEW_ERROR, VIEW_VALUE } from '../../state/row-codec.ts'
import { ClosedRow, type EmitClosed } from '../../tables/closed-row.ts'
import type { RowOutcome } from '../../tables/table-chain.ts'
import { type EndView, type TableEnd, takesChanges } from '../../tables/table-sink.ts'
import type { Frames } from '../../time/frames.ts'
import { ByteReader, ByteWriter, compareBytes } from '../../values/bytes.ts'
import { canonicalBytes, decodeValue, encodeValue } from '../../values/canonical.ts'
import { windowIdentity } from '../../values/identity.ts'
import { blake2sPart } from '../../values/multiset-digest.ts'
import { type GroupTable, SCRATCH, ViewTrack } from './group-table.ts'
import type { RowValueWriter } from './row-value.ts'

/** A row that is being flushed. */
export interface FlushedRow {
  /** Bytes of the row key: the window start where windowed, then the key. */
  readonly rowKey: Uint8Array
  readonly start: number
  /** Null for the global window. */
  readonly end: number | null
}

export interface TableRowsOptions {
  readonly groups: GroupTable
  readonly ends: readonly TableEnd[]
  readonly writeValue: RowValueWriter
  readonly present: (slot: number) => unknown
  readonly emit: EmitClosed
  /** Where windows stand; null for the global one. */
  readonly frames: Frames | null
  readonly env: Environment
  readonly report: Recorder
}

/** In place of the end of a value: there is none. */
const ABSENT = -1
/** Length of a canonical number. */
const NUMBER_BYTES = canonicalBytes(0).length

export class TableRows {
  readonly #o: TableRowsOptions
  #sink: ChangeSink | null = null
  #keepNow = Number.NEGATIVE_INFINITY
  readonly #joined = new ByteWriter(256)
  readonly #hash = new Uint32Array(4)
  /** Outcome of each end's chain for the present row, where it has run. */
  #outcomes: (RowOutcome | undefined)[] = []

  constructor(options: TableRowsOptions) {
    this.#o = options
  }

  /** Begins a flush: drops the rows that `keep` no longer keeps. */
  begin(sink: ChangeSink, keepNow: number): void {
    this.#sink = sink
    this.#keepNow = keepNow
    for (const end of this.#o.ends) for (const view of end.views) this.#dropOld(end, view)
  }

  /** The row of a key; its outcomes are worked out when they are asked for. */
  row(rowKey: Uint8Array, slot: number): FlushedRow {
    const { frames } = this.#o
    this.#outcomes = []
    if (frames === null) return { rowKey, start: 0, end: null }
    const start = slot === SCRATCH ? (decodeValue(new ByteReader(rowKey)) as number) : this.#o.groups.startOf(slot)
    return { rowKey, start, end: frames.endOf(start) }
  }

  /** A slot's group was found in the state, so views may hold a row of it. */
  unknown(slot: number): void {
    for (const track of this.#o.groups.views) track.status[slot] = ViewTrack.UNKNOWN
  }

  /** Brings all views up to date with a changed row. */
  change(row: FlushedRow, slot: number): void {
    for (const [index, end] of this.#o.ends.entries()) if (takesChanges(end)) this.#changeEnd(index, end, row, slot)
  }

  #changeEnd(index: number, end: TableEnd, row: FlushedRow, slot: number): void {
    const { rowKey } = row
    const old = this.#isOld(end, row)
    if (old && end.joins.length === 0) return
    const stored = this.#storedValue(index, end, row, slot)
    for (const take of end.joins) take(rowKey, stored?.subarray(rowKey.length) ?? null)
    if (old) return
    for (const view of end.views) this.#put(view, slot, stored ?? rowKey, 0, rowKey.length, stored?.length ?? ABSENT)
  }

  /** Whether any view's row is the aggregate's own value, so that it can be packed before rows are sorted. */
  get packsValues(): boolean {
    return this.#o.ends.some(end => end.chain.plain && takesChanges(end))
  }

  /** Appends what such a view stores of a slot. */
  writeStored(w: ByteWriter, slot: number): void {
    w.byte(VIEW_VALUE)
    this.#o.writeValue(w, slot)
  }

  /** As `change`, for a row whose key and stored value stand one behind the other in `bytes`. */
  changePacked(bytes: Uint8Array, keyStart: number, keyEnd: number, valueEnd: number, slot: number): void {
    let row: FlushedRow | null = null
    for (const [index, end] of this.#o.ends.entries()) {
      if (!takesChanges(end)) continue
      if (end.chain.plain) {
        for (const take of end.joins) take(bytes.subarray(keyStart, keyEnd), bytes.subarray(keyEnd, valueEnd))
        for (const view of end.views) this.#put(view, slot, bytes, keyStart, keyEnd, valueEnd)
        continue
      }
      row ??= this.row(bytes.slice(keyStart, keyEnd), slot)
      this.#changeEnd(index, end, row, slot)
    }
  }

  /** Hands a closed row on to all `closed` nodes. */
  close(row: FlushedRow, slot: number): void {
    const { ends, emit, report } = this.#o
    if (!ends.some(end => end.closed.length > 0)) return
    const to = row.end as number
    const identity = windowIdentity(row.rowKey.subarray(NUMBER_BYTES), row.start, to)
    const closed = new ClosedRow(this.#keyOf(row, slot), to - 1, identity)
    for (const [index, end] of ends.entries()) {
      if (end.closed.length > 0) closed.emitTo(end, this.#outcome(index, end, row, slot), emit, report)
    }
  }

  #keyOf({ rowKey, end }: FlushedRow, slot: number): unknown {
    if (slot !== SCRATCH) return this.#o.groups.keyOf(slot)
    return decodeValue(new ByteReader(rowKey, end === null ? 0 : NUMBER_BYTES))
  }

  #outcome(index: number, end: TableEnd, row: FlushedRow, slot: number): RowOutcome {
    let outcome = this.#outcomes[index]
    if (outcome === undefined) {
      const window = row.end === null ? undefined : Object.freeze({ start: row.start, end: row.end })
      const given = presented(() => this.#o.present(slot))
      const context = Object.freeze({ key: this.#keyOf(row, slot), window })
      outcome = given.kind === 'value' ? end.chain.run(given.value, context) : given
      this.#outcomes[index] = outcome
    }
    return outcome
  }

  /** Key and stored value of a view's row one behind the other; null where the view has no such row. */
  #storedValue(index: number, end: TableEnd, row: FlushedRow, slot: number): Uint8Array | null {
    const w = this.#joined
    w.reset()
    w.bytes(row.rowKey)
    if (end.chain.plain) {
      w.byte(VIEW_VALUE)
      this.#o.writeValue(w, slot)
      return w.view()
    }
    const outcome = this.#outcome(index, end, row, slot)
    if (outcome.kind === 'absent') return null
    w.byte(outcome.kind === 'value' ? VIEW_VALUE : VIEW_ERROR)
    encodeValue(w, outcome.kind === 'value' ? outcome.value : outcome.error)
    return w.view()
  }

  /** Brings a view's row up to date: key and value are parts of `bytes`; a `valueEnd` of ABSENT takes the row away. */
  #put(
    { table, tally, index, changed }: EndView,
    slot: number,
    bytes: Uint8Array,
    keyStart: number,
    keyEnd: number,
    valueEnd: number,
  ): void {
    const { digest } = tally
    const track = this.#o.groups.views[index] as ViewTrack
    const status = track.status[slot] as number
    const at = 4 * slot
    const hash = this.#hash
    if (valueEnd !== ABSENT) blake2sPart(bytes, keyStart, valueEnd, hash)
    let existed = status === ViewTrack.PRESENT
    let same = false
    if (existed) {
      if (valueEnd !== ABSENT && sameHash(hash, track.hash, at)) return
      digest.removeHash(track.hash, at)
    } else if (status === ViewTrack.UNKNOWN) {
      const rowKey = bytes.subarray(keyStart, keyEnd)
      const old = this.#o.env.state?.get(table, rowKey)
      existed = old !== undefined
      if (old !== undefined) {
        tally.remove(rowKey, old)
        same = valueEnd !== ABSENT && compareBytes(old, bytes.subarray(keyEnd, valueEnd)) === 0
      }
    }
    if (valueEnd !== ABSENT) {
      digest.addHash(hash, 0)
      for (let i = 0; i < 4; i++) track.hash[at + i] = hash[i] as number
      if (!same) {
        this.#sink?.putSortedPart(table, bytes, keyStart, keyEnd, keyEnd, valueEnd)
        for (const take of changed) take(bytes.subarray(keyStart, keyEnd), bytes.subarray(keyEnd, valueEnd))
      }
    } else if (existed) {
      this.#sink?.putSorted(table, bytes.subarray(keyStart, keyEnd), null)
      for (const take of changed) take(bytes.subarray(keyStart, keyEnd), null)
    }
    track.status[slot] = valueEnd === ABSENT ? ViewTrack.ABSENT : ViewTrack.PRESENT
  }

  /** Whether `keep` drops a row from the views of an end (decision 9). */
  #isOld({ chain }: TableEnd, { end }: FlushedRow): boolean {
    return chain.keepMs !== null && end !== null && end <= this.#keepNow - chain.keepMs
  }

  #dropOld({ chain }: TableEnd, { table, tally, changed }: EndView): void {
    const { env, frames } = this.#o
    if (env.state === null || frames === null || chain.keepMs === null) return
    const bound = frames.openFrom(this.#keepNow - chain.keepMs)
    if (bound === Number.NEGATIVE_INFINITY) return
    for (const [key, value] of env.state.range(table, undefined, canonicalBytes(bound))) {
      tally.remove(key, value)
      this.#sink?.putSorted(table, key, null)
      for (const take of changed) take(key, null)
    }
  }
}

function sameHash(a: Uint32Array, b: Uint32Array, at: number): boolean {
  return a[0] === b[at] && a[1] === b[at + 1] && a[2] === b[at + 2] && a[3] === b[at + 3]
}
