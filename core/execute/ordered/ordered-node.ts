// A node that holds elements back and takes them one by one in (time, rank, identity) order, once time < W.
//
// Promises: the sequence that `step` sees depends on the elements alone, not on when they came, through how many workers, or how often was
// committed. Two elements of one time, rank and identity end the run: no order between them could be told.
// Leaves to the nodes made of it (scan, distinct, joinTable): what an element does when its turn comes.

import { compareBytes } from '../../bytes.ts'
import { Unencodable } from '../../canonical.ts'
import { unencodableReason } from '../../dead-letter.ts'
import type { Inlet, Origin } from '../contract.ts'
import type { ChangeSink, Environment } from '../environment.ts'
import { PendingRows } from '../pending-rows.ts'
import type { Recorder } from '../recorder.ts'
import { repeatedIdentity } from '../repeated-identity.ts'
import { TABLE } from '../row-codec.ts'
import { RowCursor } from '../row-cursor.ts'
import type { SettledNode, Settlement } from '../settled.ts'
import { decodeElement, encodeElement, type HeldElement, heldBefore } from './held-element.ts'

type Rows = Iterable<readonly [Uint8Array, Uint8Array]>

export interface OrderedOptions {
  readonly node: string
  /** Rank of the elements that come by each input: see `ElementToHold.rank`. */
  readonly ranks: readonly number[]
  readonly env: Environment
  readonly report: Recorder
  /** An element whose turn has come. */
  readonly step: (element: HeldElement) => void
  /** All elements before the watermark have had their turn: writes what the node remembers. */
  readonly finish: (sink: ChangeSink, watermark: number) => void
}

export class OrderedNode implements Inlet, SettledNode {
  readonly partials: string
  readonly #o: OrderedOptions
  readonly #fresh: PendingRows

  constructor(options: OrderedOptions) {
    this.#o = options
    this.partials = TABLE.held(options.node)
    this.#fresh = new PendingRows(options.env.newSorter)
  }

  add(branch: number, key: unknown, value: unknown, time: number, origin: Origin, by: unknown = null): void {
    const { node, ranks, report } = this.#o
    try {
      const identity = report.identity(origin)
      const row = encodeElement({ time, rank: ranks[branch] as number, identity, key, value, by })
      this.#fresh.add(row.key, row.value)
    } catch (error) {
      if (error instanceof Unencodable) report.badValue(node, origin, unencodableReason('value', error.reason))
      else report.threw(node, origin, error)
    }
  }

  settle({ now, sink }: Settlement): void {
    this.#release(now, sink)
    this.#o.finish(sink, now)
  }

  takePartials(): Rows {
    return this.#fresh.take()
  }

  addPartials(rows: Rows): void {
    this.#fresh.addAll(rows)
  }

  /** Stored and fresh elements in one order: those before the watermark have their turn, the others go into the state. */
  #release(watermark: number, sink: ChangeSink): void {
    const { state } = this.#o.env
    const stored = new RowCursor(state === null ? [] : state.scan(this.partials, undefined, heldBefore(watermark)))
    for (const [key, value] of inOrder(this.#fresh.take(), () => this.#repeated())) {
      while (stored.key !== undefined && compareBytes(stored.key, key) < 0) this.#releaseStored(stored, sink)
      if (stored.isAt(key)) throw this.#repeated()
      const element = decodeElement(key, value)
      if (element.time < watermark) this.#o.step(element)
      else if (state?.get(this.partials, key) !== undefined) throw this.#repeated()
      else sink.putSorted(this.partials, key, value)
    }
    while (stored.key !== undefined) this.#releaseStored(stored, sink)
  }

  #releaseStored(stored: RowCursor, sink: ChangeSink): void {
    const key = stored.key as Uint8Array
    this.#o.step(decodeElement(key, stored.value))
    sink.putSorted(this.partials, key, null)
    stored.advance()
  }

  #repeated(): Error {
    return repeatedIdentity(this.#o.node, `${this.#o.node} have the same time and identity`)
  }
}

/** The same rows; two neighbours of one key are an error. */
function* inOrder(rows: Rows, repeated: () => Error): Iterable<readonly [Uint8Array, Uint8Array]> {
  let last: Uint8Array | undefined
  for (const row of rows) {
    if (last !== undefined && compareBytes(last, row[0]) === 0) throw repeated()
    last = row[0].slice()
    yield row
  }
}
