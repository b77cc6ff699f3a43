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
import { type EncodedRow, TABLE } from '../../state/row-codec.ts'
import type { Rows } from '../../state/rows.ts'
import { compareBytes } from '../../values/bytes.ts'
import { Unencodable } from '../../values/canonical.ts'
import type { Flush, Operator } from '../operator.ts'
import { repeatedIdentity } from '../repeated-identity.ts'
import {
  type Apart,
  apartLength,
  decodeElement,
  decodeWaiting,
  type ElementToHold,
  elementRow,
  encodeElement,
  encodePacked,
  type HeldElement,
  waitingBefore,
  waitingRow,
} from './held-element.ts'

interface OrderedOptions {
  readonly node: string
  /** Rank of the elements of each input: see `ElementToHold.rank`. */
  readonly ranks: readonly number[]
  readonly env: Environment
  readonly report: Recorder
  readonly apart: Apart
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
  #fresh: PendingRows

  constructor(options: OrderedOptions) {
    this.#o = options
    this.partials = TABLE.held(options.node)
    this.#fresh = new PendingRows(options.env.newSorter)
  }

  add(branch: number, key: unknown, value: unknown, time: number, lineage: Lineage, by: unknown = null): void {
    this.#hold(branch, key, time, lineage, by, element => encodeElement(element, value, this.#o.apart))
  }

  addPacked(branch: number, key: unknown, value: Uint8Array, time: number, lineage: Lineage, by: unknown = null): void {
    this.#hold(branch, key, time, lineage, by, element => encodePacked(element, value, this.#o.apart))
  }

  #hold(
    branch: number,
    key: unknown,
    time: number,
    lineage: Lineage,
    by: unknown,
    encode: (element: ElementToHold) => EncodedRow,
  ): void {
    const { node, ranks, report } = this.#o
    orDeadLetter(node, report, lineage, () => {
      const identity = report.identity(lineage)
      const row = encode({ time, rank: ranks[branch] as number, identity, key, by })
      this.#fresh.add(row.key, row.value)
    })
  }

  /** Takes an element in canonical bytes. */
  addElement(element: HeldElement): void {
    const { key, value } = elementRow(element, this.#o.apart)
    this.#fresh.add(key, value)
  }

  /** Takes a row that another executor's operator gave. */
  addRow(key: Uint8Array, value: Uint8Array): void {
    this.#fresh.add(key, value)
  }

  flush({ now, sink }: Flush): void {
    const { processor, env } = this.#o
    processor.begin?.(now)
    this.#takeOut(now, sink)
    // What is emitted may come back to this operator, for the next flush.
    const due = this.#fresh
    this.#fresh = new PendingRows(env.newSorter)
    const waiting = new PendingRows(env.newSorter)
    this.#walk(due.take(), now, waiting, sink)
    this.#keep(waiting.take(), sink)
    processor.finish?.(sink)
  }

  takePartials(): Rows {
    return this.#fresh.take()
  }

  addPartials(rows: Rows): void {
    this.#fresh.addSorted(rows)
  }

  /** Takes those elements out of the state that are before the watermark. */
  #takeOut(watermark: number, sink: ChangeSink): void {
    const { state } = this.#o.env
    for (const [key, row] of state?.range(this.partials, undefined, waitingBefore(watermark)) ?? []) {
      this.addElement(decodeWaiting(key, row))
      sink.putSorted(this.partials, key, null)
    }
  }

  /** Puts the elements into the state that are not before the watermark. */
  #keep(waiting: Rows, sink: ChangeSink): void {
    const { state } = this.#o.env
    let last: Uint8Array | null = null
    for (const [key, row] of waiting) {
      if (last !== null && compareBytes(last, key) === 0) throw this.#repeated()
      if (state !== null && state.get(this.partials, key) !== undefined) throw this.#repeated()
      sink.putSorted(this.partials, key, row)
      last = key.slice()
    }
  }

  /** Gives each element before the watermark to the processor, key by key, and the others to `waiting`. */
  #walk(rows: Rows, watermark: number, waiting: PendingRows, sink: ChangeSink): void {
    const { processor, apart, shown } = this.#o
    let together: Uint8Array = NOTHING
    let elementKey: Uint8Array = NOTHING
    let isOpen = false
    let last: Uint8Array = NOTHING
    for (const [rowKey, row] of rows) {
      if (together === NOTHING || !isTogether(rowKey, together)) {
        if (isOpen) processor.close(sink)
        isOpen = false
        together = rowKey.slice(0, apartLength(rowKey, apart))
        elementKey = apart === 'key' ? together : together.subarray(0, apartLength(together, 'key'))
      } else if (compareBytes(last, rowKey) === 0) throw this.#repeated()
      last = rowKey.slice()
      const element = decodeElement(rowKey, together.length, elementKey, row)
      const waits = element.time >= watermark
      if (waits) {
        const { key, value } = waitingRow(element)
        waiting.add(key, value)
        if (element.rank !== shown) continue
      }
      if (!isOpen) processor.open(together, sink)
      isOpen = true
      processor.step(element)
    }
    if (isOpen) processor.close(sink)
  }

  #repeated(): Error {
    return repeatedIdentity(this.#o.node, `${this.#o.node} have the same time and identity`)
  }
}

const NOTHING = new Uint8Array(0)

/** What goes on with FF behind the bytes of a text is a longer text. */
const GOES_ON = 0xff

/** Whether a row's key begins with the canonical bytes of these values, and not of longer ones. */
function isTogether(rowKey: Uint8Array, together: Uint8Array): boolean {
  const { length } = together
  if (rowKey.length <= length || rowKey[length] === GOES_ON) return false
  for (let i = length - 1; i >= 0; i--) if (rowKey[i] !== together[i]) return false
  return true
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
