// An ordered operator: takes the elements of each key one by one in (time, rank, identity) order, once time < W.
//
// Promises: the sequence of a key's elements that `step` sees depends on the elements alone, not on when they came,
// through how many workers, or how many commits there were. Two elements of one time, rank and identity end the run,
// since they have no order. Keys are processed one after the other, so that only one key's state is in memory.
// Not here: what an element does (`scan`, `distinct`, `joinTable`).

import type { Inlet, Lineage } from '../../emitted/emitted-module.ts'
import type { Recorder } from '../../emitted/recorder.ts'
import { unencodableReason } from '../../result/refusals.ts'
import type { ChangeSink, Environment } from '../../state/environment.ts'
import { PendingRows } from '../../state/pending-rows.ts'
import { TABLE } from '../../state/row-codec.ts'
import { RowCursor } from '../../state/row-cursor.ts'
import type { Rows } from '../../state/rows.ts'
import { ByteReader, compareBytes, concatBytes } from '../../values/bytes.ts'
import { skipValue, Unencodable } from '../../values/canonical.ts'
import type { Flush, Operator } from '../operator.ts'
import { repeatedIdentity } from '../repeated-identity.ts'
import { decodeElement, encodeElement, type HeldElement, heldBefore } from './held-element.ts'

interface OrderedOptions {
  readonly node: string
  /** Rank of the elements of each input: see `ElementToHold.rank`. */
  readonly ranks: readonly number[]
  readonly env: Environment
  readonly report: Recorder
  /** Which elements are processed together: those of one key, or those of one key and one `by`. */
  readonly apart: 'key' | 'by'
  /** Elements of this rank that are not due are shown to the processor too, once, in the flush after they came. */
  readonly shown?: number
  readonly processor: KeyProcessor
}

/** What happens to the elements of each key, one key after the other. */
export interface KeyProcessor {
  /** Before the first key of a flush. */
  begin?(watermark: number): void
  /**
   * Begins a key; keys come in byte order. `key` is that of the elements, followed by their `by` where `apart` says so.
   * Keeps the bytes.
   */
  open(key: Uint8Array, sink: ChangeSink): void
  /** Processes one element, or is shown one with a time at or past the watermark. */
  step(element: HeldElement): void
  /** Ends a key: writes what is kept for it. */
  close(sink: ChangeSink): void
  /** After the last key of a flush. */
  finish?(sink: ChangeSink): void
}

export class OrderedOperator implements Inlet, Operator {
  readonly partials: string
  readonly #o: OrderedOptions
  readonly #fresh: PendingRows

  constructor(options: OrderedOptions) {
    this.#o = options
    this.partials = TABLE.held(options.node)
    this.#fresh = new PendingRows(options.env.newSorter)
  }

  add(branch: number, key: unknown, value: unknown, time: number, lineage: Lineage, by: unknown = null): void {
    const { node, ranks, report } = this.#o
    orDeadLetter(node, report, lineage, () => {
      const identity = report.identity(lineage)
      const row = encodeElement({ time, rank: ranks[branch] as number, identity, key, value, by })
      this.#fresh.add(row.key, row.value)
    })
  }

  /** Takes an element as a row: one that another executor's operator gave, or `elementRow`. */
  addRow(key: Uint8Array, value: Uint8Array): void {
    this.#fresh.add(key, value)
  }

  flush({ now, sink }: Flush): void {
    const { processor } = this.#o
    processor.begin?.(now)
    this.#walk(this.#release(now, sink), sink)
    processor.finish?.(sink)
  }

  takePartials(): Rows {
    return this.#fresh.take()
  }

  addPartials(rows: Rows): void {
    this.#fresh.addAll(rows)
  }

  /** Gives the elements before the watermark, sorted by key; the others go into the state. */
  #release(watermark: number, sink: ChangeSink): PendingRows {
    const { state, newSorter } = this.#o.env
    const due = new PendingRows(newSorter)
    const stored = new RowCursor(state === null ? [] : state.range(this.partials, undefined, heldBefore(watermark)))
    for (const [key, value] of inOrder(this.#fresh.take(), () => this.#repeated())) {
      while (stored.key !== undefined && compareBytes(stored.key, key) < 0) this.#takeOut(stored, due, sink)
      if (stored.isAt(key)) throw this.#repeated()
      const element = decodeElement(key, value)
      if (element.time < watermark) this.#leave(key, value, element, due)
      else if (state?.get(this.partials, key) !== undefined) throw this.#repeated()
      else {
        sink.putSorted(this.partials, key, value)
        if (element.rank === this.#o.shown) this.#leave(key, value, element, due)
      }
    }
    while (stored.key !== undefined) this.#takeOut(stored, due, sink)
    return due
  }

  #takeOut(stored: RowCursor, due: PendingRows, sink: ChangeSink): void {
    const key = stored.key as Uint8Array
    this.#leave(key, stored.value, decodeElement(key, stored.value), due)
    sink.putSorted(this.partials, key, null)
    stored.advance()
  }

  #leave(rowKey: Uint8Array, value: Uint8Array, { key, by }: HeldElement, due: PendingRows): void {
    due.add(concatBytes(this.#o.apart === 'by' ? [key, by, rowKey] : [key, rowKey]), value)
  }

  /** Gives each element to the processor, key by key. */
  #walk(due: PendingRows, sink: ChangeSink): void {
    const { processor, apart } = this.#o
    let open: Uint8Array | null = null
    for (const [row, value] of due.take()) {
      const reader = new ByteReader(row)
      skipValue(reader)
      if (apart === 'by') skipValue(reader)
      const key = row.subarray(0, reader.position)
      if (open === null || compareBytes(open, key) !== 0) {
        if (open !== null) processor.close(sink)
        open = key.slice()
        processor.open(open, sink)
      }
      processor.step(decodeElement(row.subarray(reader.position), value))
    }
    if (open !== null) processor.close(sink)
  }

  #repeated(): Error {
    return repeatedIdentity(this.#o.node, `${this.#o.node} have the same time and identity`)
  }
}

/** Takes an element in; one without canonical bytes becomes a dead letter of the node. */
export function orDeadLetter(node: string, report: Recorder, lineage: Lineage, take: () => void): void {
  try {
    take()
  } catch (error) {
    if (error instanceof Unencodable) report.badValue(node, lineage, unencodableReason('value', error.reason))
    else report.threw(node, lineage, error)
  }
}

/** The same rows; two neighbours of one key are an error. */
function* inOrder(rows: Rows, repeated: () => Error): Rows {
  let last: Uint8Array | undefined
  for (const row of rows) {
    if (last !== undefined && compareBytes(last, row[0]) === 0) throw repeated()
    last = row[0].slice()
    yield row
  }
}
